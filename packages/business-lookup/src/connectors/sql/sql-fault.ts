import { errnoOf } from '@callback-quorum/service'
import type { ConnectorErrorKind } from '../connector-metrics.ts'

/** What this connector found wrong by itself. Its message holds nothing that was sent or received. */
export class SqlFault extends Error {
  override readonly name = 'SqlFault'
  readonly kind: ConnectorErrorKind

  constructor(kind: ConnectorErrorKind, message: string) {
    super(message)
    this.kind = kind
  }
}

// SQLSTATE (PostgreSQL documentation, appendix A) and symbols of MySQL (error message reference); 1969 is MariaDB's ER_STATEMENT_TIMEOUT.
const KINDS: readonly (readonly [RegExp, ConnectorErrorKind])[] = [
  [/^57014$|^ER_(?:QUERY_TIMEOUT|LOCK_WAIT_TIMEOUT)$|^1969$|^ETIMEDOUT$/, 'timeout'],
  [/^28|^42501$|_DENIED_ERROR$/, 'auth'],
  [
    /^(?:08|40|5[378P])|^E[A-Z]+$|^PROTOCOL_|^ER_(?:CON_COUNT_ERROR|SERVER_SHUTDOWN|TOO_MANY_USER_CONNECTIONS)$/,
    'transport',
  ],
  [/^[0-9A-Z]{5}$|^ER_|^WARN_/, 'malformed'],
]

/** For the metric: what kind of failure an error of `pg`, `mysql2` or this connector is. */
export function errorKindOf(error: unknown): ConnectorErrorKind {
  if (error instanceof SqlFault) return error.kind
  const code = codeOf(error)
  return KINDS.find(([pattern]) => pattern.test(code))?.[1] ?? 'transport'
}

/** For the log: a client's message may repeat a value of the query, its code does not. */
export const reasonOf = (error: unknown): string => (error instanceof SqlFault ? error.message : codeOf(error))

/** mysql2 knows the symbols of MySQL and not those of MariaDB: those errors have only a number. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'errno' in error && !('code' in error && typeof error.code === 'string')
    ? String(error.errno)
    : errnoOf(error)
