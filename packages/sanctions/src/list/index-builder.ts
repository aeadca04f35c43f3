import { createHash } from 'node:crypto'
import { CHAIN_FAMILIES, readListedAddress, type ChainFamily } from '@callback-quorum/chains'
import { cleanListedValue } from './clean-listed-value.ts'
import type { ListedRow } from './listed-row.ts'
import { Postings, type PostingsImage } from './postings.ts'
import { RowTable, type RowImage } from './row-table.ts'
import type { TableImage } from './text-table.ts'

/** A finished index as memory that moves to another thread whole. */
export interface IndexImage {
  readonly texts: PostingsImage
  readonly keys: PostingsImage
  readonly rows: RowImage
  readonly summary: IndexSummary
}

/** What is said of a version; held rows are not of it and not counted. */
export interface IndexSummary {
  /** SHA-256 over the sorted canonical keys: changes only when the set of addresses does. */
  readonly canonicalSetSha: string
  readonly rowsByCode: ReadonlyMap<string, number>
  /** Rows of the version itself; held ones come after them. */
  readonly ownRows: number
  readonly rows: number
  readonly parties: number
  readonly unparsed: number
  readonly opaque: number
}

/** Low bits of a posting's marks: by which families the listed value was read. At most 24 fit. */
const MARK_OF_FAMILY = new Map(CHAIN_FAMILIES.map((family, position) => [family, 1 << position]))
export const FAMILY_MARKS = 0x00ffffff
export const familyMark = (family: ChainFamily): number => MARK_OF_FAMILY.get(family) ?? 0
/** The text is another key of the same owner, not that of the listed value. */
export const SAME_KEY_MARK = 1 << 24
export const WITNESS_MARK = 1 << 25
export const NORMALISED_MARK = 1 << 26

/** P2PKH and P2WPKH share their key and differ in script: the second form is the same key in another encoding (acceptance S09). */
export const witnessMark = (raw: string): number => (/^(?:[a-z]+:)?(?:bc|tb|t?ltc|btg)1/i.test(raw) ? WITNESS_MARK : 0)

/** Reads every row of a list by checksum and version byte, never by its code, and indexes what it stands for. */
export class IndexBuilder {
  readonly #texts = new Postings()
  readonly #keys = new Postings()
  readonly #rows = new RowTable(this.#texts.table)
  readonly #rowsByCode = new Map<string, number>()
  readonly #parties = new Set<string>()
  #unparsed = 0
  #opaque = 0

  get length(): number {
    return this.#rows.length
  }

  add(row: ListedRow): void {
    const isRead = this.#post(row)
    this.#parties.add(row.partyId)
    if (row.unparsed) {
      this.#unparsed += 1
      return
    }
    if (!isRead) this.#opaque += 1
    this.#rowsByCode.set(row.code, (this.#rowsByCode.get(row.code) ?? 0) + 1)
  }

  /** `held` rows are matched like the others, but they are not of this version. */
  finish(held: readonly ListedRow[]): IndexImage {
    const ownRows = this.#rows.length
    const summary: IndexSummary = {
      canonicalSetSha: this.#hashKeys(),
      rowsByCode: this.#rowsByCode,
      ownRows,
      rows: ownRows - this.#unparsed,
      parties: this.#parties.size,
      unparsed: this.#unparsed,
      opaque: this.#opaque,
    }
    for (const row of held) this.#post(row)
    return { texts: this.#texts.image(), keys: this.#keys.image(), rows: this.#rows.image(), summary }
  }

  /** False when no chain reads the value of the row, neither as published nor cleaned. */
  #post(row: ListedRow): boolean {
    const position = this.#rows.push(row, this.#texts.add(row.value))
    const cleaned = cleanListedValue(row.value).trim()
    let isRead = false
    for (const spelling of cleaned === row.value ? [cleaned] : [row.value, cleaned]) {
      if (spelling.trim() === '') continue
      const normalised = spelling === row.value ? 0 : NORMALISED_MARK
      this.#texts.post(spelling, position, normalised, 0)
      if (row.unparsed) continue
      isRead = this.#postReadings(spelling, position, normalised) || isRead
    }
    return isRead
  }

  #postReadings(spelling: string, position: number, normalised: number): boolean {
    let isRead = false
    for (const { raw, family, key, sameKey } of readListedAddress(spelling)) {
      isRead ||= family !== 'opaque'
      const marks = normalised | witnessMark(raw) | familyMark(family)
      this.#keys.post(key, position, marks, FAMILY_MARKS)
      for (const other of sameKey)
        if (other !== key) this.#keys.post(other, position, normalised | SAME_KEY_MARK, FAMILY_MARKS)
    }
    return isRead
  }

  #hashKeys(): string {
    const keys: string[] = []
    for (let key = 0; key < this.#keys.table.length; key += 1)
      for (let posting = this.#keys.firstAt(key); posting !== -1; posting = this.#keys.after(posting))
        if ((this.#keys.marksOf(posting) & SAME_KEY_MARK) === 0) {
          keys.push(this.#keys.table.at(key))
          break
        }
    const hash = createHash('sha256')
    for (const [position, key] of keys.sort().entries()) hash.update(position === 0 ? key : `\n${key}`)
    return hash.digest('hex')
  }
}

/** The memory of an image, to be moved with it. */
export function imageBuffers({ texts, keys, rows }: IndexImage): ArrayBuffer[] {
  const postingsOf = ({ table, first, postings }: PostingsImage) => [...tableOf(table), first, postings]
  const tableOf = ({ texts: { bytes, ends }, slots }: TableImage) => [bytes, ends, slots]
  const { values, featureIds, abouts, aboutTexts, lastDays } = rows
  return [
    ...postingsOf(texts),
    ...postingsOf(keys),
    ...tableOf(aboutTexts),
    values,
    featureIds.bytes,
    featureIds.ends,
    abouts,
    lastDays,
  ].map(({ buffer }) => buffer)
}
