import type { AddressKey, CanonicalAddress } from '@callback-quorum/chains'
import {
  FAMILY_MARKS,
  familyMark,
  NORMALISED_MARK,
  SAME_KEY_MARK,
  WITNESS_MARK,
  witnessMark,
  type IndexImage,
} from './index-builder.ts'
import type { ListedRow } from './listed-row.ts'
import { Matches, type MatchStrength, type RowMatch } from './matches.ts'
import { Postings } from './postings.ts'
import { dayOf, RowTable } from './row-table.ts'

/** Before any day on which a listing could end. */
const NO_DAY = -1

/** Look-ups in a finished index. */
export class ListLookUp {
  readonly #texts: Postings
  readonly #keys: Postings
  readonly #rows: RowTable
  readonly #ownRows: number

  constructor({ texts, keys, rows, summary }: IndexImage) {
    this.#texts = new Postings(texts)
    this.#keys = new Postings(keys)
    this.#rows = new RowTable(this.#texts.table, rows)
    this.#ownRows = summary.ownRows
  }

  get rows(): number {
    return this.#rows.length
  }

  rowAt(position: number): ListedRow {
    if (!Number.isInteger(position) || position < 0 || position >= this.rows)
      throw new RangeError(`no row ${String(position)}`)
    return this.#rows.at(position)
  }

  find(text: string, readings: readonly CanonicalAddress[], at: Date | undefined): readonly RowMatch[] {
    const matches = new Matches()
    const day = at === undefined ? NO_DAY : dayOf(at)
    this.#findText(matches, text, day)
    const trimmed = text.trim()
    if (trimmed !== text) this.#findText(matches, trimmed, day)
    for (const asked of readings) {
      this.#findKey(matches, asked.key, asked, day)
      for (const key of asked.sameKey) if (key !== asked.key) this.#findKey(matches, key, undefined, day)
    }
    return matches.sorted()
  }

  *keys(): Iterable<AddressKey> {
    for (let position = 0; position < this.#keys.table.length; position += 1)
      // Only keys of readings were ever put in.
      if (this.#isOwnKey(position)) yield this.#keys.table.at(position) as AddressKey
  }

  hasKey(key: AddressKey): boolean {
    const position = this.#keys.table.find(key)
    return position !== -1 && this.#isOwnKey(position)
  }

  #findText(matches: Matches, text: string, day: number): void {
    const texts = this.#texts
    for (let posting = texts.firstOf(text); posting !== -1; posting = texts.after(posting))
      this.#offer(matches, texts.rowOf(posting), 'L3', texts.marksOf(posting), day)
  }

  /** `asked` is what the text was read as; without it: `key` is another key of that. */
  #findKey(matches: Matches, key: AddressKey, asked: CanonicalAddress | undefined, day: number): void {
    const first = this.#keys.firstOf(key)
    if (first === -1) return
    const askedMarks = asked === undefined ? 0 : familyMark(asked.family) | witnessMark(asked.raw)
    // Listed addresses of that key come before those of which it is another key.
    this.#offerKind(matches, first, 0, askedMarks, day)
    this.#offerKind(matches, first, SAME_KEY_MARK, askedMarks, day)
  }

  #offerKind(matches: Matches, first: number, kind: number, asked: number, day: number): void {
    const keys = this.#keys
    for (let posting = first; posting !== -1; posting = keys.after(posting)) {
      const marks = keys.marksOf(posting)
      if ((marks & SAME_KEY_MARK) !== kind) continue
      this.#offer(matches, keys.rowOf(posting), isSameAddress(asked, marks) ? 'L1' : 'L2', marks, day)
    }
  }

  #offer(matches: Matches, row: number, strength: MatchStrength, marks: number, day: number): void {
    if (this.#rows.hasEnded(row, day)) return
    matches.add({ row, strength, isNormalised: (marks & NORMALISED_MARK) !== 0 })
  }

  #isOwnKey(position: number): boolean {
    const keys = this.#keys
    for (let posting = keys.firstAt(position); posting !== -1; posting = keys.after(posting))
      if ((keys.marksOf(posting) & SAME_KEY_MARK) === 0 && keys.rowOf(posting) < this.#ownRows) return true
    return false
  }
}

/** Same family, and the same one of the two scripts that share a key. */
const isSameAddress = (asked: number, listed: number): boolean =>
  (listed & SAME_KEY_MARK) === 0 && (asked & listed & FAMILY_MARKS) !== 0 && ((asked ^ listed) & WITNESS_MARK) === 0
