import { proposalRoutes, type Applied, type Proposal } from '@callback-quorum/checker-kit'
import { AdminFault, type AdminRoute, type Transaction } from '@callback-quorum/service'
import { readHeld } from '../claims/claim-reference.ts'
import { readClaim, type ShownClaim } from '../claims/read-claims.ts'
import { releaseByPeople } from '../claims/release-claim.ts'
import type { AdminContext } from './admin-context.ts'
import {
  keptRelease,
  RELEASE_KINDS,
  releaseSchema,
  type KeptRelease,
  type ReleaseKind,
  type WrittenRelease,
} from './release-proposal.ts'

/** Two people give a reference back whose payment will never be final: the only way besides the gateway's outcome. */
export const releaseProposalRoutes = ({ database, metrics, log }: AdminContext): readonly AdminRoute[] =>
  proposalRoutes({
    database,
    kinds: RELEASE_KINDS,
    schema: releaseSchema,
    prepare,
    apply,
    onApplied: ({ proposalId, proposedBy, decidedBy }, { effect }) => {
      metrics.claims.inc({ result: 'released' })
      log.warn({ proposal: proposalId.toString(), proposedBy, approvedBy: decidedBy, effect }, 'a claim was released')
    },
  })

async function prepare(tx: Transaction, written: WrittenRelease): Promise<KeptRelease> {
  const claim = await heldClaim(tx, await claimIdOf(tx, written))
  return {
    claim_id: claim.claim_id.toString(),
    organisation: claim.organisation,
    reference: claim.reference,
    holders: [...claim.holders],
    signatures: claim.signatures,
    evidence: written.evidence,
  }
}

async function claimIdOf(tx: Transaction, { claim_id: id, organisation, reference }: WrittenRelease): Promise<bigint> {
  if (id !== undefined && organisation === undefined && reference === undefined) return BigInt(id)
  if (id !== undefined || organisation === undefined || reference === undefined)
    throw new AdminFault(400, 'the body: expected either claim_id, or organisation and reference')
  const held = await readHeld(tx, organisation, reference)
  if (held === undefined) throw new AdminFault(404, `nobody holds ${reference} of ${organisation}`)
  return held.claimId
}

async function heldClaim(tx: Transaction, id: bigint): Promise<ShownClaim> {
  const claim = await readClaim(tx, id)
  if (claim === undefined) throw new AdminFault(404, `there is no claim ${id.toString()}`)
  if (claim.state !== 'held')
    throw new AdminFault(409, `the claim is ${claim.state} already, by ${claim.released_by ?? ''}`)
  return claim
}

async function apply(tx: Transaction, proposal: Proposal<ReleaseKind>, approver: string): Promise<Applied> {
  const kept = keptRelease.parse(proposal.body)
  const id = BigInt(kept.claim_id)
  await tx.query({ text: 'select 1 from claim where claim_id = $1 for no key update', values: [id] })
  const claim = await heldClaim(tx, id)
  if (!sameKeys(claim.holders, kept.holders))
    throw new AdminFault(
      409,
      `its holders are ${claim.holders.join(', ')} now, and were ${kept.holders.join(', ')} when it was proposed; propose it again`,
    )
  // The evidence says that what was signed until then is dead, and nothing of a signature that came later.
  if (claim.signatures !== kept.signatures)
    throw new AdminFault(409, 'something else was signed since it was proposed; propose it again')
  await releaseByPeople(tx, id, {
    proposalId: proposal.proposalId,
    proposedBy: proposal.proposedBy,
    approvedBy: approver,
  })
  return { effect: { claim_id: kept.claim_id, reference: kept.reference, state: 'released' } }
}

const sameKeys = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((key) => b.includes(key))
