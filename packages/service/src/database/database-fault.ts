import { DatabaseError } from 'pg'
import { ServiceFault } from '../faults.ts'

// SQLSTATE codes and classes: PostgreSQL documentation, appendix A.
const DEADLOCK = '40P01'
const SERIALIZATION_FAILURE = '40001'

const RETRYABLE: readonly (readonly [codeOrClass: string, message: string])[] = [
  [DEADLOCK, 'the database found a deadlock'],
  ['40', 'the database could not serialize the transaction'],
  ['55P03', 'a database lock was not free in time'],
  ['57014', 'a database statement took too long'],
  ['25P03', 'a database transaction was idle for too long'],
  ['25P04', 'a database transaction took too long'],
  ['25006', 'the database is read-only now'],
  ['53', 'the database is out of resources'],
  ['57P', 'the database is shutting down or starting'],
  ['58', 'the database had a system error'],
  ['08', 'the connection to the database was lost'],
]
const REFUSED: readonly (readonly [codeOrClass: string, message: string])[] = [
  ['28', 'the database refused the login'],
  ['3D000', 'the database does not exist'],
]

/** True when the same transaction may well succeed when it is run again at once. */
export function isConflict(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === DEADLOCK || error.code === SERIALIZATION_FAILURE)
}

/** True when the connection must not be used again after this error. */
export function breaksConnection(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return true
  return error.severity === 'FATAL' || error.severity === 'PANIC' || /^(08|57P)/.test(error.code ?? '')
}

/**
 * What a caller sees of an error from pg: a `ServiceFault` when the database could not do its work, the very same error when
 * the statement was wrong or violated a constraint.
 */
export function databaseFault(error: unknown): unknown {
  // A value that cannot be sent or read is a mistake of the caller, not of the database.
  if (error instanceof ServiceFault || error instanceof TypeError || error instanceof SyntaxError) return error
  if (!(error instanceof DatabaseError)) return unreachable(error)
  const code = error.code ?? ''
  const matches = ([codeOrClass]: readonly [string, string]): boolean => code.startsWith(codeOrClass)
  const retryable = RETRYABLE.find(matches)
  const known = retryable ?? REFUSED.find(matches)
  if (known === undefined) return error
  return new ServiceFault('ERR_SERVICE_DATABASE', known[1], {
    detail: `${code} ${error.message}`,
    retryable: retryable !== undefined,
    cause: error,
  })
}

function unreachable(error: unknown): ServiceFault {
  const reason =
    error instanceof Error ? error.message || ('code' in error ? String(error.code) : error.name) : String(error)
  return new ServiceFault('ERR_SERVICE_DATABASE', 'the database cannot be reached', {
    detail: reason,
    retryable: true,
    cause: error,
  })
}

/** The fault of a wait that reached its own limit. */
export function databaseTimeout(message: string, timeoutMs: number): ServiceFault {
  return new ServiceFault('ERR_SERVICE_DATABASE', message, { detail: `limit ${timeoutMs} ms`, retryable: true })
}
