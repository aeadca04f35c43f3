import type { OnEvent } from '@callback-quorum/checker-kit'
import type { Logger } from '@callback-quorum/service'
import type { LookupMetrics } from '../metrics.ts'

/**
 * What the platform says of a signature is noted beside the claim, for people. It releases nothing: after a round that "failed" the other side may
 * hold the signature, and a compromised platform would free a reference by a lie.
 */
export function notePlatformEvent({
  metrics,
  log,
}: {
  readonly metrics: LookupMetrics
  readonly log: Logger
}): OnEvent {
  return async ({ caller, eventType, kind, status, requestId, businessKeys, recordedAt }, tx) => {
    if (kind !== 'keysign' && kind !== 'tx-signing' && kind !== 'tx-approval') return
    const said = await tx.query<{ claim_id: bigint; is_released: boolean }>({
      name: 'lookup-platform-said',
      text: `with last as (
               select distinct on (business_key) holder_id, claim_id, released_at from claim_holder
               where business_key = any($1) order by business_key, holder_id desc),
             noted as (
               insert into platform_said (holder_id, caller, event_type, request_id, said_at)
               select holder_id, $2, $3, $4, $5 from last)
             select claim_id, released_at is not null as is_released from last`,
      values: [businessKeys, caller, eventType, requestId ?? null, recordedAt],
    })
    if (status !== 'succeeded') return
    for (const { claim_id: id, is_released: isReleased } of said) {
      if (!isReleased) continue
      metrics.claims.inc({ result: 'contradicted' })
      log.error({ claim: id.toString(), caller, eventType }, 'a payment was signed whose reference had been given back')
    }
  }
}
