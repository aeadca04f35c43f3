import { storedJson, type Objection } from '@callback-quorum/checker-kit'
import type { Sql, Transaction } from '@callback-quorum/service'
import type { Claiming, HeldClaim } from './claim.ts'
import { shareClaim } from './share-claim.ts'

export type Claimed =
  | { readonly result: 'claimed' }
  | { readonly result: 'again' }
  /** Business keys that hold it too: of all of them, one transaction at most can be final. */
  | { readonly result: 'replaced'; readonly replaces: readonly string[] }
  | { readonly result: 'refused'; readonly objection: Objection }
  /** It was released between two statements: whoever asks again can have it. */
  | { readonly result: 'contended' }

/**
 * Takes a reference for one transaction, once. The caller has locked the business key and commits or takes back what is written here. Locks: business
 * key, then the row of the claim.
 */
export async function claimReference(tx: Transaction, asks: Claiming): Promise<Claimed> {
  const other = await otherReference(tx, asks)
  if (other !== undefined) return { result: 'refused', objection: other }
  const [made] = await tx.query<{ claim_id: bigint }>({
    name: 'lookup-claim',
    text: `insert into claim (organisation, reference, terms_digest, terms, slots, signatures, last_signature, state, claimed_at)
           values ($1, $2, $3, $4, $5, $6, $7, 'held', clock_now())
           on conflict (organisation, reference) where state = 'held' do nothing returning claim_id`,
    values: [
      asks.organisation,
      asks.reference,
      asks.termsDigest,
      storedJson(asks.terms),
      asks.isSigning ? asks.slots : null,
      asks.isSigning ? 1 : 0,
      asks.isSigning ? asks.signature : null,
    ],
  })
  if (made !== undefined) {
    await addHolder(tx, made.claim_id, asks)
    return { result: 'claimed' }
  }
  const held = await lockHeld(tx, asks)
  if (held === undefined) return { result: 'contended' }
  const shared = shareClaim(held, asks)
  switch (shared.as) {
    case 'again':
      await noteSignature(tx, held, asks)
      return { result: 'again' }
    case 'replaces':
      await noteSignature(tx, held, asks)
      await addHolder(tx, held.claimId, asks)
      return { result: 'replaced', replaces: held.holders }
    case 'refused':
      return { result: 'refused', objection: shared.objection }
    default:
      throw new Error(`invariant: unknown share ${JSON.stringify(shared satisfies never)}`)
  }
}

/** A transaction that names another reference than the one it holds would use up two. */
export async function otherReference(sql: Sql, asks: Claiming): Promise<Objection | undefined> {
  const [row] = await sql.query<{ reference: string; organisation: string }>({
    name: 'lookup-own-claim',
    text: `select reference, organisation from claim_holder join claim using (claim_id)
           where business_key = $1 and claim_holder.released_at is null`,
    values: [asks.businessKey],
  })
  if (row === undefined || (row.reference === asks.reference && row.organisation === asks.organisation))
    return undefined
  return { code: 'REF_CHANGED', text: 'this transaction was approved with another reference' }
}

async function lockHeld(tx: Transaction, { organisation, reference }: Claiming): Promise<HeldClaim | undefined> {
  // Locked first and read after it: what another transaction just committed must be seen.
  const locked = await tx.query({
    name: 'lookup-lock-claim',
    text: `select 1 from claim where organisation = $1 and reference = $2 and state = 'held' for no key update`,
    values: [organisation, reference],
  })
  return locked.length === 0 ? undefined : readHeld(tx, organisation, reference)
}

/** Who has a reference now; undefined when nobody has. */
export async function readHeld(sql: Sql, organisation: string, reference: string): Promise<HeldClaim | undefined> {
  const [row] = await sql.query<{
    claim_id: bigint
    terms_digest: string
    slots: string[] | null
    holders: string[]
  }>({
    name: 'lookup-held-claim',
    text: `select claim_id, terms_digest, slots, array(select business_key from claim_holder
             where claim_holder.claim_id = claim.claim_id and released_at is null order by holder_id) as holders
           from claim where organisation = $1 and reference = $2 and state = 'held'`,
    values: [organisation, reference],
  })
  return row && { claimId: row.claim_id, termsDigest: row.terms_digest, slots: row.slots, holders: row.holders }
}

async function addHolder(tx: Transaction, claimId: bigint, asks: Claiming): Promise<void> {
  await tx.query({
    name: 'lookup-add-holder',
    text: `insert into claim_holder (claim_id, business_key, record_digest, record_version, claimed_at)
           values ($1, $2, $3, $4, clock_now())`,
    values: [claimId, asks.businessKey, asks.recordDigest, asks.recordVersion ?? null],
  })
}

/** The first signature says what may exclude it; every further one leaves of that what it has too. */
async function noteSignature(
  tx: Transaction,
  { claimId }: HeldClaim,
  { isSigning, slots, signature }: Claiming,
): Promise<void> {
  if (!isSigning) return
  await tx.query({
    name: 'lookup-note-signature',
    text: `update claim set slots = case when slots is null then $2::text[]
             else array(select unnest(slots) intersect select unnest($2::text[])) end,
             signatures = signatures + case when last_signature is distinct from $3 then 1 else 0 end, last_signature = $3
           where claim_id = $1`,
    values: [claimId, slots, signature],
  })
}
