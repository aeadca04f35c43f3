import { ProtocolFault, readCoboReply, readFireblocksReply, type VerificationKey } from '@callback-quorum/protocol'
import type { CheckerEntry } from '../config.ts'
import type { Cause } from '../vote.ts'
import { hearBoundCobo, hearCoboById } from './hear-cobo.ts'
import { hearBoundFireblocks, hearFireblocksById } from './hear-fireblocks.ts'
import { failed, type Heard } from './heard.ts'
import { isCobo, type CheckerReply, type Question } from './question.ts'

/** A checker's clock may differ from ours by this much before its verdict counts as stale. */
const CLOCK_SKEW_MS_MAX = 5_000

export interface VoteReader {
  readonly name: string
  readonly keys: readonly VerificationKey[]
  readonly binding: CheckerEntry['binding']
  readonly onErrorStatus: 'reject' | 'defer' | undefined
}

interface AskedTime {
  readonly startedAtMs: number
  readonly nowMs: number
}

/**
 * Turns one HTTP reply into a vote. A vote counts only when the reply is signed by the checker's pinned key, lives, is worded as the
 * question is, and answers this very question; everything else is `failed`. A verified rejection counts whatever HTTP code came with it: deny overrides.
 */
export async function readVote(
  reader: VoteReader,
  question: Question,
  reply: CheckerReply,
  time: AskedTime,
): Promise<Heard> {
  let read: { readonly requestId?: string; readonly hear: () => Heard }
  try {
    read = isCobo(question.dialect)
      ? await readCobo(reader, question, reply, time)
      : await readFireblocks(reader, question, reply, time)
  } catch (error) {
    if (!(error instanceof ProtocolFault)) throw error
    if (reply.http !== 200) return failed('http_status', `answered HTTP ${reply.http} without a verifiable reply`)
    return failed(causeOfFault(error), `its reply was refused: ${error.code}`)
  }
  const token = reply.body.toString('latin1').trim()
  const heard =
    read.requestId === question.requestId ? read.hear() : failed('mismatch', 'its reply carries another request_id')
  if (heard.result === 'approved' && reply.http !== 200)
    return { ...failed('http_status', `approved with HTTP ${reply.http}`), token }
  return { ...heard, token }
}

async function readCobo(reader: VoteReader, question: Question, reply: CheckerReply, time: AskedTime) {
  const signed = await readCoboReply(reply.body, reader.keys, time.nowMs)
  const hear = (): Heard =>
    reader.binding === 'digest'
      ? hearBoundCobo(signed, expectedOf(reader, question, time))
      : hearCoboById(signed, reader.onErrorStatus)
  return { ...(signed.requestId === undefined ? {} : { requestId: signed.requestId }), hear }
}

async function readFireblocks(reader: VoteReader, question: Question, reply: CheckerReply, time: AskedTime) {
  const signed = await readFireblocksReply(reply.body, reader.keys, time.nowMs)
  const hear = (): Heard =>
    reader.binding === 'digest'
      ? hearBoundFireblocks(signed, expectedOf(reader, question, time))
      : hearFireblocksById(signed)
  return { requestId: signed.requestId, hear }
}

const expectedOf = ({ name }: VoteReader, question: Question, { startedAtMs, nowMs }: AskedTime) => ({
  checker: name,
  caller: question.callerFingerprint,
  dialect: question.dialect,
  kind: question.kind,
  requestId: question.requestId,
  digest: question.digest,
  notBeforeMs: startedAtMs - CLOCK_SKEW_MS_MAX,
  notAfterMs: nowMs + CLOCK_SKEW_MS_MAX,
})

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
