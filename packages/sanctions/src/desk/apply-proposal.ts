import type { Applied, Proposal } from '@callback-quorum/checker-kit'
import type { Transaction } from '@callback-quorum/service'
import { addBlock, addOverride, revokeBlock, revokeOverride, type Decided } from './desk-changes.ts'
import { changeDesk } from './desk-lock.ts'
import type { DeskOptions } from './desk-options.ts'
import { keptBlock, keptBlockId, keptOverride, keptOverrideId, keptRemovals, keptVersion } from './kept-body.ts'
import { assertStillBound } from './still-bound.ts'
import type { DeskKind } from './proposal-schema.ts'

/**
 * Does what a proposal says, which its caller has locked and closes in the same transaction.
 * @throws AdminFault 409 for what changed since it was proposed
 */
export async function applyProposal(
  tx: Transaction,
  proposal: Proposal<DeskKind>,
  approver: string,
  options: DeskOptions,
): Promise<Applied> {
  const { proposalId, kind, body, proposedBy, reason } = proposal
  const decided: Decided = { proposal, approver }
  const who = `proposal ${proposalId.toString()} of ${proposedBy}, approved by ${approver}: ${reason}`
  switch (kind) {
    case 'block':
      await changeDesk(tx)
      return { effect: { block_id: await addBlock(tx, decided, keptBlock.parse(body)) } }
    case 'revoke-block': {
      const { block_id: id } = keptBlockId.parse(body)
      await changeDesk(tx)
      await revokeBlock(tx, decided, id)
      return { effect: { block_id: id, state: 'revoked' } }
    }
    case 'override': {
      const written = keptOverride.parse(body)
      await changeDesk(tx)
      assertStillBound(written, await tx.clockNow(), options)
      return { effect: { override_id: await addOverride(tx, decided, written) } }
    }
    case 'revoke-override': {
      const { override_id: id } = keptOverrideId.parse(body)
      await changeDesk(tx)
      await revokeOverride(tx, decided, id)
      return { effect: { override_id: id, state: 'revoked' } }
    }
    case 'activate-version': {
      const { source, sha256 } = keptVersion.parse(body)
      await options.versions.activateQuarantined(tx, source, sha256, who)
      return { effect: { source, sha256, state: 'active' } }
    }
    case 'refuse-version': {
      const { source, sha256 } = keptVersion.parse(body)
      await options.versions.refuseQuarantined(tx, source, sha256, who)
      return { effect: { source, sha256, state: 'refused' } }
    }
    case 'acknowledge-removals': {
      const { source, sha256 } = keptRemovals.parse(body)
      const removals = await options.versions.acknowledgeRemovals(tx, source, sha256, who)
      return { effect: { source, sha256, removals_acknowledged: removals } }
    }
    default:
      return kind satisfies never
  }
}
