import type { IntentOutput } from '../record/intent.ts'
import { readAmount } from '../record/read-terms.ts'
import { allowedAmounts, isAllowed } from './allowed-amounts.ts'
import { agrees, differs, invalid, shownField, type Comparison } from './comparison.ts'
import type { CompareConfig } from './compare-config.ts'
import type { PaidOutput, Payment } from './payment.ts'

/** How an amount is compared, for the record: `within 0.5`. */
export const amountComparator = (amount: CompareConfig['amount'] = { op: 'equal' }): string =>
  'by' in amount ? `${amount.op} ${amount.by}` : amount.op

/** The one amount, by value and exactly, or within what the configuration allows. The request's amount is shown in atomic units. */
export function compareAmount(
  { amount }: IntentOutput,
  { amountAtomic }: PaidOutput,
  { asset }: Payment,
  { amount: rule }: Pick<CompareConfig, 'amount'>,
): Comparison {
  const compared = {
    field: 'amount',
    comparator: amountComparator(rule),
    expected: shownField(amount),
    actual: amountAtomic.toString(),
  }
  const expected = readAmount(amount, asset)
  if (expected === undefined) return invalid(compared, `a decimal text of at most ${asset.decimals} decimals`)
  const allowed = allowedAmounts(rule, asset)
  return allowed !== undefined && isAllowed(amountAtomic, allowed(expected))
    ? agrees(compared)
    : differs(compared, 'AMOUNT_MISMATCH', 'the amount differs from the business system')
}
