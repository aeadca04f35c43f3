import { NumberColumn, type NumberImage } from './number-column.ts'
import { TextTable, type TableImage } from './text-table.ts'

export interface PostingsImage {
  readonly table: TableImage
  readonly first: NumberImage
  readonly next: NumberImage
  readonly rows: NumberImage
  readonly marks: NumberImage
}

/** Which rows a text stands for, in the order of the rows, and how (`marks`, 32 bits whose meaning is the caller's). */
export class Postings {
  readonly table: TextTable
  /** By text: its first and last posting and one, 0: none. By posting: the next one and one. */
  readonly #first: NumberColumn
  readonly #last = new NumberColumn()
  readonly #next: NumberColumn
  readonly #rows: NumberColumn
  readonly #marks: NumberColumn

  constructor(image?: PostingsImage) {
    this.table = new TextTable(image?.table)
    this.#first = new NumberColumn(image?.first)
    this.#next = new NumberColumn(image?.next)
    this.#rows = new NumberColumn(image?.rows)
    this.#marks = new NumberColumn(image?.marks)
  }

  /** Posts `row` under `text`. Marks that differ from the text's last posting in `mergeable` bits only join it, if it is of the same row. */
  post(text: string, row: number, marks: number, mergeable: number): void {
    const position = this.add(text)
    const last = this.#last.at(position) - 1
    if (last >= 0 && this.#rows.at(last) === row && ((this.#marks.at(last) ^ marks) & ~mergeable) === 0) {
      this.#marks.set(last, this.#marks.at(last) | marks)
      return
    }
    const posting = this.#rows.push(row)
    this.#marks.push(marks)
    this.#next.push(0)
    if (last < 0) this.#first.set(position, posting + 1)
    else this.#next.set(last, posting + 1)
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
    return this.#next.at(posting) - 1
  }

  rowOf(posting: number): number {
    return this.#rows.at(posting)
  }

  marksOf(posting: number): number {
    return this.#marks.at(posting)
  }

  image(): PostingsImage {
    const [first, next] = [this.#first.image(), this.#next.image()]
    return { table: this.table.image(), first, next, rows: this.#rows.image(), marks: this.#marks.image() }
  }
}
