import { createHash, type KeyObject } from 'node:crypto'
import {
  COBO_STATUS,
  type CoboReply,
  type JsonValue,
  ProtocolFault,
  readCoboReply,
  type VerificationKey,
} from '@callback-quorum/protocol'
import type { Dispatcher } from 'undici'
import { type PostResult, postToken, type TransportOptions } from './post-token.ts'

/** One `cb_server` or `cb_server_v2` entry of the node: where it is and with which key it answers. */
export interface SimulatedServer extends TransportOptions {
  /** Full URL with its path, for instance `http://127.0.0.1:11020/v2/check`. */
  readonly serviceAddress: string
  readonly publicKey: KeyObject
  /** For reports only; the address when missing. */
  readonly name?: string
}

/**
 * What came of asking one server once.
 * `status`: a verified answer without a decision (status not 0, or the answer to a ping). `http`: any code but 200.
 * `bad_reply`: an answer with code 200 that does not verify, names another request or no known action.
 */
export type ExchangeResult = 'approve' | 'reject' | 'status' | 'no_answer' | 'http' | 'bad_reply'

export interface Exchange {
  readonly server: string
  readonly attempt: number
  readonly startedAtMs: number
  readonly ms: number
  readonly http?: number
  readonly result: ExchangeResult
  readonly status?: number
  readonly action?: string | null
  readonly error?: string
  readonly requestId?: string
  readonly verdict?: JsonValue
  readonly problem?: string
  readonly body?: string
}

/** A node's trust in an answer ends then, whatever the server wrote; all samples write two minutes (protocol 1.5). */
const REPLY_AGE_MS_MAX = 15 * 60 * 1000

export interface Attempt {
  readonly server: SimulatedServer
  readonly token: string
  readonly requestId: string
  /** An answer to a ping need not repeat an id and decides nothing. */
  readonly ping: boolean
  readonly attempt: number
  readonly timeoutMs: number
  readonly clock: () => number
  readonly dispatcher: Dispatcher
  readonly signal?: AbortSignal
}

/** Asks one server once and says what its answer is worth; only `approve` with code 200, status 0 and the same id is a yes. */
export async function exchangeOnce(attempt: Attempt): Promise<Exchange> {
  const { server, token, timeoutMs, dispatcher, signal, clock } = attempt
  const startedAtMs = clock()
  const started = performance.now()
  const posted = await postToken(server.serviceAddress, token, { timeoutMs, dispatcher, ...(signal && { signal }) })
  const ms = Math.round((performance.now() - started) * 10) / 10
  const judged = await judgePosted(posted, attempt)
  return { server: server.name ?? server.serviceAddress, attempt: attempt.attempt, startedAtMs, ms, ...judged }
}

type Judged = Omit<Exchange, 'server' | 'attempt' | 'startedAtMs' | 'ms'>

async function judgePosted(posted: PostResult, attempt: Attempt): Promise<Judged> {
  if (posted.http === null) {
    return { result: posted.cause === 'too_large' ? 'bad_reply' : 'no_answer', problem: posted.problem }
  }
  const { http, body } = posted
  const read = await readReply(body, attempt)
  const seen = 'reply' in read ? membersOf(read.reply) : {}
  if (http !== 200) return { ...seen, http, body, result: 'http', problem: `HTTP ${String(http)}` }
  if ('problem' in read) return { http, body, result: 'bad_reply', problem: read.problem }
  return { ...seen, http, body, ...judgeReply(read.reply, attempt) }
}

function judgeReply(reply: CoboReply, { ping, requestId }: Attempt): Pick<Exchange, 'result' | 'problem'> {
  if (reply.status !== COBO_STATUS.ok)
    return { result: 'status', problem: `status ${String(reply.status)}${reply.error ? `: ${reply.error}` : ''}` }
  if (ping) return { result: 'status' }
  if ((reply.requestId ?? '') !== requestId) return { result: 'bad_reply', problem: 'answers another request id' }
  if (reply.action === 'REJECT') return { result: 'reject' }
  if (reply.action === 'APPROVE') return { result: 'approve' }
  return { result: 'bad_reply', problem: reply.action ? 'unknown action' : 'no action' }
}

async function readReply(
  body: string,
  { server, clock }: Attempt,
): Promise<{ reply: CoboReply } | { problem: string }> {
  try {
    return { reply: await readCoboReply(new TextEncoder().encode(body), [keyOf(server)], clock()) }
  } catch (error) {
    if (error instanceof ProtocolFault)
      return { problem: `${error.code}${error.detail === undefined ? '' : `: ${error.detail}`}` }
    throw error
  }
}

function membersOf(reply: CoboReply): Partial<Judged> {
  return {
    status: reply.status,
    action: reply.action ?? null,
    ...(reply.error !== undefined && { error: reply.error }),
    ...(reply.requestId !== undefined && { requestId: reply.requestId }),
    ...(reply.verdict !== undefined && { verdict: reply.verdict }),
  }
}

function keyOf({ publicKey, name, serviceAddress }: SimulatedServer): VerificationKey {
  return {
    owner: name ?? serviceAddress,
    fingerprint: fingerprintOf(publicKey),
    key: publicKey,
    maxTokenAgeMs: REPLY_AGE_MS_MAX,
  }
}

/** SHA-256 of the SPKI in DER, lower hex: how keys are named in verdicts. */
export function fingerprintOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex')
}
