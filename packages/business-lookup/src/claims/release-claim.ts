import type { Transaction } from '@callback-quorum/service'

/**
 * A transaction gives back what it holds, by the gateway's outcome; the reference is free when nobody holds it any more. True when it held anything.
 * The caller has locked the business key. What others narrowed stays narrowed: that can only refuse more.
 */
export async function releaseHolder(tx: Transaction, businessKey: string): Promise<boolean> {
  const [claim] = await tx.query<{ claim_id: bigint }>({
    name: 'lookup-lock-held-by',
    text: `select claim.claim_id from claim join claim_holder using (claim_id)
           where business_key = $1 and claim_holder.released_at is null for no key update of claim`,
    values: [businessKey],
  })
  if (claim === undefined) return false
  const released = await tx.query({
    name: 'lookup-release-holder',
    text: `update claim_holder set released_at = clock_now() where business_key = $1 and released_at is null returning holder_id`,
    values: [businessKey],
  })
  await tx.query({
    name: 'lookup-release-claim',
    text: `update claim set state = 'released', released_at = clock_now(), released_by = 'outcome'
           where claim_id = $1 and state = 'held'
             and not exists (select 1 from claim_holder where claim_holder.claim_id = $1 and released_at is null)`,
    values: [claim.claim_id],
  })
  return released.length > 0
}

/** What two people decided: all of its holders lose it. The caller has locked the claim and seen that it is held. */
export async function releaseByPeople(
  tx: Transaction,
  claimId: bigint,
  by: { readonly proposalId: bigint; readonly proposedBy: string; readonly approvedBy: string },
): Promise<void> {
  await tx.query({
    text: `update claim_holder set released_at = clock_now() where claim_id = $1 and released_at is null`,
    values: [claimId],
  })
  await tx.query({
    text: `update claim set state = 'released', released_at = clock_now(), released_by = $2, release_approved_by = $3,
             release_proposal_id = $4
           where claim_id = $1 and state = 'held'`,
    values: [claimId, by.proposedBy, by.approvedBy, by.proposalId],
  })
}
