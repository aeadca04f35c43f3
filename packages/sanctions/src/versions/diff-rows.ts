import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ListedRow } from '../list/listed-row.ts'
import type { ListDiff, RowChange } from './list-diff.ts'

/** A callback waits at most a few milliseconds while two large versions are compared. */
const ROWS_PER_TURN = 5_000

/**
 * What changed from one version to the next, as published: rows are the same when party, code and value are, each occurrence counted.
 * Held removals (`removedBy`) are of no version and must not be among the rows.
 */
export async function diffRows(before: readonly ListedRow[], after: readonly ListedRow[]): Promise<ListDiff> {
  const [befores, afters] = [await groupBy(before, keyOf), await groupBy(after, keyOf)]
  const changed: RowChange[] = []
  const gone: ListedRow[] = []
  const come: ListedRow[] = []
  for (const [key, rows] of befores) {
    const { pairs, left, right } = pair(rows, afters.get(key) ?? [])
    changed.push(...pairs.filter(({ before: one, after: other }) => !isSame(one, other)))
    gone.push(...left)
    come.push(...right)
  }
  for (const [key, rows] of afters) if (!befores.has(key)) come.push(...rows)
  return { changed, ...(await findMoves(gone, come)) }
}

async function findMoves(
  gone: readonly ListedRow[],
  come: readonly ListedRow[],
): Promise<Pick<ListDiff, 'added' | 'removed' | 'moved'>> {
  const [gones, comes] = [await groupBy(gone, placeOf), await groupBy(come, placeOf)]
  const moved: RowChange[] = []
  const removed: ListedRow[] = []
  const added: ListedRow[] = []
  for (const [place, rows] of gones) {
    const { pairs, left, right } = pair(rows, comes.get(place) ?? [])
    moved.push(...pairs)
    removed.push(...left)
    added.push(...right)
  }
  for (const [place, rows] of comes) if (!gones.has(place)) added.push(...rows)
  return { added, removed, moved }
}

const keyOf = ({ partyId, code, value }: ListedRow): string => JSON.stringify([partyId, code, value])
const placeOf = ({ code, value }: ListedRow): string => JSON.stringify([code, value])

async function groupBy(
  rows: readonly ListedRow[],
  nameOf: (row: ListedRow) => string,
): Promise<ReadonlyMap<string, readonly ListedRow[]>> {
  const groups = new Map<string, ListedRow[]>()
  for (const [position, row] of rows.entries()) {
    if (position % ROWS_PER_TURN === 0) await nextTurn()
    const name = nameOf(row)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [row])
    else group.push(row)
  }
  return groups
}

/** Pairs equal occurrences first, then those of one feature, then what is left in order. */
function pair(
  befores: readonly ListedRow[],
  afters: readonly ListedRow[],
): { readonly pairs: readonly RowChange[]; readonly left: readonly ListedRow[]; readonly right: readonly ListedRow[] } {
  const left = [...befores]
  const right = [...afters]
  const pairs: RowChange[] = []
  const pairBy = (belong: (before: ListedRow, after: ListedRow) => boolean): void => {
    for (const before of [...left]) {
      const position = right.findIndex((after) => belong(before, after))
      const after = right[position]
      if (after === undefined) continue
      left.splice(left.indexOf(before), 1)
      right.splice(position, 1)
      pairs.push({ before, after })
    }
  }
  pairBy(isSame)
  pairBy((before, after) => before.featureId === after.featureId)
  pairBy(() => true)
  return { pairs, left, right }
}

/** Programs and lists are sets: their order says nothing. */
function isSame(one: ListedRow, other: ListedRow): boolean {
  return (
    one.featureId === other.featureId &&
    one.partyId === other.partyId &&
    one.partyName === other.partyName &&
    isSameSet(one.programs, other.programs) &&
    isSameSet(one.listIds, other.listIds) &&
    one.designatedOn === other.designatedOn &&
    one.comment === other.comment &&
    one.unparsed === other.unparsed &&
    one.until === other.until &&
    one.extracted === other.extracted
  )
}

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  JSON.stringify([...one].sort()) === JSON.stringify([...other].sort())
