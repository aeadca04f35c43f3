import type { Sql } from '@callback-quorum/service'
import type { AllowOverride, BoundEntry, DeskEntries, ManualBlock } from './desk-entries.ts'

interface BlockRow {
  readonly what: 'block'
  readonly id: bigint
  readonly keys: string[]
  readonly reason: string
  readonly expires_at: Date | null
  readonly scope: string
  readonly source_ref: string
  readonly effective_from: Date
}

interface OverrideRow {
  readonly what: 'override'
  readonly id: bigint
  readonly keys: string[]
  readonly expires_at: Date
  readonly bound_to: BoundEntry[]
  readonly organisation: string
  readonly wallet: string
  readonly asset: string | null
  readonly max_amount: string | null
  readonly licence_ref: string | null
}

/**
 * The blocks and overrides that name one of these keys and were not over at `now`, in one statement. Those that begin later are among them:
 * what counts is for the judgement to say.
 */
export async function readDeskEntries(sql: Sql, keys: readonly string[], now: Date): Promise<DeskEntries> {
  const rows = await sql.query<BlockRow | OverrideRow>({
    name: 'read-desk-entries',
    text: `select 'block' as what, block_id as id, keys, reason, expires_at, scope, source_ref, effective_from,
                  null::jsonb as bound_to, null as organisation, null as wallet, null as asset, null::numeric as max_amount,
                  null as licence_ref
           from manual_block where keys && $1::text[] and revoked_at is null and (expires_at is null or expires_at > $2)
           union all
           select 'override', override_id, keys, reason, expires_at, null, null, null,
                  bound_to, organisation, wallet, asset, max_amount, licence_ref
           from allow_override where keys && $1::text[] and revoked_at is null and expires_at > $2
           order by what, id`,
    values: [keys, now],
  })
  return {
    blocks: rows.flatMap((row) => (row.what === 'block' ? [blockOf(row)] : [])),
    overrides: rows.flatMap((row) => (row.what === 'override' ? [overrideOf(row)] : [])),
  }
}

const blockOf = (row: BlockRow): ManualBlock => ({
  blockId: row.id,
  keys: row.keys,
  scope: row.scope,
  reason: row.reason,
  sourceRef: row.source_ref,
  effectiveFrom: row.effective_from,
  ...(row.expires_at !== null && { expiresAt: row.expires_at }),
})

const overrideOf = (row: OverrideRow): AllowOverride => ({
  overrideId: row.id,
  keys: row.keys,
  boundTo: row.bound_to,
  organisation: row.organisation,
  wallet: row.wallet,
  ...(row.asset !== null &&
    row.max_amount !== null && { maximum: { asset: row.asset, amountAtomic: BigInt(row.max_amount) } }),
  ...(row.licence_ref !== null && { licenceRef: row.licence_ref }),
  expiresAt: row.expires_at,
})
