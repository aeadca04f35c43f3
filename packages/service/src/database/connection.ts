import type { ClientBase, Pool, PoolClient, QueryResult } from 'pg'
import type { Histogram } from 'prom-client'
import type { Statement } from './database.ts'
import { databaseFault, databaseTimeout } from './database-fault.ts'
import { withDeadline } from './deadline.ts'

/** A connection; waits at most `timeoutMs` for one to be free or to be made. */
export type Acquire = (timeoutMs: number) => Promise<PoolClient>

/** Connections of `pool`. What was waited is measured, also when it was in vain. */
export function createAcquire(pool: Pool, waitSeconds?: Histogram): Acquire {
  return async (timeoutMs) => {
    const observe = waitSeconds?.startTimer()
    try {
      return await acquireConnection(pool, timeoutMs)
    } finally {
      observe?.()
    }
  }
}

async function acquireConnection(pool: Pool, timeoutMs: number): Promise<PoolClient> {
  try {
    return await withDeadline(
      pool.connect(),
      timeoutMs,
      () => databaseTimeout('no database connection was free in time', timeoutMs),
      (client) => {
        client.release()
      },
    )
  } catch (error) {
    throw databaseFault(error)
  }
}

/** Runs one statement and throws pg's own error, or a `ServiceFault` when the server stayed silent for `timeoutMs`. */
export function runStatement<Row extends object>(
  client: ClientBase,
  statement: Statement,
  timeoutMs: number,
): Promise<QueryResult<Row>> {
  const { name, text, values } = statement
  const query = { text, ...(name !== undefined && { name }), ...(values !== undefined && { values: [...values] }) }
  return withDeadline(client.query<Row>(query), timeoutMs, () =>
    databaseTimeout('the database did not answer in time', timeoutMs),
  )
}
