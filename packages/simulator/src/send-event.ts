import { randomUUID, type KeyObject } from 'node:crypto'
import type { CoboPackage, PackageContent } from './cobo-package.ts'
import { postToken, type PostResult, type TransportOptions } from './post-token.ts'
import { signRequestToken } from './request-token.ts'

/** `event.request_timeout` of the node, its default (protocol section 6). */
const REQUEST_TIMEOUT_MS_DEFAULT = 10_000

/** The words of section 6 for request types 1, 2, 3 and 5. */
const TYPES: Readonly<Record<number, readonly [event: string, data: string]>> = {
  1: ['keygen', 'KeyGen'],
  2: ['keysign', 'KeySign'],
  3: ['keyreshare', 'KeyReshare'],
  5: ['keysharesign', 'KeyShareSign'],
}

/** TSSStatus: what the node reports with each kind of event. */
const STATUSES = { created: 110, updated: 140, failed: 170, succeeded: 190 } as const

/** The event object as it is serialised into `package_data`. */
export interface EventContent {
  readonly event_id?: string
  readonly created_timestamp?: number
  readonly node_id?: string
  readonly event_type: string
  readonly data?: unknown
}

export const EVENT_PING: EventContent = { event_type: 'ping' }

/** What a node tells about a request of its own: the detail as an object and extra_info as a text, as the vendor's schema has them. */
export function makeEvent(
  request: CoboPackage,
  status: keyof typeof STATUSES,
  change: Partial<EventContent> = {},
): EventContent {
  const [event, data_type] = TYPES[request.request_type ?? 0] ?? ['unknown', 'Unknown']
  const { request_id, request_detail = '{}', extra_info } = request
  const detail: unknown = JSON.parse(request_detail)
  return {
    event_id: randomUUID(),
    created_timestamp: Date.now(),
    node_id: 'simulated-node',
    event_type: `request.${event}.${status}`,
    data: { data_type, request_id, request_status: STATUSES[status], request_detail: detail, extra_info },
    ...change,
  }
}

export interface SendEventOptions extends TransportOptions {
  /** The node's event key, which is not the key of its requests. */
  readonly privateKey: KeyObject
  readonly expiresInSeconds?: number
  readonly nowMs?: number
  readonly timeoutMs?: number
}

/** One delivery, by which the node would be told to stop with HTTP 200 or 201. A text or bytes are signed as they are. */
export async function sendEvent(
  url: string,
  event: EventContent | Extract<PackageContent, string | Uint8Array>,
  { privateKey, expiresInSeconds, nowMs, timeoutMs = REQUEST_TIMEOUT_MS_DEFAULT, ...transport }: SendEventOptions,
): Promise<PostResult> {
  const content = typeof event === 'string' || event instanceof Uint8Array ? event : JSON.stringify(event)
  // For events the vendor documents an empty issuer.
  const token = await signRequestToken(content, {
    privateKey,
    issuer: '',
    ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }),
    ...(nowMs === undefined ? {} : { nowMs }),
  })
  return postToken(url, token, { timeoutMs, ...transport })
}
