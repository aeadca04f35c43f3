import type { AddressKey, CanonicalAddress } from '@callback-quorum/chains'
import { imageBuffers, IndexBuilder, type IndexImage } from './index-builder.ts'
import { ListLookUp } from './list-look-up.ts'
import type { ListedRow, ListVersion, ParsedFile } from './listed-row.ts'
import type { MatchStrength } from './matches.ts'

export type { MatchStrength } from './matches.ts'

export interface ListedMatch {
  readonly source: string
  readonly versionSha: string
  readonly strength: MatchStrength
  readonly listRaw: string
  /** True when the listed value had to be cleaned of invisible or look-alike characters to match. */
  readonly listValueNormalised: boolean
  readonly row: ListedRow
}

/** One version of one list, ready for look-ups; never changed after it was built. Counts, digest and keys leave held rows out. */
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
  /**
   * Every row that `text`, or one of its readings, is listed under; each row once, with its surest strength. Empty: not listed.
   * A row whose `until` lies before the day of `at` (UTC) does not match; without `at` no row has ended.
   */
  find(text: string, readings: readonly CanonicalAddress[], at?: Date): readonly ListedMatch[]
  /** How many rows there are, unparsed ones too: those of the version, then the held ones. */
  readonly ownRows: number
  readonly heldRows: number
  /** Memory that the index takes, outside of the heap. */
  readonly bytes: number
  /** The row at a position from 0 to ownRows + heldRows - 1, made anew each time. */
  rowAt(position: number): ListedRow
  /** Every row of the version itself, in the order of the file. It makes them all at once, about a microsecond each. */
  rowsAll(): readonly ListedRow[]
  /** The canonical keys of the version's addresses, each once. */
  keys(): Iterable<AddressKey>
  /** Whether an address of the version has that canonical key. */
  hasKey(key: AddressKey): boolean
}

/** Indexes a list that was parsed in this thread; `held` are rows of earlier versions that match until their removal is acknowledged. */
export function buildAddressIndex(
  source: string,
  file: ParsedFile,
  loadedAtMs: number,
  held: readonly ListedRow[] = [],
): Promise<AddressIndex> {
  const builder = new IndexBuilder()
  for (const row of file.rows) builder.add(row)
  return Promise.resolve(openAddressIndex(source, file, builder.finish(held), loadedAtMs))
}

/** Makes look-ups of what a builder finished, in whichever thread. */
export function openAddressIndex(
  source: string,
  { sha256, dateOfIssue, codes }: ListVersion,
  image: IndexImage,
  loadedAtMs: number,
): AddressIndex {
  const { canonicalSetSha, rowsByCode, ownRows, rows, parties, unparsed, opaque } = image.summary
  const lookUp = new ListLookUp(image)
  return Object.freeze({
    source,
    versionSha: sha256,
    canonicalSetSha,
    ...(dateOfIssue === undefined ? {} : { dateOfIssue }),
    codes,
    rowsByCode,
    rows,
    parties,
    unparsed,
    opaque,
    loadedAtMs,
    ownRows,
    heldRows: lookUp.rows - ownRows,
    bytes: imageBuffers(image).reduce((sum, { byteLength }) => sum + byteLength, 0),
    find: (text: string, readings: readonly CanonicalAddress[], at?: Date) =>
      lookUp.find(text, readings, at).map(({ row: position, strength, isNormalised }): ListedMatch => {
        const row = lookUp.rowAt(position)
        return { source, versionSha: sha256, strength, listRaw: row.value, listValueNormalised: isNormalised, row }
      }),
    rowAt: (position: number) => lookUp.rowAt(position),
    rowsAll: () => Array.from({ length: ownRows }, (_, position) => lookUp.rowAt(position)),
    keys: () => lookUp.keys(),
    hasKey: (key: AddressKey) => lookUp.hasKey(key),
  })
}
