import {
  ProtocolFault,
  readCoboRequest,
  TOKEN_FIELD,
  verifyPackageToken,
  type CoboDialect,
  type VerificationKey,
  type VerifiedToken,
} from '@callback-quorum/protocol'
import type { Clock } from '../clock.ts'
import type { Caller } from '../keys/index.ts'
import type { Logger } from '../log.ts'
import type { Admission } from './admit-body.ts'
import type { Answer, VerifiedCallback } from './answer.ts'
import type { HttpLimits } from './http-limits.ts'
import { BODY_TEXTS, type BodyCause, type Outcome } from './outcome.ts'
import { within } from './within.ts'

/** One request on its way through the stages; each stage fills in what it found out. */
export interface Exchange {
  readonly dialect: CoboDialect
  readonly receivedAtMs: number
  readonly admission: Admission
  /** Gives the place among the unverified bodies back. */
  readonly release: () => void
  token?: string
  verified?: VerifiedToken
  caller?: Caller
  callback?: VerifiedCallback
}

export interface CheckContext {
  readonly callers: readonly Caller[]
  readonly clock: Clock
  readonly limits: HttpLimits
  readonly log: Logger
  readonly isReady: () => Promise<boolean>
  readonly decide: (callback: VerifiedCallback) => Promise<Answer>
}

/** Ends the exchange with an outcome, or leaves it to the next stage. */
type Stage = (exchange: Exchange, context: CheckContext) => Outcome | undefined | Promise<Outcome | undefined>

/** The whole path of a callback request: stage, and the outcomes that it may end with. The last one always ends. */
// prettier-ignore
const STAGES: readonly (readonly [stage: Stage, ...ends: Outcome['result'][]])[] = [
  [takeToken,      'gone', 'turned_away', 'unverifiable'],
  [verifyCaller,   'unverifiable', 'unidentified'],
  [readContent,    'unidentified', 'ping'],
  [decideCallback, 'decided', 'faulted'],
]

/** Never throws: what is not foreseen is the outcome `faulted`, which approves nothing. */
export async function runCheckStages(exchange: Exchange, context: CheckContext): Promise<Outcome> {
  try {
    for (const [stage, ...ends] of STAGES) {
      const outcome = await stage(exchange, context)
      if (outcome === undefined) continue
      if (!ends.includes(outcome.result)) throw new Error(`${stage.name} must not end with ${outcome.result}`)
      return outcome
    }
    throw new Error('no stage ended the exchange')
  } catch (err) {
    context.log.error({ err, dialect: exchange.dialect, caller: exchange.caller?.name }, 'callback request failed')
    return faulted(exchange)
  }
}

function takeToken(exchange: Exchange): Outcome | undefined {
  const { admission } = exchange
  if (admission.result === 'refused') return refused(admission.cause)
  if (admission.result !== 'read') return { result: admission.result }
  const fields = admission.body
  if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, TOKEN_FIELD)) {
    return refused('field_missing')
  }
  const value = (fields as Readonly<Record<string, unknown>>)[TOKEN_FIELD]
  if (typeof value !== 'string') return refused('field_twice')
  if (value.trim() === '') return refused('field_blank')
  exchange.token = value
  return undefined
}

async function verifyCaller(exchange: Exchange, context: CheckContext): Promise<Outcome | undefined> {
  const { dialect, token } = exchange
  if (token === undefined) throw new Error('verified before a token was taken')
  const callers = context.callers.filter((caller) => caller.dialects.includes(dialect))
  const keys: readonly VerificationKey[] = callers.flatMap((caller) => caller.keys)
  try {
    const verified = await verifyPackageToken(token, keys, context.clock.nowMs())
    const caller = callers.find(({ name }) => name === verified.owner)
    if (caller === undefined) throw new Error(`key of nobody: ${verified.owner}`)
    exchange.verified = verified
    exchange.caller = caller
    exchange.release()
    return undefined
  } catch (err) {
    if (!(err instanceof ProtocolFault)) throw err
    context.log.debug({ dialect, code: err.code, detail: err.detail }, 'token not verified')
    // Thrown after the signature was verified (answer table: verified, but no request id can be read).
    if (err.code === 'ERR_PROTOCOL_PACKAGE_DATA') return { result: 'unidentified' }
    return { result: 'unverifiable', cause: err.code, text: err.message }
  }
}

async function readContent(exchange: Exchange, context: CheckContext): Promise<Outcome | undefined> {
  const { dialect, verified, caller } = exchange
  if (verified === undefined || caller === undefined) throw new Error('read before verified')
  const reading = readCoboRequest(dialect, verified.content)
  switch (reading.result) {
    case 'unidentified':
      context.log.debug({ dialect, caller: caller.name, reason: reading.reason }, 'no request id')
      return { result: 'unidentified' }
    case 'ping':
      return { result: 'ping', requestId: reading.requestId, ready: await isReady(context) }
    case 'malformed':
    case 'request':
      exchange.callback = {
        dialect,
        caller,
        callerId: caller.name,
        callerFingerprint: verified.fingerprint,
        token: verified.token,
        digest: verified.digest,
        content: verified.content,
        requestId: reading.result === 'request' ? reading.request.requestId : reading.requestId,
        kind: (reading.result === 'request' ? reading.request.kind : reading.kind) ?? 'unknown',
        reading,
        receivedAtMs: exchange.receivedAtMs,
      }
      return undefined
    default:
      throw new Error(`unknown reading ${String(reading satisfies never)}`)
  }
}

async function decideCallback(exchange: Exchange, context: CheckContext): Promise<Outcome> {
  const { callback } = exchange
  if (callback === undefined) throw new Error('decided before read')
  const answer = await within(context.limits.decideMsMax, context.decide(callback))
  if (answer === 'late') {
    context.log.error({ caller: callback.caller.name, kind: callback.kind }, 'decision exceeded its time')
    return faulted(exchange)
  }
  return { result: 'decided', callback, answer }
}

async function isReady(context: CheckContext): Promise<boolean> {
  try {
    return (await within(context.limits.readyMsMax, context.isReady())) === true
  } catch (err) {
    context.log.error({ err }, 'readiness could not be determined')
    return false
  }
}

const refused = (cause: BodyCause): Outcome => ({ result: 'unverifiable', cause, text: BODY_TEXTS[cause] })

const faulted = ({ callback }: Exchange): Outcome =>
  callback === undefined ? { result: 'faulted' } : { result: 'faulted', callback }
