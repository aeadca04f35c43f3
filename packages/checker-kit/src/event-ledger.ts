import {
  businessKey,
  type BusinessKey,
  type Digest,
  type Kind,
  type TssEvent,
  type TssEventStatus,
} from '@callback-quorum/protocol'
import type { Caller, Database, Transaction } from '@callback-quorum/service'
import { storedJson } from './stored-json.ts'

/** What a platform says became of a request. It may be late, out of order, or a lie of a compromised platform. */
export interface PlatformEvent {
  /** Name of the caller whose event key signed it. */
  readonly caller: string
  /** `request.keysign.succeeded`: `kind` and `status` in one. */
  readonly eventType: string
  readonly status: TssEventStatus
  readonly kind: Kind
  readonly requestId?: string
  /** The transactions that it names, in the caller's organisation, whether or not they were ever asked about here. */
  readonly businessKeys: readonly BusinessKey[]
  /** Database time, read after the rows of the business keys were locked. */
  readonly recordedAt: Date
}

/**
 * Hears of each event once, in the transaction that records it, with the business keys locked that were asked about here. A throw takes
 * the record back, and the node asks again. Not called for types that are not known.
 */
export type OnEvent = (event: PlatformEvent, tx: Transaction) => Promise<void>

export interface ReceivedEvent {
  readonly caller: Caller
  readonly digest: Digest
  readonly event: TssEvent
}

/** Records an event once, however often it is delivered (protocol/cobo.md section 6: at least once, one event_id). */
export async function recordEvent(
  database: Database,
  { caller, digest, event }: ReceivedEvent,
  onEvent: OnEvent | undefined,
): Promise<'recorded' | 'repeated'> {
  const { about, eventType, requestId } = event
  const keys = event.transactionIds.map((id) => businessKey('cobo', caller.organisation, id))
  return database.transaction(async (tx) => {
    await tx.query({
      name: 'lock-businesses',
      text: 'select 1 from business where business_key = any($1) order by business_key for no key update',
      values: [keys],
    })
    const recordedAt = await tx.clockNow()
    const inserted = await tx.query({
      name: 'insert-platform-event',
      text: `insert into platform_event (caller, event_id, event_type, digest, business_keys, raw, recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (caller, event_id) do nothing returning event_record_id`,
      values: [
        caller.name,
        event.eventId ?? `digest:${digest}`,
        eventType,
        digest,
        keys,
        storedJson(event.raw),
        recordedAt,
      ],
    })
    if (inserted.length === 0) return 'repeated'
    if (about !== undefined && onEvent !== undefined) {
      const request = requestId === undefined ? {} : { requestId }
      await onEvent({ caller: caller.name, eventType, ...about, ...request, businessKeys: keys, recordedAt }, tx)
    }
    return 'recorded'
  })
}
