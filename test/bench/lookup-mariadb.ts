import { createPool, type RowDataPacket } from 'mysql2/promise'
import { hasMariaDb, startMariaDb } from '../../packages/business-lookup/test/sql/mariadb-server.ts'
import { COLUMNS, PAYS, type BenchSystem, type BenchSystemOptions } from './lookup-system.ts'

const QUERY =
  'select reference, state, currency, amount, address, valid_until from withdrawal where reference = ? limit 2'
const CONNECTIONS = 4
const ROWS_AT_ONCE = 1_000

/** A payout system's table in MariaDB, where Debian's package is installed; else why it is not measured. */
export async function startMariadbSystem({ references }: BenchSystemOptions): Promise<BenchSystem | string> {
  if (!hasMariaDb) return "sql, MariaDB: Debian's package mariadb-server is not installed"
  const server = await startMariaDb()
  await server.run(
    'create table withdrawal (reference varchar(64) primary key, state text, currency text, amount text, address text, valid_until text)',
    `create user 'reader'@'%' identified by 'reader'`,
    `grant select on payouts.* to 'reader'@'%'`,
  )
  const values = [PAYS.status, PAYS.asset, PAYS.amount, PAYS.destination, PAYS.validUntil].map((text) => `'${text}'`)
  for (let from = 0; from < references.length; from += ROWS_AT_ONCE) {
    const rows = references
      .slice(from, from + ROWS_AT_ONCE)
      .map((reference) => `('${reference}', ${values.join(', ')})`)
    await server.run(`insert into withdrawal values ${rows.join(', ')}`)
  }
  const url = server.urlOf('reader')
  const pool = createPool({ uri: url, connectionLimit: CONNECTIONS })
  return {
    name: 'sql, MariaDB',
    config: {
      connector: { kind: 'sql', database_url: url, query: QUERY, params: ['reference'] },
      map: COLUMNS,
    },
    ask: async (reference) => {
      const [rows] = await pool.execute<RowDataPacket[]>(QUERY, [reference])
      if (rows.length !== 1) throw new Error(`no row of ${reference}`)
    },
    stop: async () => {
      await pool.end()
      await server.stop()
    },
  }
}
