import { readListedAddress, type CanonicalAddress } from '@callback-quorum/chains'
import { cleanListedValue } from '../list/clean-listed-value.ts'
import type { ListedRow } from '../list/listed-row.ts'

/** No key of an address begins like this; the very text of a listed value is looked for with it. */
const textKey = (text: string): string => `text:${text.trim()}`

/**
 * What a screened address is found by later: two of these sets meet exactly where screening would have matched (domain/sanctions 1.4: L1 and
 * L2 by keys, L3 by the text).
 */
export function keysOfScreened(raw: string, address: CanonicalAddress | undefined): readonly string[] {
  return [...new Set([...(address === undefined ? [] : [address.key, ...address.sameKey]), textKey(raw)])]
}

/** The other side of it: as the index reads a row, published and cleaned. */
export function keysOfListed({ value, unparsed }: Pick<ListedRow, 'value' | 'unparsed'>): readonly string[] {
  const spellings = [...new Set([value, cleanListedValue(value)])].filter((spelling) => spelling.trim() !== '')
  const readings = unparsed ? [] : spellings.flatMap((spelling) => readListedAddress(spelling))
  return [...new Set([...spellings.map(textKey), ...readings.flatMap(({ key, sameKey }) => [key, ...sameKey])])]
}
