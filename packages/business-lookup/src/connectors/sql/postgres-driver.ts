import { Socket } from 'node:net'
import pg from 'pg'
import { OpenSockets } from './open-sockets.ts'
import { postgresRightsToWrite } from './postgres-rights.ts'
import type { ServerAddress } from './server-address.ts'
import {
  CONNECT_TIMEOUT_MS,
  CONNECTIONS_MAX,
  type DriverOptions,
  type ReplicaState,
  type SqlConnection,
  type SqlDriver,
  type SqlResult,
  type SqlValue,
} from './sql-driver.ts'
import type { TlsTrust } from './tls-trust.ts'

const APPLICATION_NAME = 'callback-quorum-business-lookup'
/** float4 and float8 (PostgreSQL's catalogue pg_type): they come back as numbers, which no comparison takes for a text. */
const FLOAT_TYPES: ReadonlySet<number> = new Set([700, 701])
const TYPES = {
  getTypeParser: (type: number) => (text: string) => (FLOAT_TYPES.has(type) ? Number(text) : text),
}
/** insufficient_privilege; read_only_sql_transaction, which a standby says to everybody (PostgreSQL documentation, appendix A). */
const REFUSALS: ReadonlySet<string> = new Set(['42501', '25006'])

/**
 * A standby is as old as the last commit it replayed (null: none yet). When it has replayed all that it received it may be younger: as old as the
 * last word of its primary. Who is in pg_read_all_stats sees that; for others a receiver that still runs says that it is not older than
 * wal_receiver_timeout (0: for ever, so that it says nothing). Replayed is read before received: what arrives in between makes it look older.
 */
const REPLICA_STATE = `
  select pg_catalog.pg_is_in_recovery() as "isReplica",
         case when not pg_catalog.pg_is_in_recovery() then '0'
              when pg_catalog.pg_last_wal_replay_lsn() >= pg_catalog.pg_last_wal_receive_lsn()
              then least(replayed.age, (
                     select coalesce(pg_catalog.ceil(1000 * extract(epoch from
                              pg_catalog.clock_timestamp() - last_msg_receipt_time))::numeric,
                            nullif((select setting::numeric from pg_catalog.pg_settings where name = 'wal_receiver_timeout'), 0))
                       from pg_catalog.pg_stat_wal_receiver))::text
              else replayed.age::text
         end as "lagMs"
    from (select pg_catalog.ceil(1000 * extract(epoch from
            pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()))::numeric as age) as replayed`

/** The connections to a PostgreSQL server. */
export function createPostgresDriver(
  address: ServerAddress,
  password: string | undefined,
  tls: TlsTrust | undefined,
  options: DriverOptions,
): SqlDriver {
  const sockets = new OpenSockets()
  const pool = new pg.Pool({
    stream: () => sockets.add(new Socket()),
    host: address.socket ?? address.host,
    port: address.port,
    user: address.user,
    database: address.database,
    ...(password === undefined ? {} : { password }),
    ssl: tls ?? false,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: APPLICATION_NAME,
    keepAlive: true,
    types: TYPES,
  })
  // Idle connections that break tell the pool, lent ones their client; an error that nobody hears ends the process.
  pool.on('error', options.onBroken)
  pool.on('connect', (client) => {
    client.on('error', options.onBroken)
  })
  return {
    connect: async () => connectionOf(await pool.connect(), options),
    close: () => sockets.close(() => pool.end()),
  }
}

function connectionOf(client: pg.PoolClient, { query, schema }: DriverOptions): SqlConnection {
  const rows = async (text: string): Promise<readonly Record<string, unknown>[]> =>
    (await client.query<Record<string, unknown>>(text)).rows
  return {
    begin: async (statementMs) => {
      // `local`, and not of the session: it holds behind a pooler of transactions too. A temporary table never hides one of the schema.
      await client.query(`begin isolation level read committed read only;
        set local search_path = pg_catalog, ${pg.escapeIdentifier(schema)}, pg_temp;
        set local statement_timeout = ${String(statementMs)};
        set local lock_timeout = ${String(statementMs)};
        set local timezone = 'UTC';
        set local datestyle = 'ISO, YMD'`)
    },
    replicaState: async () => replicaStateOf((await rows(REPLICA_STATE))[0]),
    select: (values, rowsMax) => select(client, query, values, rowsMax),
    commit: async () => {
      await client.query('commit')
    },
    rightsToWrite: async () => (await rows(postgresRightsToWrite)).map(({ found }) => String(found)),
    writesNotRefused: () => writesNotRefused(client, schema),
    release: () => {
      client.release()
    },
    destroy: () => {
      client.release(true)
    },
  }
}

/** A cursor: the server sends no more rows than are read, takes nothing but a select, and no second statement beside one with parameters. */
async function select(
  client: pg.PoolClient,
  query: string,
  values: readonly (string | null)[],
  rowsMax: number,
): Promise<SqlResult> {
  await client.query(`declare callback_quorum no scroll cursor without hold for ${query}`, [...values])
  const { fields, rows } = await client.query<SqlValue[]>({
    text: `fetch forward ${String(rowsMax)} from callback_quorum`,
    rowMode: 'array',
  })
  return { columns: fields.map(({ name }) => name), rows }
}

function replicaStateOf(row: Readonly<Record<string, unknown>> | undefined): ReplicaState {
  const lagMs = typeof row?.lagMs === 'string' ? Number(row.lagMs) : undefined
  return { isReplica: row?.isReplica !== 'f', lagMs: lagMs === undefined || Number.isNaN(lagMs) ? undefined : lagMs }
}

/** Once in a read-only session and once in one that may write, where only the role's missing rights refuse it. Nothing of it ever stays. */
async function writesNotRefused(client: pg.PoolClient, schema: string): Promise<readonly string[]> {
  const table = `create table ${pg.escapeIdentifier(schema)}.callback_quorum_write_test ()`
  const found: string[] = []
  // A standby has no transactions that may write at all.
  const { rows } = await client.query<{ standby: string }>('select pg_catalog.pg_is_in_recovery() as standby')
  for (const access of rows[0]?.standby === 't' ? ['read only'] : ['read only', 'read write']) {
    await client.query(`begin ${access}`)
    try {
      await client.query(table)
      found.push(`a table could be created in schema ${schema} (${access} transaction, rolled back)`)
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || !REFUSALS.has(error.code ?? '')) throw error
    } finally {
      await client.query('rollback')
    }
  }
  return found
}
