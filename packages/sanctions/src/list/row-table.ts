import type { ListedRow } from './listed-row.ts'
import { NumberColumn, type NumberImage } from './number-column.ts'
import { TextColumn, type TextImage } from './text-column.ts'
import { TextTable, type TableImage } from './text-table.ts'

export interface RowImage {
  readonly values: NumberImage
  readonly featureIds: TextImage
  readonly abouts: NumberImage
  readonly aboutTexts: TableImage
  /** Empty when no row has an end. */
  readonly lastDays: NumberImage
}

/** What the addresses of one party have in common: all of a row but its value and its feature. */
type About = Omit<ListedRow, 'featureId' | 'value'>

const DAY_MS = 86_400_000
/** So many are kept after they were parsed: OFAC's addresses have a few hundred, a list with one for each row none that is asked for twice. */
const ABOUTS_KEPT_MAX = 4_096
/** Later than any date. */
const WITHOUT_END = 0xffffffff

/** The rows of a list, each made into an object only when it is asked for. Their values stand in the index's table of texts. */
export class RowTable {
  readonly #values: NumberColumn
  readonly #featureIds: TextColumn
  readonly #abouts: NumberColumn
  /** As JSON, each once. */
  readonly #aboutTexts: TextTable
  readonly #parsed = new Map<number, About>()
  readonly #lastDays: NumberColumn
  #hasEnds = false
  readonly #texts: TextTable

  constructor(texts: TextTable, image?: RowImage) {
    this.#texts = texts
    this.#values = new NumberColumn(image?.values)
    this.#featureIds = new TextColumn(image?.featureIds)
    this.#abouts = new NumberColumn(image?.abouts)
    this.#aboutTexts = new TextTable(image?.aboutTexts)
    this.#lastDays = new NumberColumn(image?.lastDays)
  }

  get length(): number {
    return this.#values.length
  }

  /** Gives the position of the row. `value` is the position of the row's value among the texts. */
  push({ featureId, value: _, ...about }: ListedRow, value: number): number {
    this.#featureIds.push(Buffer.from(featureId))
    this.#abouts.push(this.#aboutTexts.add(JSON.stringify(about satisfies About)))
    this.#lastDays.push(lastDayOf(about.until))
    this.#hasEnds ||= about.until !== undefined
    return this.#values.push(value)
  }

  at(position: number): ListedRow {
    const about = this.#aboutAt(this.#abouts.at(position))
    return { featureId: this.#featureIds.at(position), value: this.#texts.at(this.#values.at(position)), ...about }
  }

  /** Whether the listing ended before that day; a row without a date, and with one that is none, never does. */
  hasEnded(position: number, day: number): boolean {
    return this.#lastDays.length > 0 && day > this.#lastDays.at(position)
  }

  image(): RowImage {
    return {
      values: this.#values.image(),
      featureIds: this.#featureIds.image(),
      abouts: this.#abouts.image(),
      aboutTexts: this.#aboutTexts.image(),
      lastDays: this.#hasEnds ? this.#lastDays.image() : new Uint32Array(),
    }
  }

  #aboutAt(position: number): About {
    const known = this.#parsed.get(position)
    if (known !== undefined) return known
    const about = JSON.parse(this.#aboutTexts.at(position)) as About
    // One object for many rows.
    for (const shared of [about.programs, about.listIds]) Object.freeze(shared)
    if (this.#parsed.size >= ABOUTS_KEPT_MAX) this.#parsed.clear()
    this.#parsed.set(position, about)
    return about
  }
}

/** Days since 1970-01-01, UTC. NaN for no valid date, which is later than nothing. */
export const dayOf = (at: Date): number => Math.floor(at.getTime() / DAY_MS)

function lastDayOf(until: string | undefined): number {
  const day = until === undefined ? NaN : dayOf(new Date(`${until}T00:00:00Z`))
  return Number.isNaN(day) ? WITHOUT_END : Math.max(0, day)
}
