import type { Intent } from '../record/intent.ts'
import { agrees, differs, invalid, shown, shownField, type Comparison } from './comparison.ts'

/**
 * The record is the one of this reference, letter by letter. A business system that finds it by another spelling, in another case or with a space
 * behind it, would have one payment answer to several references, and each of these pays once.
 */
export function compareReference({ reference: field }: Intent, reference: string): Comparison {
  const compared = { field: 'reference', comparator: 'equal', expected: shownField(field), actual: shown(reference) }
  if (field.is !== 'text') return invalid(compared, 'a text')
  return field.text === reference
    ? agrees(compared)
    : differs(compared, 'REF_MISMATCH', 'the business system answered with a payment of another reference')
}
