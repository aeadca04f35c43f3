import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ListedRow } from '../list/listed-row.ts'
import type { ListDiff } from './list-diff.ts'

/** What a source lets go of, and what counts as blocking there. */
export interface RemovalPolicy {
  readonly delistingHold: 'ack' | 'none'
  /** Rows that are on these lists only are reported and do not block. */
  readonly reportOnlyListIds: ReadonlySet<string>
}

/** `held` blocks on; `listed`: another row of the new version blocks the same address; `free`: nobody wants it held. */
export interface Removal {
  readonly row: ListedRow
  readonly state: 'held' | 'listed' | 'free'
}

const ROWS_PER_TURN = 5_000

/**
 * The rows that no longer block as they did: gone, under another party, or still there but on a list that only reports, with an earlier
 * end or no longer read as an address. `after` are all rows of the new version.
 */
export async function removalsOf(
  { removed, moved, changed }: ListDiff,
  after: readonly ListedRow[],
  policy: RemovalPolicy,
): Promise<readonly Removal[]> {
  const weaker = changed.filter((change) => !covers(change.after, change.before, policy)).map(({ before }) => before)
  const rows = [...removed, ...moved.map(({ before }) => before), ...weaker]
  const listed = await stillListed(rows, after, policy)
  return rows.map((row): Removal => {
    if (listed.has(row)) return { row, state: 'listed' }
    return { row, state: policy.delistingHold === 'ack' ? 'held' : 'free' }
  })
}

/** Those of `rows` whose address a row of `after` blocks just as firmly. Another spelling is not recognised: such a row stays held. */
export async function stillListed(
  rows: readonly ListedRow[],
  after: readonly ListedRow[],
  policy: Pick<RemovalPolicy, 'reportOnlyListIds'>,
): Promise<ReadonlySet<ListedRow>> {
  const asked = new Map<string, ListedRow[]>()
  for (const row of rows) {
    const text = textOf(row)
    asked.set(text, [...(asked.get(text) ?? []), row])
  }
  const listed = new Set<ListedRow>()
  if (asked.size === 0) return listed
  for (const [position, other] of after.entries()) {
    if (position % ROWS_PER_TURN === 0) await nextTurn()
    for (const row of asked.get(textOf(other)) ?? []) if (covers(other, row, policy)) listed.add(row)
  }
  return listed
}

/** Case says nothing in hexadecimal digits: a publisher that changes it changes no address. `0X` in front is not read as an address. */
const textOf = ({ value }: ListedRow): string => (/^0x[0-9a-fA-F]{40}$/.test(value) ? value.toLowerCase() : value)

function covers(
  after: ListedRow,
  before: ListedRow,
  { reportOnlyListIds }: Pick<RemovalPolicy, 'reportOnlyListIds'>,
): boolean {
  const isBlocking = ({ listIds }: ListedRow): boolean =>
    listIds.length === 0 || listIds.some((id) => !reportOnlyListIds.has(id))
  const endsNoEarlier = after.until === undefined || (before.until !== undefined && after.until >= before.until)
  return endsNoEarlier && (before.unparsed || !after.unparsed) && (isBlocking(after) || !isBlocking(before))
}
