import { fireblocksResponseJson, type FireblocksDialect, type FireblocksResponse } from '@callback-quorum/protocol'
import type { Answer, VerifiedCallback } from './answer.ts'
import type { Outcome } from './outcome.ts'
import type { SignFireblocksReply } from './sign-reply.ts'
import { CLOSING, SILENCE, type WireAnswer } from './wire-answers.ts'

export interface FireblocksAnswerContext {
  readonly signFireblocks: SignFireblocksReply
}

type Reply = Omit<FireblocksResponse, 'expiresAtMs'>

const FAULT_REASON = 'internal error, ask again'

/**
 * The answer table of DESIGN.md for Fireblocks; `dialect` is that of the path, so that a wrap is answered by a token although what is
 * in it was asked in JSON. Throws when nothing could be signed; `COSIGNER_FALLBACK` is for that.
 */
export async function fireblocksAnswerOf(
  outcome: Outcome,
  dialect: FireblocksDialect,
  o: FireblocksAnswerContext,
): Promise<WireAnswer> {
  switch (outcome.result) {
    case 'gone':
      return SILENCE
    case 'turned_away':
      return empty(503, true)
    case 'unverifiable':
      return empty(401, CLOSING.includes(outcome.cause))
    case 'unidentified':
      return empty(400)
    case 'ping':
      throw new Error('a Co-signer does not ping')
    case 'decided':
      return written(replyOf(outcome.callback, outcome.answer), dialect, o)
    case 'faulted': {
      const { callback } = outcome
      if (callback === undefined) return COSIGNER_FALLBACK
      return written({ action: 'RETRY', requestId: callback.requestId, rejectionReason: FAULT_REASON }, dialect, o)
    }
    default:
      throw new Error(`no answer for outcome ${String(outcome satisfies never)}`)
  }
}

function replyOf({ requestId, kind }: VerifiedCallback, answer: Answer): Reply {
  const verdict = answer.verdict === undefined ? {} : { verdict: answer.verdict }
  const reason = answer.text === undefined ? {} : { rejectionReason: answer.text }
  const reply = { requestId, ...reason, ...verdict }
  switch (answer.answer) {
    case 'approve':
      return { action: 'APPROVE', ...reply }
    case 'reject':
      return { action: answer.isIgnored === true && mayIgnore(kind) ? 'IGNORE' : 'REJECT', ...reply }
    case 'defer':
      return { action: 'RETRY', ...reply }
    default:
      throw new Error(`no answer for decision ${String(answer satisfies never)}`)
  }
}

/** Where a transaction is signed, IGNORE is not allowed (protocol/fireblocks.md 4), and what it does there is not known. */
function mayIgnore(kind: VerifiedCallback['kind']): boolean {
  return kind === 'tx-approval' || kind === 'config-change'
}

async function written(reply: Reply, dialect: FireblocksDialect, o: FireblocksAnswerContext): Promise<WireAnswer> {
  if (dialect === 'fireblocks-jwt') return answered(await o.signFireblocks(reply), 'application/jwt')
  // Nobody signs it, so nobody could believe a verdict in it.
  const { action, requestId, rejectionReason } = reply
  const reason = rejectionReason === undefined ? {} : { rejectionReason }
  return answered(fireblocksResponseJson({ action, requestId, ...reason }), 'application/json')
}

const answered = (text: string, type: 'application/jwt' | 'application/json'): WireAnswer => ({
  form: 'text',
  status: 200,
  text,
  type,
  close: false,
})

const empty = (status: 400 | 401 | 503, close = false): WireAnswer => ({
  form: 'text',
  status,
  text: '',
  type: 'text/plain',
  close,
})

/** When no signature is to be had, or whose request it is was not found out: a Co-signer never meets silence. */
export const COSIGNER_FALLBACK: WireAnswer = empty(503, true)
