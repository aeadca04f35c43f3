import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@callback-quorum/service'
import pg from 'pg'

/** All connections of one figure, and a few that look on. */
const CONNECTIONS_MAX = 200

/** One PostgreSQL for every figure of a run: durable, with the settings that the service gives its own server. */
export interface BenchServer {
  readonly url: string
  urlOf(database: string): string
  /** An empty database; its URL. */
  create(name: string): Promise<string>
  drop(name: string): Promise<void>
  /** So that what was written before is not paid for by the next figure. */
  checkpoint(): Promise<void>
  stop(): Promise<void>
}

export async function startBenchServer(): Promise<BenchServer> {
  const dataDir = join(tmpdir(), `callback-quorum-bench-${randomUUID()}`)
  const server = await startEmbeddedPostgres({
    dataDir,
    durable: true,
    relocate: true,
    maxConnections: CONNECTIONS_MAX,
  })
  return {
    url: server.url,
    urlOf: server.urlOf,
    create: async (name) => {
      await run(server.url, `create database ${pg.escapeIdentifier(name)}`)
      return server.urlOf(name)
    },
    drop: (name) => run(server.url, `drop database ${pg.escapeIdentifier(name)} with (force)`),
    checkpoint: () => run(server.url, 'checkpoint'),
    stop: async () => {
      await server.stop()
      for (const folder of [server.dataDir, dataDir]) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Statements on a connection of their own, in order. */
export async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
