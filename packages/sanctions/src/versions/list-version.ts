import type { ListedRow } from '../list/listed-row.ts'
import type { GateFinding } from './gate-finding.ts'

/**
 * `quarantined`: stored, refused by a gate, waits for two people. `active`: it screens. `superseded`: it did. `refused`: two people said
 * no. Nothing but `activateQuarantined` takes a version out of quarantine.
 */
export type VersionState = 'quarantined' | 'active' | 'superseded' | 'refused'

/** What is known of the content of a version without its rows. */
export interface VersionCounts {
  readonly dateOfIssue?: string
  readonly canonicalSetSha: string
  /** Address-shaped rows; `unparsed` are the others. */
  readonly rows: number
  readonly parties: number
  readonly unparsed: number
  readonly opaque: number
  readonly codes: readonly string[]
  readonly rowsByCode: Readonly<Record<string, number>>
}

/** One publication of a list, as the database keeps it. */
export interface ListVersion extends VersionCounts {
  readonly id: bigint
  readonly source: string
  /** Of the bytes as delivered, lower-case hex. */
  readonly sha256: string
  readonly format: string
  readonly reading: string
  readonly fetchedAt: Date
  /** When somebody last saw that the publication is these bytes; absent for one that never is asked about. */
  readonly checkedAt?: Date
  readonly state: VersionState
  /** The version that was active when the gates looked. */
  readonly gatedAgainst?: bigint
  readonly findings: readonly GateFinding[]
}

/** A row that a version no longer has and that blocks on until two people acknowledge it. `removedBy` is in the row. */
export interface HeldRemoval {
  readonly id: bigint
  readonly row: ListedRow
  readonly removedAt: Date
}
