import type { Kind } from '../kinds.ts'
import type { JsonValue } from '../strict-json.ts'

/** What a node may tell of: each of these kinds with each of these statuses (protocol/cobo.md section 6). */
const EVENT_KINDS = ['keygen', 'keyreshare', 'keysign', 'keysharesign'] as const satisfies readonly Kind[]
const EVENT_STATUSES = ['created', 'updated', 'failed', 'succeeded'] as const

export type TssEventKind = (typeof EVENT_KINDS)[number]
export type TssEventStatus = (typeof EVENT_STATUSES)[number]

/** A node's report of what became of a request, after the fact. It is a statement of the platform and proves nothing on chain. */
export interface TssEvent {
  /** The same in every delivery of one event. */
  readonly eventId?: string
  /** Unix milliseconds, by the node's clock. */
  readonly createdAtMs?: number
  readonly nodeId?: string
  /** As written; see `about`. */
  readonly eventType: string
  /** What a known type is made of; absent for one that newer nodes may send. */
  readonly about?: { readonly kind: TssEventKind; readonly status: TssEventStatus }
  readonly dataType?: string
  readonly requestId?: string
  /** A number on the wire, by the vendor's guide sometimes another one: text here, and never decided on. */
  readonly requestStatus?: string
  /** Printable, cut to 1,000 characters. */
  readonly failedReason?: string
  /** The ids that business keys are made of, by the rule of transactionIdOf; each once. */
  readonly transactionIds: readonly string[]
  /** All that was sent. */
  readonly raw: JsonValue
}

export type TssEventReading =
  | { readonly result: 'ping' }
  | { readonly result: 'event'; readonly event: TssEvent }
  | { readonly result: 'malformed'; readonly reason: string }

export function eventTypeOf(text: string): TssEvent['about'] {
  const [request, kindText, statusText, more] = text.split('.', 4)
  const kind = EVENT_KINDS.find((each) => each === kindText)
  const status = EVENT_STATUSES.find((each) => each === statusText)
  if (request !== 'request' || more !== undefined || kind === undefined || status === undefined) return undefined
  return { kind, status }
}
