import type { Sql } from '@callback-quorum/service'
import type { BoundEntry } from './desk-entries.ts'

/** By the clock of the database. That a list changed under it is not a state: it is found when the override is needed. */
export const OVERRIDE_STATES = ['active', 'expired', 'revoked'] as const
type OverrideState = (typeof OVERRIDE_STATES)[number]

export interface ListedOverride {
  readonly override_id: bigint
  readonly state: OverrideState
  readonly address: string
  readonly bound_to: readonly BoundEntry[]
  readonly organisation: string
  readonly wallet: string
  /** numeric: a decimal string. */
  readonly max_amount: string | null
  readonly asset: string | null
  readonly reason: string
  readonly case_ref: string
  readonly licence_ref: string | null
  readonly created_by: string
  readonly created_at: Date
  readonly approved_by: string
  readonly approved_at: Date
  readonly expires_at: Date
  readonly revoked_by: string | null
  readonly revoke_approved_by: string | null
  readonly revoked_at: Date | null
  readonly uses: bigint
  readonly last_used_at: Date | null
}

interface Filter {
  readonly id?: bigint
  readonly state?: OverrideState
  readonly before?: bigint
  readonly rows: number
}

/** Newest first. */
export const listOverrides = (sql: Sql, { id, state, before, rows }: Filter): Promise<readonly ListedOverride[]> =>
  sql.query<ListedOverride>({
    text: `with seen as (
             select *, case when revoked_at is not null then 'revoked' when expires_at <= clock_now() then 'expired'
                            else 'active' end as state
             from allow_override)
           select override_id, state, address, bound_to, organisation, wallet, max_amount, asset, reason, case_ref, licence_ref, created_by,
                  created_at, approved_by, approved_at, expires_at, revoked_by, revoke_approved_by, revoked_at, used.uses, used.last_used_at
           from seen, lateral (select count(*) as uses, max(at) as last_used_at from override_use u where u.override_id = seen.override_id) used
           where ($1::bigint is null or override_id = $1) and ($2::text is null or state = $2) and ($3::bigint is null or override_id < $3)
           order by override_id desc limit $4`,
    values: [id ?? null, state ?? null, before ?? null, rows],
  })

export interface OverrideUse {
  readonly business_key: string
  readonly at: Date
}

/** Newest first. */
export const listUses = (sql: Sql, overrideId: bigint, rows: number): Promise<readonly OverrideUse[]> =>
  sql.query<OverrideUse>({
    text: 'select business_key, at from override_use where override_id = $1 order by at desc, business_key limit $2',
    values: [overrideId, rows],
  })
