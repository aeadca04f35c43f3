import {
  EVENT_PATH,
  ProtocolFault,
  readTssEvent,
  TOKEN_FIELD,
  verifyPackageToken,
  type TssEventReading,
  type VerificationKey,
  type VerifiedToken,
} from '@callback-quorum/protocol'
import type { Caller, Clock, Database, Logger } from '@callback-quorum/service'
import type Router from '@koa/router'
import { recordEvent, type OnEvent } from './event-ledger.ts'
import type { CheckerMetrics } from './metrics.ts'

export interface EventRouteOptions {
  readonly callers: readonly Caller[]
  readonly onEvent?: OnEvent
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: CheckerMetrics
}

type Received =
  | { readonly status: 200 }
  /** 401: nobody we know said it. 400: it cannot be read. 503: it was not recorded, the node asks again as it does after any failure. */
  | { readonly status: 400 | 401 | 503; readonly error: string }

/**
 * `POST /v2/event`: a node's form with a token signed by its event key (protocol/cobo.md section 6). 200 says that it is recorded, now or
 * before. Not served when no caller has an event key.
 */
export function mountEventRoute(router: Router, o: EventRouteOptions): void {
  const keys = o.callers.flatMap(({ eventKey }) => (eventKey === undefined ? [] : [eventKey]))
  if (keys.length === 0) return
  router.post(EVENT_PATH, async (ctx) => {
    // The listener has read the body under its own limits: an object for a form.
    const received = await receive('body' in ctx.request ? ctx.request.body : undefined, keys, o)
    ctx.status = received.status
    ctx.type = 'json'
    ctx.body = 'error' in received ? { error: received.error } : '""'
  })
}

async function receive(body: unknown, keys: readonly VerificationKey[], o: EventRouteOptions): Promise<Received> {
  const refuse = (status: 400 | 401, error: string): Received => {
    o.metrics.platformEvents.inc({ event: 'unknown', effect: 'refused' })
    o.log.warn({ error }, 'platform event refused')
    return { status, error }
  }
  let verified: VerifiedToken
  try {
    verified = await verifyPackageToken(tokenOf(body), keys, o.clock.nowMs())
  } catch (error) {
    if (!(error instanceof ProtocolFault)) throw error
    // Thrown after the signature was verified: who said it is known, what they said is not.
    return refuse(error.code === 'ERR_PROTOCOL_PACKAGE_DATA' ? 400 : 401, error.code)
  }
  const caller = o.callers.find(({ name }) => name === verified.owner)
  if (caller === undefined) throw new Error(`invariant: the key of ${verified.owner} is a caller's`)
  const reading = readTssEvent(verified.content)
  if (reading.result === 'malformed') return refuse(400, reading.reason)
  if (reading.result === 'ping') return { status: 200 }
  return record(caller, verified, reading, o)
}

async function record(
  caller: Caller,
  { digest }: VerifiedToken,
  { event }: Extract<TssEventReading, { result: 'event' }>,
  o: EventRouteOptions,
): Promise<Received> {
  const { about, eventType, eventId, requestId } = event
  // A label is one of those that we know: a node must not be able to make new ones.
  const label = about === undefined ? 'unknown' : eventType
  const line = { caller: caller.name, eventType, eventId, requestId }
  try {
    const effect = await recordEvent(o.database, { caller, digest, event }, o.onEvent)
    o.metrics.platformEvents.inc({ event: label, effect })
    o.log[about === undefined ? 'warn' : 'info']({ ...line, effect }, 'platform event')
    return { status: 200 }
  } catch (err) {
    o.metrics.platformEvents.inc({ event: label, effect: 'refused' })
    o.log.error({ err, ...line }, 'platform event could not be recorded')
    return { status: 503, error: 'the event could not be recorded' }
  }
}

/** The one token of the form, or a text that verifies as nobody's. */
function tokenOf(body: unknown): string {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, TOKEN_FIELD)) return ''
  const value = (body as Readonly<Record<string, unknown>>)[TOKEN_FIELD]
  return typeof value === 'string' ? value : ''
}
