import type { Sql } from '@callback-quorum/service'

/** `pending`: it begins later. By the clock of the database. */
export const BLOCK_STATES = ['pending', 'active', 'expired', 'revoked'] as const
export type BlockState = (typeof BLOCK_STATES)[number]

export interface ListedBlock {
  readonly block_id: bigint
  readonly state: BlockState
  readonly address: string | null
  readonly source: string | null
  readonly party_id: string | null
  readonly keys: readonly string[]
  readonly scope: string
  readonly reason: string
  readonly source_ref: string
  readonly effective_from: Date
  readonly expires_at: Date | null
  readonly review_at: Date
  readonly is_review_due: boolean
  readonly created_by: string
  readonly created_at: Date
  readonly approved_by: string
  readonly approved_at: Date
  readonly revoked_by: string | null
  readonly revoke_approved_by: string | null
  readonly revoked_at: Date | null
}

/** Newest first. */
export const listBlocks = (
  sql: Sql,
  {
    state,
    key,
    before,
    rows,
  }: { readonly state?: BlockState; readonly key?: string; readonly before?: bigint; readonly rows: number },
): Promise<readonly ListedBlock[]> =>
  sql.query<ListedBlock>({
    text: `with seen as (
             select *, case when revoked_at is not null then 'revoked' when expires_at <= clock_now() then 'expired'
                            when effective_from > clock_now() then 'pending' else 'active' end as state,
                    revoked_at is null and review_at <= clock_now() as is_review_due
             from manual_block)
           select block_id, state, address, source, party_id, keys, scope, reason, source_ref, effective_from, expires_at, review_at,
                  is_review_due, created_by, created_at, approved_by, approved_at, revoked_by, revoke_approved_by, revoked_at
           from seen
           where ($1::text is null or state = $1) and ($2::text is null or keys @> array[$2]) and ($3::bigint is null or block_id < $3)
           order by block_id desc limit $4`,
    values: [state ?? null, key ?? null, before ?? null, rows],
  })
