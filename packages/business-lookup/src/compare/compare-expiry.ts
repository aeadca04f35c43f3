import type { Intent } from '../record/intent.ts'
import { readInstant } from '../record/read-instant.ts'
import { agrees, differs, invalid, shownField, type Comparison } from './comparison.ts'

/** The payment is valid beyond `now`, to the millisecond; what is cut off makes it end earlier. */
export function compareExpiry({ expiresAt }: Intent, now: Date): Comparison {
  const compared = {
    field: 'expires_at',
    comparator: 'after',
    expected: shownField(expiresAt),
    actual: now.toISOString(),
  }
  const expiryMicros = expiresAt.is === 'text' ? readInstant(expiresAt.text) : undefined
  if (expiryMicros === undefined) return invalid(compared, 'a time with its zone')
  return expiryMicros / 1_000n > BigInt(now.getTime())
    ? agrees(compared)
    : differs(compared, 'INTENT_EXPIRED', 'the payment has expired in the business system')
}
