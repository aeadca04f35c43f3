import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { readListedAddress, type AddressKey, type CanonicalAddress } from '@callback-quorum/chains'
import { cleanListedValue } from './clean-listed-value.ts'
import type { ListedRow, ParsedFile } from './listed-row.ts'

/**
 * How sure a match is. `L1`: same family and payload, whatever code it is filed under and on every chain of the family. `L2`: the
 * same key in another encoding or on another family. `L3`: the very string, whatever it is. Source: domain/sanctions 1.4.
 */
export type MatchStrength = 'L1' | 'L2' | 'L3'

export interface ListedMatch {
  readonly source: string
  readonly versionSha: string
  readonly strength: MatchStrength
  readonly listRaw: string
  /** True when the listed value had to be cleaned of invisible or look-alike characters to match. */
  readonly listValueNormalised: boolean
  readonly row: ListedRow
}

/** One version of one list, ready for look-ups; never changed after it was built. */
export interface AddressIndex {
  readonly source: string
  /** SHA-256 of the raw file: the identity of the version. */
  readonly versionSha: string
  /** SHA-256 over the sorted canonical keys: changes only when the set of addresses does. */
  readonly canonicalSetSha: string
  /** YYYY-MM-DD; absent where the format has none. */
  readonly dateOfIssue?: string
  readonly codes: readonly string[]
  readonly rowsByCode: ReadonlyMap<string, number>
  readonly rows: number
  readonly parties: number
  /** Rows whose value is not address-shaped. */
  readonly unparsed: number
  /** Rows that match as an exact string only, because no chain reads their value. */
  readonly opaque: number
  readonly loadedAtMs: number
  /** Every row that `text`, or one of its readings, is listed under; each row once, with its surest strength. Empty: not listed. */
  find(text: string, readings: readonly CanonicalAddress[]): readonly ListedMatch[]
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

/** Reading one value costs 0.4 ms (every family is tried): a callback waits about 10 ms when a list is being indexed. */
const ROWS_PER_TURN = 25

/** Reads every value of a parsed list by checksum and version byte, never by its code, and indexes what it stands for. */
export async function buildAddressIndex(source: string, file: ParsedFile, loadedAtMs: number): Promise<AddressIndex> {
  const maps: Maps = { byKey: new ListingMap(), bySameKey: new ListingMap(), byText: new ListingMap() }
  let opaque = 0
  for (const [position, row] of file.rows.entries()) {
    if (position % ROWS_PER_TURN === 0) await nextTurn()
    const isRead = addRow(maps, row)
    if (!row.unparsed && !isRead) opaque += 1
  }
  const addresses = file.rows.filter(({ unparsed }) => !unparsed)
  return Object.freeze({
    source,
    versionSha: file.sha256,
    canonicalSetSha: createHash('sha256')
      .update([...maps.byKey.keys()].sort().join('\n'))
      .digest('hex'),
    ...(file.dateOfIssue === undefined ? {} : { dateOfIssue: file.dateOfIssue }),
    codes: file.codes,
    rowsByCode: countByCode(addresses),
    rows: addresses.length,
    parties: new Set(file.rows.map(({ partyId }) => partyId)).size,
    unparsed: file.rows.length - addresses.length,
    opaque,
    loadedAtMs,
    find: (text: string, readings: readonly CanonicalAddress[]) =>
      strongest(findAll(maps, text, readings)).map(({ strength, listing }) => ({
        source,
        versionSha: file.sha256,
        strength,
        listRaw: listing.row.value,
        listValueNormalised: listing.isNormalised,
        row: listing.row,
      })),
  })
}

/** False when no chain reads the value of the row, neither as published nor cleaned. */
function addRow({ byKey, bySameKey, byText }: Maps, row: ListedRow): boolean {
  const cleaned = cleanListedValue(row.value)
  const spellings = cleaned === row.value ? [row.value] : [row.value, cleaned]
  let isRead = false
  for (const spelling of spellings) {
    if (spelling === '') continue
    const isNormalised = spelling !== row.value
    byText.add(spelling, { row, isNormalised })
    if (row.unparsed) continue
    for (const reading of readListedAddress(spelling)) {
      isRead ||= reading.family !== 'opaque'
      const listing: Listing = { row, reading, isNormalised }
      byKey.add(reading.key, listing)
      for (const key of reading.sameKey) bySameKey.add(key, listing)
    }
  }
  return isRead
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

function countByCode(rows: readonly ListedRow[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { code } of rows) counts.set(code, (counts.get(code) ?? 0) + 1)
  return counts
}
