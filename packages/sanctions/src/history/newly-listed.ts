import type { ListedRow } from '../list/listed-row.ts'

/** What a version changed, as far as a look back is concerned. */
export interface Listing {
  readonly added: readonly ListedRow[]
  /** The same party, code and value with other words around it. */
  readonly changed?: readonly { readonly before: ListedRow; readonly after: ListedRow }[]
}

/** Rows by which an address may be refused that was not refused before: added ones, and those that now stand on a further list. */
export const newlyListed = ({ added, changed = [] }: Listing): readonly ListedRow[] => [
  ...added,
  ...changed.flatMap(({ before, after }) => (after.listIds.some((id) => !before.listIds.includes(id)) ? [after] : [])),
]
