import { connect, Socket } from 'node:net'
import {
  createPool,
  type FieldPacket,
  type Pool,
  type PoolConnection,
  type QueryResult,
  type TypeCastField,
} from 'mysql2/promise'
import { mysqlRightsToWrite } from './mysql-rights.ts'
import { OpenSockets } from './open-sockets.ts'
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
import { SqlFault } from './sql-fault.ts'
import type { TlsTrust } from './tls-trust.ts'

/** More wait for one of the four connections only when the database stands still. */
const WAITING_MAX = 256
/** What an unprivileged role hears (error message references: ER_TABLEACCESS_DENIED_ERROR, ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION). */
const REFUSALS: ReadonlySet<unknown> = new Set([1142, 1143, 1227, 1290, 1792, 1836])
/** Every account there is stands in this table (MariaDB: view); no row is like that, so nothing is deleted even if it may be. */
const WRITE_TEST = 'delete from mysql.user where 1 = 0'

/** The connections to a MySQL or MariaDB server. */
export function createMysqlDriver(
  address: ServerAddress,
  password: string | undefined,
  tls: TlsTrust | undefined,
  options: DriverOptions,
): SqlDriver {
  const sockets = new OpenSockets()
  const pool = createPool({
    // Its certificate is compared with this name.
    host: address.host,
    stream: () => sockets.add(connectTo(address)),
    user: address.user,
    database: address.database,
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { ssl: trustOf(tls) }),
    connectionLimit: CONNECTIONS_MAX,
    queueLimit: WAITING_MAX,
    connectTimeout: CONNECT_TIMEOUT_MS,
    charset: 'utf8mb4',
    // Rows are read by fixed code, and not by code written at run time from the names of columns.
    disableEval: true,
    multipleStatements: false,
    // A server may otherwise ask for files of this machine.
    flags: ['-LOCAL_FILES'],
    rowsAsArray: true,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    jsonStrings: true,
    typeCast,
  })
  pool.on('connection', (connection) => {
    connection.on('error', options.onBroken)
  })
  return {
    connect: async () => connectionOf(await freeConnection(pool), options),
    close: () => sockets.close(() => pool.end()),
  }
}

const connectTo = ({ host, port, socket }: ServerAddress): Socket =>
  socket === undefined ? connect({ host, port, keepAlive: true, noDelay: true }) : connect({ path: socket })

/** mysql2 has its own words, and takes an address for "localhost": the configuration demands a name. */
const trustOf = ({ ca, minVersion }: TlsTrust) => ({
  ...(ca === undefined ? {} : { ca }),
  minVersion,
  rejectUnauthorized: true,
  verifyIdentity: true,
})

/** mysql2 waits without end for a connection of its pool. */
async function freeConnection(pool: Pool): Promise<PoolConnection> {
  const asked = pool.getConnection()
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<'expired'>((resolve) => {
    timer = setTimeout(() => {
      resolve('expired')
    }, CONNECT_TIMEOUT_MS)
  })
  const first = await Promise.race([asked, expired]).finally(() => {
    clearTimeout(timer)
  })
  if (first !== 'expired') return first
  asked.then(
    (connection) => {
      connection.release()
    },
    () => undefined,
  )
  throw new SqlFault('timeout', 'no connection to the database was free in time')
}

/** Exact numbers as text; floats stay numbers and bytes stay bytes. A TIMESTAMP is a moment, in the time zone of our session. */
function typeCast(field: TypeCastField, next: () => unknown): unknown {
  const value = next()
  if (field.type === 'FLOAT' || field.type === 'DOUBLE') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return typeof value === 'string' && field.type === 'TIMESTAMP' ? `${value}+00` : value
}

function connectionOf(connection: PoolConnection, { query, lagQuery }: DriverOptions): SqlConnection {
  const run = async (text: string): Promise<SqlResult> => resultOf(await connection.query(text))
  return {
    begin: async (statementMs) => {
      const isMariaDb = /mariadb/i.test(String((await run('select version()')).rows[0]?.[0]))
      // MariaDB counts seconds and ends every statement, MySQL counts milliseconds and ends every select.
      const limit = isMariaDb
        ? `max_statement_time = ${String(statementMs / 1_000)}`
        : `max_execution_time = ${String(statementMs)}`
      const settings = `sql_mode = 'TRADITIONAL', time_zone = '+00:00', sql_select_limit = default`
      await connection.query(`set session ${limit}, ${settings}`)
      await connection.query('start transaction read only')
    },
    replicaState: async () => (lagQuery === undefined ? writableOf(await run(READ_ONLY)) : lagOf(await run(lagQuery))),
    select: async (values, rowsMax) => {
      await connection.query(`set session sql_select_limit = ${String(rowsMax)}`)
      return resultOf(await connection.execute(query, [...values]))
    },
    commit: async () => {
      await connection.query('commit')
    },
    rightsToWrite: async () => mysqlRightsToWrite((await run('show grants')).rows.map(([grant]) => String(grant))),
    writesNotRefused: () => writesNotRefused(connection),
    release: () => {
      connection.release()
    },
    destroy: () => {
      connection.destroy()
      // mysql2 only says goodbye, and a server that stands still would keep a socket more for each look-up that gave up.
      const stream: unknown = Reflect.get(connection.connection, 'stream')
      if (stream instanceof Socket) stream.destroy()
    },
  }
}

const READ_ONLY = 'select @@global.read_only'

/** Replicas are set up to take no writes; one that takes them is not known from its primary. */
const writableOf = ({ rows }: SqlResult): ReplicaState => ({
  isReplica: /^(?:0|OFF)$/i.test(String(rows[0]?.[0])) ? 'unknown' : true,
  lagMs: undefined,
})

/** One row with one column: seconds. Everything else, and a NULL, is an age that nobody knows. */
function lagOf({ columns, rows }: SqlResult): ReplicaState {
  const value = rows[0]?.[0]
  const seconds = typeof value === 'string' && value !== '' ? Number(value) : value
  const isKnown = columns.length === 1 && rows.length === 1 && typeof seconds === 'number' && seconds >= 0
  return { isReplica: 'unknown', lagMs: isKnown ? Math.ceil(seconds * 1_000) : undefined }
}

/** Only rows of values: a statement that returns none, or several results, is not a query. */
function resultOf([rows, fields]: [QueryResult, FieldPacket[]]): SqlResult {
  if (!Array.isArray(rows)) throw new SqlFault('malformed', 'the statement returns no rows')
  const names = fields.map((field) => field.name)
  return { columns: names, rows: rows.map((row) => valuesOf(row)) }
}

function valuesOf(row: unknown): readonly SqlValue[] {
  if (!Array.isArray(row)) throw new SqlFault('malformed', 'the statement returns more than rows')
  return row.map((value: unknown) => {
    if (value === null || typeof value === 'string' || typeof value === 'number' || value instanceof Uint8Array)
      return value
    throw new SqlFault('malformed', 'the statement returns a value that is not one')
  })
}

/** Once in a read-only transaction, once where only the role's missing rights refuse it. */
async function writesNotRefused(connection: PoolConnection): Promise<readonly string[]> {
  const found: string[] = []
  for (const access of ['read only', 'read write']) {
    try {
      // A server that takes no writes refuses this already.
      await connection.query(`start transaction ${access}`)
      await connection.query(WRITE_TEST)
      found.push(`a delete from mysql.user was not refused (${access} transaction, no row touched)`)
    } catch (error) {
      if (!(error instanceof Error && 'errno' in error && REFUSALS.has(error.errno))) throw error
    } finally {
      await connection.query('rollback')
    }
  }
  return found
}
