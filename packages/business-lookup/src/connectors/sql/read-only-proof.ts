import { inSession } from './in-session.ts'
import type { SqlDriver } from './sql-driver.ts'

/** A catalogue of ten thousand tables is read in a second. */
const STATEMENT_MS_MAX = 5_000
/** Of all the statements of the proof together. */
const PROOF_MS_MAX = 8_000
/** The first ones say what is wrong; the role of an application may have thousands. */
const NAMED_MAX = 5

/**
 * What the role of the connector may do beyond reading, in words for the operator; empty when it may only read. Asks the server's catalogue,
 * and only when that says nothing tries to write. Rejects when the server does not answer.
 */
export async function readOnlyProblems(driver: SqlDriver, signal: AbortSignal): Promise<readonly string[]> {
  const found = await inSession(driver, { signal, workMs: PROOF_MS_MAX }, async (connection) => {
    await connection.begin(STATEMENT_MS_MAX)
    const rights = await connection.rightsToWrite()
    await connection.commit()
    return rights.length > 0 ? rights : connection.writesNotRefused()
  })
  if (found.length === 0) return []
  const more = found.length > NAMED_MAX ? ` and ${String(found.length - NAMED_MAX)} more` : ''
  return [
    `connector.database_url: its role may do more than read: ${found.slice(0, NAMED_MAX).join('; ')}${more}; expected a role that may only SELECT what the query reads`,
  ]
}
