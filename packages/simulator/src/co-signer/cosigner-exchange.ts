import type { KeyObject } from 'node:crypto'
import {
  type FireblocksAction,
  type JsonValue,
  parseStrictJson,
  ProtocolFault,
  verifyFireblocksToken,
} from '@callback-quorum/protocol'
import { fingerprintOf } from '../exchange.ts'
import { postBody } from '../post-token.ts'
import { type ClientCertificate, connectionWith, type CosignerTrust } from './cosigner-trust.ts'

/**
 * What came of asking once. `unreachable`: no connection, so that nothing was asked. `no_answer`: asked, and nothing in time. `http`: any
 * code but 200. `bad_reply`: an answer with code 200 that does not verify, names another request or no known action.
 */
export type CosignerExchangeResult =
  'approve' | 'reject' | 'retry' | 'ignore' | 'unreachable' | 'no_answer' | 'http' | 'bad_reply'

export interface CosignerExchange {
  readonly cosigner: string
  readonly url: string
  readonly attempt: number
  readonly startedAtMs: number
  readonly ms: number
  readonly result: CosignerExchangeResult
  readonly http?: number
  readonly action?: FireblocksAction
  readonly requestId?: string
  readonly rejectionReason?: string
  /** What our own checkers add. A real Co-signer looks at no member but the three above. */
  readonly verdict?: JsonValue
  readonly problem?: string
  /** Of the answer, as it came. */
  readonly body?: string
}

export interface CosignerAttempt {
  readonly cosigner: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  readonly requestId: string
  readonly attempt: number
  readonly trust: CosignerTrust
  readonly clientCert?: ClientCertificate
  /** Missing: the answer is bare JSON. */
  readonly handlerPublicKey?: KeyObject
  readonly timeoutMs: number
  readonly clock: () => number
  readonly signal?: AbortSignal
}

type Judged = Omit<CosignerExchange, 'cosigner' | 'url' | 'attempt' | 'startedAtMs' | 'ms'>

/** Asks once, on a connection of its own, and says what the answer is worth. Never throws for what the network or the handler does. */
export async function cosignerExchange(attempt: CosignerAttempt): Promise<CosignerExchange> {
  const { cosigner, url, headers, body, timeoutMs, signal, clock } = attempt
  const startedAtMs = clock()
  const started = performance.now()
  const connection = connectionWith(attempt.trust, timeoutMs, attempt.clientCert)
  const { dispatcher } = connection
  const posted = await postBody(url, body, headers, { timeoutMs, dispatcher, ...(signal && { signal }) })
  const ms = Math.round((performance.now() - started) * 10) / 10
  await dispatcher.destroy()
  const seen = { cosigner, url, attempt: attempt.attempt, startedAtMs, ms }
  if (posted.http === null) {
    const problem = connection.problem()
    if (problem !== undefined) return { ...seen, result: 'unreachable', problem }
    return { ...seen, result: posted.cause === 'too_large' ? 'bad_reply' : 'no_answer', problem: posted.problem }
  }
  const answer = { http: posted.http, body: posted.body }
  if (posted.http !== 200) return { ...seen, ...answer, result: 'http', problem: `HTTP ${String(posted.http)}` }
  return { ...seen, ...answer, ...(await judgeBody(posted.body, attempt)) }
}

async function judgeBody(body: string, attempt: CosignerAttempt): Promise<Judged> {
  try {
    const reply = readAnswer(await contentOf(body, attempt))
    const result = RESULTS[reply.action]
    if (reply.requestId === attempt.requestId) return { ...reply, result }
    return { ...reply, result: 'bad_reply', problem: 'answers another requestId' }
  } catch (error) {
    if (!(error instanceof ProtocolFault)) throw error
    const detail = error.detail === undefined ? '' : `: ${error.detail}`
    return { result: 'bad_reply', problem: `${error.code}${detail}` }
  }
}

const RESULTS: Readonly<Record<FireblocksAction, CosignerExchangeResult>> = {
  APPROVE: 'approve',
  REJECT: 'reject',
  RETRY: 'retry',
  IGNORE: 'ignore',
}

/** The payload of the answer's token, or in JSON mode the body itself. */
async function contentOf(body: string, { handlerPublicKey: key, clock }: CosignerAttempt): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(body)
  if (key === undefined) return bytes
  // The body is the bare token (protocol/fireblocks.md 1.2): what a tolerant reader would forgive must show.
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(body)) {
    throw new ProtocolFault('ERR_PROTOCOL_REPLY_MALFORMED', 'not a bare compact token')
  }
  const owner = { owner: 'handler', fingerprint: fingerprintOf(key), key, maxTokenAgeMs: 0 }
  return (await verifyFireblocksToken(bytes, [owner], clock())).content
}

/** Members in exactly this case; others are tolerated and dropped (protocol/fireblocks.md 4). Throws ProtocolFault. */
function readAnswer(
  content: Uint8Array,
): Pick<CosignerExchange, 'rejectionReason' | 'verdict'> & { action: FireblocksAction; requestId: string } {
  const reply = parseStrictJson(content)
  if (typeof reply !== 'object' || reply === null || !('action' in reply)) throw malformed('no action')
  const { action, requestId, rejectionReason, verdict } = reply
  if (!isAction(action)) throw malformed('unknown action')
  if (typeof requestId !== 'string' || requestId === '') throw malformed('no requestId')
  if (rejectionReason === undefined || rejectionReason === null) {
    return { action, requestId, ...(verdict !== undefined && { verdict }) }
  }
  if (typeof rejectionReason !== 'string') throw malformed('rejectionReason is no text')
  return { action, requestId, rejectionReason, ...(verdict !== undefined && { verdict }) }
}

const isAction = (value: JsonValue | undefined): value is FireblocksAction =>
  typeof value === 'string' && Object.hasOwn(RESULTS, value)

const malformed = (detail: string): ProtocolFault => new ProtocolFault('ERR_PROTOCOL_REPLY_MALFORMED', detail)
