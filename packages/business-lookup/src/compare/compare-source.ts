import type { Intent } from '../record/intent.ts'
import { readAddressText } from '../record/read-terms.ts'
import { agrees, differs, invalid, shown, shownField, type Comparison } from './comparison.ts'
import type { Payment } from './payment.ts'

/**
 * What pays is what the business system says: its wallet, by id, or its address. Where the request names several addresses each of them has to
 * be that one, for the others would pay too.
 */
export function compareSource({ source }: Intent, payment: Payment): Comparison {
  const { wallet, sources, asset } = payment
  const compared = {
    field: 'source',
    comparator: 'equal',
    expected: shownField(source),
    actual: shown([...(wallet === undefined ? [] : [wallet]), ...sources].join(', ')),
  }
  if (source.is !== 'text') return invalid(compared, 'a text')
  const key = readAddressText(source.text, asset.chain)?.key
  const isSource = (address: string): boolean => key !== undefined && readAddressText(address, asset.chain)?.key === key
  const isAddress = sources.length > 0 && sources.every(isSource)
  return wallet === source.text || isAddress
    ? agrees(compared)
    : differs(compared, 'SOURCE_MISMATCH', 'the source differs from the business system')
}
