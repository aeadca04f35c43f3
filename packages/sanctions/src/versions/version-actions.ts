import type { Transaction } from '@callback-quorum/service'
import type { AddressIndex } from '../list/address-index.ts'
import type { ListDiff } from './list-diff.ts'

/**
 * What two people do to versions. That they are two is the caller's to see to; `who` names them both in the record. Each runs in the
 * transaction of their proposal, locks the source, and throws AdminFault: 404 for a source or version that is not there, 409 for one that
 * is not (or no longer) in the state for it; then the transaction must be rolled back.
 */
export interface VersionActions {
  /**
   * Makes a quarantined version screen. 409 too when another version became active after the gates looked at this one: what was
   * approved was the difference to the former.
   */
  activateQuarantined(tx: Transaction, source: string, sha256: string, who: string): Promise<void>
  refuseQuarantined(tx: Transaction, source: string, sha256: string, who: string): Promise<void>
  /** Lets go of the removals that this version made and that still block; gives how many. 409 when there is none. */
  acknowledgeRemovals(tx: Transaction, source: string, versionSha: string, who: string): Promise<number>
}

/** One version took over. Told once for each activation by one replica, and again when that replica died over it. */
export interface Activated {
  readonly activationId: bigint
  readonly source: string
  readonly versionSha: string
  readonly replacedSha?: string
  readonly diff: ListDiff
  readonly index: AddressIndex
}
export type OnActivated = (activated: Activated) => Promise<void>
