import { misbuilt } from '../faults.ts'

/** Requires that every record has as many cells as the first: a cell that was split in two would shift the others. */
export class EqualCells {
  #cells: number | undefined

  /** Throws SanctionsFault `ERR_SANCTIONS_LIST_STRUCTURE`. */
  require(cells: readonly string[], record: number): void {
    this.#cells ??= cells.length
    if (cells.length !== this.#cells)
      throw misbuilt(`record ${String(record)} has ${String(cells.length)} cells; expected ${String(this.#cells)}`)
  }
}
