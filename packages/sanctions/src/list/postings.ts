import { NumberColumn, type NumberImage } from './number-column.ts'
import { TextTable, type TableImage } from './text-table.ts'

export interface PostingsImage {
  readonly table: TableImage
  readonly first: NumberImage
  readonly postings: NumberImage
}

/** What a posting has, beside each other in memory: they are always read together. */
const ROW = 0
const MARKS = 1
/** The next posting of the same text and one, 0: none. */
const NEXT = 2

/** Which rows a text stands for, in the order of the rows, and how (`marks`, 32 bits whose meaning is the caller's). */
export class Postings {
  readonly table: TextTable
  /** By text: its first and last posting and one, 0: none. */
  readonly #first: NumberColumn
  readonly #last = new NumberColumn()
  readonly #postings: NumberColumn

  constructor(image?: PostingsImage) {
    this.table = new TextTable(image?.table)
    this.#first = new NumberColumn(image?.first)
    this.#postings = new NumberColumn(image?.postings)
  }

  /** Posts `row` under `text`. Marks that differ from the text's last posting in `mergeable` bits only join it, if it is of the same row. */
  post(text: string, row: number, marks: number, mergeable: number): void {
    const position = this.add(text)
    const last = this.#last.at(position) - 1
    if (last >= 0 && this.rowOf(last) === row && ((this.marksOf(last) ^ marks) & ~mergeable) === 0) {
      this.#postings.set(last + MARKS, this.marksOf(last) | marks)
      return
    }
    const posting = this.#postings.push(row)
    this.#postings.push(marks)
    this.#postings.push(0)
    if (last < 0) this.#first.set(position, posting + 1)
    else this.#postings.set(last + NEXT, posting + 1)
    this.#last.set(position, posting + 1)
  }

  /** The position of a text, which is put in without a posting if it is new. */
  add(text: string): number {
    const position = this.table.add(text)
    if (position === this.#first.length) {
      this.#first.push(0)
      this.#last.push(0)
    }
    return position
  }

  /** The first posting of a text, -1: none; then `after` each. */
  firstOf(text: string): number {
    const position = this.table.find(text)
    return position === -1 ? -1 : this.firstAt(position)
  }

  firstAt(position: number): number {
    return this.#first.at(position) - 1
  }

  after(posting: number): number {
    return this.#postings.at(posting + NEXT) - 1
  }

  rowOf(posting: number): number {
    return this.#postings.at(posting + ROW)
  }

  marksOf(posting: number): number {
    return this.#postings.at(posting + MARKS)
  }

  image(): PostingsImage {
    return { table: this.table.image(), first: this.#first.image(), postings: this.#postings.image() }
  }
}
