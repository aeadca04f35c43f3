import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@callback-quorum/service'
import pg from 'pg'
import { COLUMNS, PAYS, type BenchSystem, type BenchSystemOptions } from './lookup-system.ts'

const QUERY =
  'select reference, state, currency, amount, address, valid_until from withdrawal where reference = $1 limit 2'
const CONNECTIONS = 4

/** A payout system's table in a PostgreSQL server of its own. */
export async function startPostgresSystem({ folder, references }: BenchSystemOptions): Promise<BenchSystem> {
  await mkdir(join(folder, 'payouts'), { mode: 0o711 })
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'payouts'), durable: false, relocate: true })
  const admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  await admin.query(
    `create table withdrawal (reference text primary key, state text, currency text, amount text, address text, valid_until text)`,
  )
  await admin.query(`insert into withdrawal select r, $2, $3, $4, $5, $6 from unnest($1::text[]) r`, [
    references,
    PAYS.status,
    PAYS.asset,
    PAYS.amount,
    PAYS.destination,
    PAYS.validUntil,
  ])
  await admin.query(`create role reader login password 'bench-only'`)
  await admin.query('grant select on withdrawal to reader')
  await admin.query('analyze withdrawal')
  await admin.end()
  const url = new URL(server.url)
  url.username = 'reader'
  url.password = 'bench-only'
  const pool = new pg.Pool({ connectionString: url.href, max: CONNECTIONS })
  return {
    name: 'sql, PostgreSQL',
    config: {
      connector: { kind: 'sql', database_url: url.href, query: QUERY, params: ['reference'] },
      map: COLUMNS,
    },
    ask: async (reference) => {
      const { rowCount } = await pool.query(QUERY, [reference])
      if (rowCount !== 1) throw new Error(`no row of ${reference}`)
    },
    stop: async () => {
      await pool.end()
      await server.stop()
    },
  }
}
