import type { ClientBase, Pool, PoolClient, QueryResult } from 'pg'
import type { Statement } from './database.ts'
import { databaseFault, databaseTimeout } from './database-fault.ts'
import { withDeadline } from './deadline.ts'

/** A connection of the pool; waits at most `timeoutMs` for one to be free or to be made. */
export async function acquireConnection(pool: Pool, timeoutMs: number): Promise<PoolClient> {
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
