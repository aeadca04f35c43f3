import type { IntentOutput } from '../record/intent.ts'
import { readAddressField } from '../record/read-terms.ts'
import { agrees, differs, invalid, shown, type Comparison } from './comparison.ts'
import type { PaidOutput, Payment } from './payment.ts'

/** The same tag or memo, letter by letter, or none on either side. An address that carries one says it as well as the field does. */
export function compareTag(
  { destination, tag }: Pick<IntentOutput, 'destination' | 'tag'>,
  { tag: actual }: Pick<PaidOutput, 'tag'>,
  { asset }: Pick<Payment, 'asset'>,
): Comparison {
  const within = readAddressField(destination, asset.chain)?.tag
  const expected = tag.is === 'text' ? tag.text : within
  const compared = {
    field: 'tag',
    comparator: 'equal',
    expected: expected === undefined ? null : shown(expected),
    actual: actual === undefined ? null : shown(actual),
  }
  if (tag.is === 'invalid') return invalid(compared, 'a text or empty')
  if (within !== undefined && expected !== within) return invalid(compared, 'the one inside its destination')
  return expected === actual
    ? agrees(compared)
    : differs(compared, 'TAG_MISMATCH', 'the tag or memo differs from the business system')
}
