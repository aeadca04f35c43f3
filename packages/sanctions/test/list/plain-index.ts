import { createHash } from 'node:crypto'
import { readListedAddress, type AddressKey, type CanonicalAddress } from '@callback-quorum/chains'
import { cleanListedValue } from '../../src/list/clean-listed-value.ts'
import type { ListedRow } from '../../src/list/listed-row.ts'
import type { MatchStrength } from '../../src/list/matches.ts'

/** What an index of a list promises, with a map and an object for everything: the compact index is compared with it. */
export interface PlainIndex {
  readonly canonicalSetSha: string
  readonly find: (text: string, readings: readonly CanonicalAddress[]) => readonly PlainMatch[]
}

interface PlainMatch {
  readonly strength: MatchStrength
  readonly listValueNormalised: boolean
  readonly row: ListedRow
}

interface Listing {
  readonly row: ListedRow
  readonly reading?: CanonicalAddress
  readonly isNormalised: boolean
}

const RANK: Readonly<Record<MatchStrength, number>> = { L1: 0, L3: 1, L2: 2 }

class ListingMap<Key extends string> extends Map<Key, Listing[]> {
  add(key: Key, listing: Listing): void {
    const listings = this.get(key)
    if (listings === undefined) this.set(key, [listing])
    else listings.push(listing)
  }
}

export function buildPlainIndex(rows: readonly ListedRow[]): PlainIndex {
  const maps: Maps = { byKey: new ListingMap(), bySameKey: new ListingMap(), byText: new ListingMap() }
  for (const row of rows) addRow(maps, row)
  return {
    canonicalSetSha: createHash('sha256')
      .update([...maps.byKey.keys()].sort().join('\n'))
      .digest('hex'),
    find: (text, readings) =>
      strongest(findAll(maps, text, readings)).map(({ strength, listing: { row, isNormalised } }) => ({
        strength,
        listValueNormalised: isNormalised,
        row,
      })),
  }
}

function addRow({ byKey, bySameKey, byText }: Maps, row: ListedRow): void {
  const cleaned = cleanListedValue(row.value)
  const spellings = cleaned === row.value ? [row.value] : [row.value, cleaned]
  for (const spelling of spellings) {
    if (spelling === '') continue
    const isNormalised = spelling !== row.value
    byText.add(spelling, { row, isNormalised })
    if (row.unparsed) continue
    for (const reading of readListedAddress(spelling)) {
      const listing: Listing = { row, reading, isNormalised }
      byKey.add(reading.key, listing)
      for (const key of reading.sameKey) bySameKey.add(key, listing)
    }
  }
}

interface Maps {
  readonly byKey: ListingMap<AddressKey>
  readonly bySameKey: ListingMap<AddressKey>
  readonly byText: ListingMap<string>
}

interface Found {
  readonly strength: MatchStrength
  readonly listing: Listing
}

function findAll({ byKey, bySameKey, byText }: Maps, text: string, readings: readonly CanonicalAddress[]): Found[] {
  const trimmed = text.trim()
  const texts = trimmed === text ? [text] : [text, trimmed]
  return [
    ...texts.flatMap((asked) => (byText.get(asked) ?? []).map((listing): Found => ({ strength: 'L3', listing }))),
    ...readings.flatMap((asked) => [
      ...(byKey.get(asked.key) ?? []).map((listing): Found => ({
        strength: isSameAddress(asked, listing) ? 'L1' : 'L2',
        listing,
      })),
      ...[asked.key, ...asked.sameKey].flatMap((key) =>
        [...(byKey.get(key) ?? []), ...(bySameKey.get(key) ?? [])].map((listing): Found => ({
          strength: 'L2',
          listing,
        })),
      ),
    ]),
  ]
}

function isSameAddress(asked: CanonicalAddress, { reading }: Listing): boolean {
  return reading?.key === asked.key && reading.family === asked.family && isWitness(reading) === isWitness(asked)
}

/** P2PKH and P2WPKH share their key and differ in script: the second form is the same key in another encoding (acceptance S09). */
const isWitness = ({ raw }: CanonicalAddress): boolean => /^(?:[a-z]+:)?(?:bc|tb|t?ltc|btg)1/i.test(raw)

function strongest(found: readonly Found[]): Found[] {
  const best = new Map<ListedRow, Found>()
  for (const match of found) {
    const known = best.get(match.listing.row)
    if (known === undefined || RANK[match.strength] < RANK[known.strength]) best.set(match.listing.row, match)
  }
  return [...best.values()].sort((a, b) => RANK[a.strength] - RANK[b.strength])
}
