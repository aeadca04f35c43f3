import {
  ProtocolFault,
  readCoboReply,
  readVerdict,
  type CoboReply,
  type VerificationKey,
} from '@callback-quorum/protocol'
import type { CheckerEntry } from '../config.ts'
import type { Cause } from '../vote.ts'
import type { CheckerReply, Question } from './question.ts'

/** A checker's clock may differ from ours by this much before its verdict counts as stale. */
const CLOCK_SKEW_MS_MAX = 5_000

export interface VoteReader {
  readonly name: string
  readonly keys: readonly VerificationKey[]
  readonly binding: CheckerEntry['binding']
  readonly onErrorStatus: 'reject' | 'defer' | undefined
}

type Heard = { readonly token?: string } & (
  | { readonly result: 'approved'; readonly bound: 'raw' | 'description' | 'none'; readonly dataVersion?: string }
  | { readonly result: 'rejected'; readonly codes: readonly string[]; readonly reason: string }
  | { readonly result: 'failed'; readonly cause: Cause; readonly reason: string; readonly codes?: readonly string[] }
)

const failed = (cause: Cause, reason: string): Heard => ({ result: 'failed', cause, reason })

/**
 * Turns one HTTP reply into a vote. A vote counts only when the reply is signed by the checker's pinned key, lives, and answers this
 * very question; everything else is `failed`. A verified rejection counts whatever HTTP code came with it: deny overrides.
 */
export async function readVote(
  reader: VoteReader,
  question: Question,
  reply: CheckerReply,
  time: { readonly startedAtMs: number; readonly nowMs: number },
): Promise<Heard> {
  let signed: CoboReply
  try {
    signed = await readCoboReply(reply.body, reader.keys, time.nowMs)
  } catch (error) {
    if (!(error instanceof ProtocolFault)) throw error
    if (reply.http !== 200) return failed('http_status', `answered HTTP ${reply.http} without a verifiable reply`)
    return failed(causeOfFault(error), `its reply was refused: ${error.code}`)
  }
  const token = reply.body.toString('latin1').trim()
  const heard =
    reader.binding === 'digest' ? readBound(reader, question, signed, time) : readById(reader, question, signed)
  if (heard.result === 'approved' && reply.http !== 200)
    return { ...failed('http_status', `approved with HTTP ${reply.http}`), token }
  return { ...heard, token }
}

/** Our own checkers: every member of the verdict is compared with what was asked. */
function readBound(
  reader: VoteReader,
  question: Question,
  reply: CoboReply,
  time: { startedAtMs: number; nowMs: number },
): Heard {
  if (reply.requestId !== question.requestId) return failed('mismatch', 'its reply carries another request_id')
  const read = readVerdict(reply.verdict, {
    checker: reader.name,
    caller: question.callerFingerprint,
    dialect: question.dialect,
    kind: question.kind,
    requestId: question.requestId,
    digest: question.digest,
    notBeforeMs: time.startedAtMs - CLOCK_SKEW_MS_MAX,
    notAfterMs: time.nowMs + CLOCK_SKEW_MS_MAX,
    status: reply.status,
    ...(reply.action === undefined ? {} : { action: reply.action }),
  })
  if ('mismatches' in read)
    return failed('mismatch', `its verdict does not answer this question: ${read.mismatches.join(', ')}`)
  const { verdict } = read
  const reason = reply.error ?? verdict.codes.join(', ')
  switch (verdict.outcome) {
    case 'approve':
      if (!verdict.judged) return failed('mismatch', 'it has no rule for this kind of request (judged: false)')
      return { result: 'approved', bound: verdict.bound, dataVersion: verdict.data_version }
    case 'reject':
      return { result: 'rejected', codes: verdict.codes.length === 0 ? ['REJECTED'] : verdict.codes, reason }
    case 'unable':
      return { result: 'failed', cause: 'unable', codes: verdict.codes, reason }
    default:
      throw new Error(`invariant: unknown outcome ${String(verdict.outcome satisfies never)}`)
  }
}

/** Third-party servers echo only the request id; nothing they say binds the bytes. */
function readById(reader: VoteReader, question: Question, reply: CoboReply): Heard {
  if (reply.requestId !== question.requestId) return failed('mismatch', 'its reply carries another request_id')
  const reason = reply.error ?? 'no reason given'
  if (reply.action === 'REJECT') return { result: 'rejected', codes: ['REJECTED'], reason }
  if (reply.action === 'APPROVE' && reply.status === 0) return { result: 'approved', bound: 'none' }
  if (reply.action === undefined && reply.status !== 0 && reader.onErrorStatus === 'reject') {
    return { result: 'rejected', codes: ['ERROR_STATUS'], reason: `status ${reply.status}: ${reason}` }
  }
  if (reply.action === undefined && reply.status !== 0) return failed('unable', `status ${reply.status}: ${reason}`)
  return failed('malformed', `status ${reply.status} with action ${JSON.stringify(reply.action ?? null)} is no answer`)
}

function causeOfFault(fault: ProtocolFault): Cause {
  switch (fault.code) {
    case 'ERR_PROTOCOL_TOKEN_SIGNATURE':
    case 'ERR_PROTOCOL_TOKEN_ALGORITHM':
    case 'ERR_PROTOCOL_TOKEN_HEADER':
      return 'bad_signature'
    case 'ERR_PROTOCOL_TOKEN_EXPIRED':
    case 'ERR_PROTOCOL_TOKEN_EXP_MISSING':
    case 'ERR_PROTOCOL_TOKEN_EXP_TOO_FAR':
      return 'expired'
    default:
      return 'malformed'
  }
}
