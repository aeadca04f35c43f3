import type { ListedRow } from '../list/listed-row.ts'

/** A row of both versions that is not the same in both. */
export interface RowChange {
  readonly before: ListedRow
  readonly after: ListedRow
}

/** What a version changed. Every row of both versions that differs is in exactly one of the four. */
export interface ListDiff {
  readonly added: readonly ListedRow[]
  readonly removed: readonly ListedRow[]
  /** The same code and value under another party. */
  readonly moved: readonly RowChange[]
  /** The same party, code and value with other words around it (name, programs, lists, end). */
  readonly changed: readonly RowChange[]
}
