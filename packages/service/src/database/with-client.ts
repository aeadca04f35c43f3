import pg from 'pg'
import { databaseFault } from './database-fault.ts'
import { sessionUrl } from './session-url.ts'

/** Nobody's callback waits for this connection: it is made at boot and by tests. */
const CONNECT_MS_MAX = 10_000

/** One connection of its own for `work`, closed afterwards. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: sessionUrl(url), connectionTimeoutMillis: CONNECT_MS_MAX })
  client.on('error', () => undefined) // Its statements fail with the same error.
  try {
    await client.connect()
    return await work(client)
  } catch (error) {
    throw databaseFault(error)
  } finally {
    await client.end().catch(() => undefined)
  }
}
