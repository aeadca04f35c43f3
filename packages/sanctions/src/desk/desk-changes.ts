import type { Proposal } from '@callback-quorum/checker-kit'
import { AdminFault, type Transaction } from '@callback-quorum/service'
import type { KeptBlock, KeptOverride } from './kept-body.ts'

/** A proposal that is being applied, and by whom. */
export interface Decided {
  readonly proposal: Pick<Proposal, 'proposalId' | 'proposedBy' | 'proposedAt' | 'reason'>
  readonly approver: string
}

/** Gives the id. Throws AdminFault 409 for a block that would be over at once. */
export async function addBlock(tx: Transaction, { proposal, approver }: Decided, body: KeptBlock): Promise<string> {
  const now = await tx.clockNow()
  if (body.expires_at !== null && new Date(body.expires_at) <= now)
    throw new AdminFault(409, `the block was for a time until ${body.expires_at}, which is over`)
  const [row] = await tx.query<{ block_id: bigint }>({
    text: `insert into manual_block (proposal_id, address, source, party_id, keys, scope, reason, source_ref, effective_from, expires_at,
             review_at, created_by, created_at, approved_by, approved_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9::timestamptz, $15), $10, $11, $12, $13, $14, $15::timestamptz)
           returning block_id`,
    values: [
      proposal.proposalId.toString(),
      body.address,
      body.source,
      body.party_id,
      body.keys,
      body.scope,
      proposal.reason,
      body.source_ref,
      body.effective_from,
      body.expires_at,
      body.review_at,
      proposal.proposedBy,
      proposal.proposedAt,
      approver,
      now,
    ],
  })
  return idOf(row?.block_id)
}

/** Gives the id. That it still fits the lists is the caller's to check. */
export async function addOverride(
  tx: Transaction,
  { proposal, approver }: Decided,
  body: KeptOverride,
): Promise<string> {
  const [row] = await tx.query<{ override_id: bigint }>({
    text: `insert into allow_override (proposal_id, address, keys, bound_to, organisation, wallet, max_amount, asset, reason, case_ref,
             licence_ref, created_by, created_at, approved_by, approved_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, clock_now(), $15) returning override_id`,
    values: [
      proposal.proposalId.toString(),
      body.address,
      body.keys,
      JSON.stringify(body.bound_to),
      body.organisation,
      body.wallet,
      body.max_amount_atomic,
      body.asset,
      proposal.reason,
      body.case_ref,
      body.licence_ref,
      proposal.proposedBy,
      proposal.proposedAt,
      approver,
      body.expires_at,
    ],
  })
  return idOf(row?.override_id)
}

export const revokeBlock = (tx: Transaction, decided: Decided, id: string): Promise<void> =>
  revoke(tx, decided, { what: 'block', id, table: 'manual_block', key: 'block_id' })

export const revokeOverride = (tx: Transaction, decided: Decided, id: string): Promise<void> =>
  revoke(tx, decided, { what: 'override', id, table: 'allow_override', key: 'override_id' })

async function revoke(
  tx: Transaction,
  { proposal, approver }: Decided,
  {
    what,
    id,
    table,
    key,
  }: { readonly what: string; readonly id: string; readonly table: string; readonly key: string },
): Promise<void> {
  const revoked = await tx.query({
    text: `update ${table} set revoke_proposal_id = $2, revoked_by = $3, revoke_approved_by = $4, revoked_at = clock_now()
           where ${key} = $1 and revoked_at is null returning ${key}`,
    values: [id, proposal.proposalId.toString(), proposal.proposedBy, approver],
  })
  if (revoked.length === 0) throw new AdminFault(409, `the ${what} ${id} is revoked already`)
}

function idOf(id: bigint | undefined): string {
  if (id === undefined) throw new Error('invariant: one row was written')
  return id.toString()
}
