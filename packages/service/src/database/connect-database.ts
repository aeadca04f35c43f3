import pg from 'pg'
import type { Logger } from '../log.ts'
import { assertRealClock } from './clock-now.ts'
import { columnParsers } from './column-parsers.ts'
import { createAcquire, runStatement, type Acquire } from './connection.ts'
import type { DatabaseMetrics } from './database-metrics.ts'
import type { Database, Statement } from './database.ts'
import { breaksConnection, databaseFault, databaseTimeout } from './database-fault.ts'
import { withDeadline } from './deadline.ts'
import { runTransaction } from './run-transaction.ts'
import { sessionUrl } from './session-url.ts'
import { ACQUIRE_MS_MAX, CLOSE_MS_MAX, PING_MS_MAX, SILENCE_MS_MAX, STATEMENT_MS_MAX } from './time-limits.ts'

const POOL_SIZE_MAX_DEFAULT = 10

export interface ConnectOptions {
  readonly url: string
  readonly poolSizeMax?: number
  readonly log: Logger
  /** Only for test databases: their `clock_now()` is a table. */
  readonly allowTestClock?: boolean
  readonly metrics?: DatabaseMetrics
  /** Runs after the connections are closed. */
  readonly afterClose?: () => Promise<void>
}

/** Connects to a migrated database, and refuses it when its clock is not the real one. */
export async function connectDatabase(options: ConnectOptions): Promise<Database> {
  const { url, log } = options
  const pool = createPool(options)
  // pg emits errors of idle connections on the pool and those of lent ones on the client; without listeners they end the process.
  pool.on('error', (error) => {
    log.warn({ reason: error.message }, 'an idle database connection was lost')
  })
  pool.on('connect', (client) => {
    client.on('error', (error) => {
      log.warn({ reason: error.message }, 'a database connection was lost')
    })
  })
  const acquire = createAcquire(pool, options.metrics?.acquireSeconds)
  let closing: Promise<void> | undefined
  const database: Database = {
    url,
    pool,
    query: (statement) => runAlone(acquire, statement, ACQUIRE_MS_MAX, STATEMENT_MS_MAX + SILENCE_MS_MAX),
    transaction: (work, transactionOptions = {}) => runTransaction(acquire, work, transactionOptions),
    ping: async () => {
      await runAlone(acquire, { text: 'select 1' }, PING_MS_MAX / 2, PING_MS_MAX / 2)
    },
    close: () => (closing ??= closePool(pool, log).then(options.afterClose)),
  }
  options.metrics?.observe(pool)
  try {
    if (options.allowTestClock !== true) await assertRealClock(database)
    else await database.query({ text: 'select 1' })
  } catch (error) {
    // Not waited for: a server that stays silent would make the fault late.
    void closePool(pool, log)
    throw error
  }
  return database
}

function createPool({ url, poolSizeMax = POOL_SIZE_MAX_DEFAULT }: ConnectOptions): pg.Pool {
  return new pg.Pool({
    connectionString: sessionUrl(url),
    max: poolSizeMax,
    connectionTimeoutMillis: ACQUIRE_MS_MAX,
    keepAlive: true,
    types: columnParsers,
  })
}

/** Waits for the connections that are lent out, but not for one that never comes back. */
async function closePool(pool: pg.Pool, log: Logger): Promise<void> {
  const expired = (): Error => databaseTimeout('database connections were still in use', CLOSE_MS_MAX)
  await withDeadline(pool.end(), CLOSE_MS_MAX, expired).catch((error: unknown) => {
    log.warn({ reason: String(error) }, 'the database connections were not closed in time')
  })
}

async function runAlone<Row extends object>(
  acquire: Acquire,
  statement: Statement,
  acquireMs: number,
  timeoutMs: number,
): Promise<Row[]> {
  const client = await acquire(acquireMs)
  let isBroken = false
  try {
    return (await runStatement<Row>(client, statement, timeoutMs)).rows
  } catch (error) {
    isBroken = breaksConnection(error)
    throw databaseFault(error)
  } finally {
    client.release(isBroken)
  }
}
