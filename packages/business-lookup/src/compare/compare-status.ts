import type { Intent } from '../record/intent.ts'
import { agrees, differs, invalid, shownField, type Comparison } from './comparison.ts'
import type { CompareConfig } from './compare-config.ts'

/** The payment is in one of the states in which the business system lets it go, letter by letter. */
export function compareStatus(
  { status }: Intent,
  { compare }: { readonly compare: Pick<CompareConfig, 'status'> },
): Comparison {
  const allowed = compare.status.in
  const compared = {
    field: 'status',
    comparator: 'in',
    expected: allowed.join(' or '),
    actual: shownField(status),
  }
  if (status.is !== 'text') return invalid(compared, 'a text')
  return allowed.includes(status.text)
    ? agrees(compared)
    : differs(compared, 'INTENT_STATUS', 'the payment is not approved in the business system')
}
