import type { JsonValue } from '@callback-quorum/protocol'
import type { Sql } from '@callback-quorum/service'

export const CLAIM_STATES = ['held', 'released'] as const
export type ClaimState = (typeof CLAIM_STATES)[number]

export interface ListedClaim {
  readonly claim_id: bigint
  readonly organisation: string
  readonly reference: string
  readonly state: ClaimState
  readonly claimed_at: Date
  readonly released_at: Date | null
  /** `outcome`, or who proposed it. */
  readonly released_by: string | null
  readonly release_approved_by: string | null
  readonly release_proposal_id: bigint | null
  /** Business keys of those that hold it; of a released one, that held it. */
  readonly holders: readonly string[]
}

export interface ShownClaim extends ListedClaim {
  readonly terms_digest: string
  /** The comparisons of the first holder. */
  readonly terms: JsonValue
  readonly slots: readonly string[] | null
  /** How often something else was signed than the last time; 0 while nothing was. */
  readonly signatures: number
}

export interface ShownHolder {
  readonly holder_id: bigint
  readonly business_key: string
  readonly record_digest: string
  readonly record_version: string | null
  readonly claimed_at: Date
  readonly released_at: Date | null
}

export interface PlatformSaid {
  readonly business_key: string
  readonly caller: string
  readonly event_type: string
  readonly request_id: string | null
  readonly said_at: Date
}

/** A node tells of a transaction a handful of times; more of it is noise that a page of people need not read. */
const SAID_MAX = 100

const LISTED = `claim_id, organisation, reference, state, claimed_at, released_at, released_by, release_approved_by, release_proposal_id,
  array(select business_key from claim_holder where claim_holder.claim_id = claim.claim_id
          and (claim.state = 'released' or claim_holder.released_at is null) order by holder_id) as holders`

/** Newest first. */
export const readClaims = (
  sql: Sql,
  {
    state,
    organisation,
    reference,
    before,
    rows,
  }: {
    readonly state?: ClaimState
    readonly organisation?: string
    readonly reference?: string
    readonly before?: bigint
    readonly rows: number
  },
): Promise<readonly ListedClaim[]> =>
  sql.query<ListedClaim>({
    text: `select ${LISTED} from claim
           where ($1::text is null or state = $1) and ($2::text is null or organisation = $2) and ($3::text is null or reference = $3)
             and ($4::bigint is null or claim_id < $4)
           order by claim_id desc limit $5`,
    values: [state ?? null, organisation ?? null, reference ?? null, before ?? null, rows],
  })

export async function readClaim(sql: Sql, id: bigint): Promise<ShownClaim | undefined> {
  const [row] = await sql.query<ShownClaim>({
    text: `select ${LISTED}, terms_digest, terms, slots, signatures from claim where claim_id = $1`,
    values: [id],
  })
  return row
}

/** All that ever held it, the first one first. */
export const readHolders = (sql: Sql, id: bigint): Promise<readonly ShownHolder[]> =>
  sql.query<ShownHolder>({
    text: `select holder_id, business_key, record_digest, record_version, claimed_at, released_at from claim_holder
           where claim_id = $1 order by holder_id`,
    values: [id],
  })

/** Newest first, the last ones. */
export const readPlatformSaid = (sql: Sql, id: bigint): Promise<readonly PlatformSaid[]> =>
  sql.query<PlatformSaid>({
    text: `select business_key, caller, event_type, request_id, said_at from platform_said join claim_holder using (holder_id)
           where claim_id = $1 order by said_id desc limit $2`,
    values: [id, SAID_MAX],
  })
