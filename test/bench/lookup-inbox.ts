import { createHash, randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePorts } from '@callback-quorum/cli'
import { startEmbeddedPostgres } from '@callback-quorum/service'
import { CUSTODY } from '@callback-quorum/simulator'
import pg from 'pg'
import { POINTERS, withdrawalOf, type BenchSystem, type BenchSystemOptions } from './lookup-system.ts'

const FIRST_PORT = 23_020
const CONNECTIONS = 4
const EVENTS_AT_ONCE = 100
const TYPE = 'com.example.withdrawal.approved'

/** The inbox of the checker, filled by its own listener, in a PostgreSQL server that is the checker's. */
export async function startInboxSystem({ folder }: BenchSystemOptions): Promise<BenchSystem> {
  await mkdir(join(folder, 'inbox'), { mode: 0o711 })
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'inbox'), durable: true, relocate: true })
  const token = randomBytes(32).toString('base64url')
  const sha256 = createHash('sha256').update(token).digest('hex')
  await writeFile(join(folder, 'producers.yaml'), `tokens: [{ name: payouts, sha256: ${sha256} }]\n`, { mode: 0o600 })
  const [port = 0] = await freePorts(1, FIRST_PORT)
  const pool = new pg.Pool({ connectionString: server.url, max: CONNECTIONS })
  const push = async (references: readonly string[]): Promise<void> => {
    const events = references.map((reference) => ({
      specversion: '1.0',
      id: `event-${reference}`,
      source: '/payouts',
      type: TYPE,
      time: new Date().toISOString(),
      subject: reference,
      version: 1,
      data: withdrawalOf(reference),
    }))
    const response = await fetch(`http://127.0.0.1:${port}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(events),
    })
    if (!response.ok) throw new Error(`the inbox answered ${response.status}: ${await response.text()}`)
  }
  return {
    name: 'inbox',
    config: {
      connector: {
        kind: 'inbox',
        listen: `127.0.0.1:${port}`,
        producers: 'producers.yaml',
        organisations: { payouts: CUSTODY.organisation },
        proof: 'none',
        event_types: { intent: [TYPE], cancel: ['com.example.withdrawal.cancelled'] },
      },
      map: POINTERS,
      database_url: server.url,
    },
    fill: async (references) => {
      for (let from = 0; from < references.length; from += EVENTS_AT_ONCE)
        await push(references.slice(from, from + EVENTS_AT_ONCE))
    },
    ask: async (reference) => {
      const { rowCount } = await pool.query({
        name: 'bench',
        text: 'select * from inbox_intent where organisation = $1 and reference = $2',
        values: [CUSTODY.organisation, reference],
      })
      if (rowCount !== 1) throw new Error(`no intent of ${reference}`)
    },
    stop: async () => {
      await pool.end()
      await server.stop()
    },
  }
}
