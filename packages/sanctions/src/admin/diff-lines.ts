import type { ListedRow } from '../list/listed-row.ts'
import type { ListDiff } from '../versions/list-diff.ts'

export type DiffChange = 'added' | 'removed' | 'moved' | 'changed'

/** One row that is not the same in both versions. Of a moved or changed one: as it is now, with the party it had. */
export interface DiffLine {
  readonly change: DiffChange
  readonly code: string
  readonly value: string
  readonly party_id: string
  readonly party_name: string
  readonly programs: readonly string[]
  readonly list_ids: readonly string[]
  readonly feature_id: string
  readonly former_party_id: string | null
}

interface Counts {
  readonly added: number
  readonly removed: number
  readonly moved: number
  readonly changed: number
  readonly by_code: Readonly<Record<string, Partial<Record<DiffChange, number>>>>
  readonly by_party: Readonly<Record<string, Partial<Record<DiffChange, number>>>>
}

/** A difference as people read it: removals first, then additions, then the rest. */
export function diffLines({ added, removed, moved, changed }: ListDiff): {
  readonly lines: readonly DiffLine[]
  readonly counts: Counts
} {
  const lines = [
    ...removed.map((row) => lineOf('removed', row)),
    ...added.map((row) => lineOf('added', row)),
    ...moved.map(({ before, after }) => lineOf('moved', after, before)),
    ...changed.map(({ before, after }) => lineOf('changed', after, before)),
  ]
  return {
    lines,
    counts: {
      added: added.length,
      removed: removed.length,
      moved: moved.length,
      changed: changed.length,
      by_code: countBy(lines, ({ code }) => code),
      by_party: countBy(lines, (line) => line.party_id),
    },
  }
}

const lineOf = (change: DiffChange, row: ListedRow, former?: ListedRow): DiffLine => ({
  change,
  code: row.code,
  value: row.value,
  party_id: row.partyId,
  party_name: row.partyName,
  programs: row.programs,
  list_ids: row.listIds,
  feature_id: row.featureId,
  former_party_id: former?.partyId ?? null,
})

function countBy(lines: readonly DiffLine[], nameOf: (line: DiffLine) => string): Counts['by_code'] {
  const counts = new Map<string, Partial<Record<DiffChange, number>>>()
  for (const line of lines) {
    const name = nameOf(line)
    const own = counts.get(name) ?? {}
    counts.set(name, { ...own, [line.change]: (own[line.change] ?? 0) + 1 })
  }
  return Object.fromEntries(counts)
}
