import { createHash } from 'node:crypto'
import type { Logger } from '@callback-quorum/service'
import pg from 'pg'
import type { BusinessLookupConfig } from '../../config.ts'
import { readIntent } from '../../record/read-intent.ts'
import type { RecordMap } from '../../record/record-map.ts'
import type { Connector, LookUp } from '../connector.ts'

/** Somebody else's database: a few connections are all it should see of us. */
const CONNECTIONS_MAX = 4
const CONNECT_TIMEOUT_MS = 2_000
/** Two rows are one too many; more need not be read to know it. */
const ROWS_READ_MAX = 2
/** float4 and float8 (PostgreSQL's catalogue pg_type): they come back as numbers, which no comparison takes for a text. */
const FLOAT_TYPES: ReadonlySet<number> = new Set([700, 701])

/**
 * Looks payments up by one configured query with parameters, in read-only transactions with a deadline. The query is the operator's; nothing of a
 * request becomes part of its text. Dates and exact numbers come back as the text the database wrote. A mapped column that the result does not have
 * exactly once is a failure, not an absent field: absent means "no tag".
 */
export function createSqlConnector(
  { connector, map }: Pick<BusinessLookupConfig, 'connector' | 'map'>,
  log: Logger,
): Connector {
  const pool = new pg.Pool({
    connectionString: connector.database_url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: connector.statement_timeout,
    query_timeout: connector.statement_timeout + CONNECT_TIMEOUT_MS,
    options: '-c default_transaction_read_only=on -c search_path=public',
    application_name: 'callback-quorum-business-lookup',
    types: { getTypeParser: (type: number) => (text: string) => (FLOAT_TYPES.has(type) ? Number(text) : text) },
  })
  // A connection that breaks is replaced by the next look-up. Idle ones tell the pool, lent ones their client; an error that nobody hears ends the process.
  const onBroken = (error: Error): void => {
    log.warn({ err: error }, 'a connection to the business system broke')
  }
  pool.on('error', onBroken)
  pool.on('connect', (client) => {
    client.on('error', onBroken)
  })

  const run = async (values: readonly (string | null)[]): Promise<readonly Record<string, unknown>[]> => {
    const client = await pool.connect()
    let isBroken = true
    try {
      await client.query('begin read only')
      const { rows, fields } = await client.query<Record<string, unknown>>(connector.query, [...values])
      await client.query('commit')
      isBroken = false
      assertColumns(map, fields)
      return rows
    } finally {
      client.release(isBroken)
    }
  }

  const lookUp = async (values: readonly string[]): Promise<LookUp> => {
    const rows = await run(values)
    if (rows.length >= ROWS_READ_MAX) return { found: 'many' }
    const [row] = rows
    if (row === undefined) return { found: 'none' }
    const recordDigest = createHash('sha256').update(JSON.stringify(row)).digest('hex')
    return { found: 'one', intent: readIntent(map, (at) => row[at], undefined, recordDigest) }
  }

  return {
    kind: 'sql',
    lookUp: (parameters) =>
      lookUp(connector.params.map((name) => parameters[name])).catch((error: unknown): LookUp => {
        log.error({ err: error }, 'the business system could not be asked')
        return {
          found: 'unavailable',
          code: 'CONNECTOR_UNAVAILABLE',
          text: 'the business system could not be asked',
        }
      }),
    problems: () =>
      // With nulls for parameters the query runs and finds nothing: it proves that the role may read what the query names.
      run(connector.params.map(() => null)).then(
        () => [],
        (error: unknown) => [
          `the query of connector.query does not run: ${error instanceof Error ? error.message : 'unknown error'}`,
        ],
      ),
    close: () => pool.end(),
  }
}

function assertColumns(map: RecordMap, fields: readonly { readonly name: string }[]): void {
  const columns = Object.values(map).flatMap((column) => (typeof column === 'object' ? column.at : []))
  const names = fields.map(({ name }) => name)
  const wrong = columns.filter((column) => !names.includes(column) || names.indexOf(column) < names.lastIndexOf(column))
  if (wrong.length > 0) throw new Error(`its result does not have exactly one column ${wrong.join(', ')}`)
}
