import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../packages/service/src/database/index.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the database `postgres` on the server of this run; `createTestDatabase` takes it. */
    postgresUrl: string
  }
}

/** Every test file has its own databases, each with a few connections, and files run side by side. */
const CONNECTIONS_MAX = 300

/** One PostgreSQL for the whole run; its files are gone afterwards. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = join(tmpdir(), `callback-quorum-test-${randomUUID()}`)
  const server = await startEmbeddedPostgres({
    dataDir,
    durable: false,
    relocate: true,
    maxConnections: CONNECTIONS_MAX,
  })
  project.provide('postgresUrl', server.url)
  return async () => {
    await server.stop()
    for (const folder of [server.dataDir, dataDir]) await rm(folder, { recursive: true, force: true })
  }
}
