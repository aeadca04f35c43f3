import type { ListedMatch } from '../list/address-index.ts'

export interface ScreeningPolicy {
  /** What a match by the same key in another encoding does: `report` leaves it in the evidence only. */
  readonly sameKey: 'reject' | 'report'
  /** What mixed-case hexadecimal that is not EIP-55 does, after it was screened. */
  readonly addressChecksum: 'reject' | 'report'
  /** By source: publisher's list ids that are no full block (OFAC's SSI list). Left out: every list blocks. */
  readonly reportOnlyListIds?: ReadonlyMap<string, readonly string[]>
}

/** Whether a match rejects, or stands in the evidence only. */
export function isBlocking({ source, strength, row }: ListedMatch, policy: ScreeningPolicy): boolean {
  if (strength === 'L2' && policy.sameKey === 'report') return false
  const reported = policy.reportOnlyListIds?.get(source) ?? []
  // A row that names no list, or one list more than those, blocks.
  return row.listIds.length === 0 || row.listIds.some((id) => !reported.includes(id))
}
