import type { BusinessKey } from '@callback-quorum/protocol'
import type { Transaction } from '@callback-quorum/service'

/** Remembers that a payment is approved because of these overrides. The same payment asked again is the same use. */
export async function recordUses(
  tx: Transaction,
  overrideIds: readonly bigint[],
  businessKey: BusinessKey,
): Promise<void> {
  await tx.query({
    name: 'record-override-uses',
    text: `insert into override_use (override_id, business_key, at)
           select used, $2, clock_now() from unnest($1::bigint[]) as used on conflict do nothing`,
    values: [overrideIds.map(String), businessKey],
  })
}
