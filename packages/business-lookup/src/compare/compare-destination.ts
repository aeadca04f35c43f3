import type { IntentOutput } from '../record/intent.ts'
import { destinationKey, readAddressField } from '../record/read-terms.ts'
import { agrees, differs, invalid, shown, shownField, type Comparison } from './comparison.ts'
import type { PaidOutput, Payment } from './payment.ts'

/** The same address in any of its spellings, and the same script. The tag is no part of it. */
export function compareDestination(
  intent: Pick<IntentOutput, 'destination'>,
  { key, addressText }: Pick<PaidOutput, 'key' | 'addressText'>,
  { asset }: Pick<Payment, 'asset'>,
): Comparison {
  const compared = {
    field: 'destination',
    comparator: 'same_address',
    expected: shownField(intent.destination),
    actual: shown(addressText),
  }
  const expected = readAddressField(intent.destination, asset.chain)
  if (expected === undefined) return invalid(compared, `an address of ${asset.chain.id}`)
  return destinationKey(expected) === key
    ? agrees(compared)
    : differs(compared, 'DESTINATION_MISMATCH', 'the destination differs from the business system')
}
