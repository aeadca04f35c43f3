import { COBO_STATUS, type CoboDialect } from '@callback-quorum/protocol'
import type { Answer, DeferralForm } from './answer.ts'
import type { Outcome, UnverifiableCause } from './outcome.ts'
import type { SharedAnswers } from './shared-answers.ts'
import type { SignReply } from './sign-reply.ts'

/** What goes on the wire. Silence: the connection is closed without a byte, the only retry that the node documents. */
export type WireAnswer =
  | { readonly form: 'silence' }
  | {
      readonly form: 'text'
      readonly status: 200 | 400 | 401 | 503
      readonly text: string
      readonly type: 'text/plain' | 'application/jwt' | 'application/json'
      readonly close: boolean
    }

export interface WireAnswerContext {
  readonly sign: SignReply
  readonly shared: SharedAnswers
  readonly onFault: DeferralForm
}

/** Also what a client that has left is sent. */
export const SILENCE: WireAnswer = { form: 'silence' }
/** A sender that overran a limit is not listened to again, even when the rest of its body has arrived by now. */
export const CLOSING: readonly UnverifiableCause[] = ['body_too_large', 'body_too_slow']
const FAULT_TEXT = 'internal error, ask again'
const BUSY_TEXT = 'too many requests, ask again'
const UNIDENTIFIED_TEXT = 'no request id can be read'
const NOT_READY_TEXT = 'not ready'

/** The answer table of DESIGN.md for Cobo. Throws when nothing could be signed; `fallbackAnswer` is for that. */
export async function wireAnswerOf(outcome: Outcome, dialect: CoboDialect, o: WireAnswerContext): Promise<WireAnswer> {
  switch (outcome.result) {
    case 'gone':
      return SILENCE
    case 'turned_away':
      return unavailable(BUSY_TEXT, true)
    case 'unverifiable':
      return { ...signed(await o.shared.unverifiable(outcome, dialect)), close: CLOSING.includes(outcome.cause) }
    case 'unidentified':
      return signed(
        await o.sign({ status: COBO_STATUS.invalidRequest, request_id: '', error: UNIDENTIFIED_TEXT }, true),
      )
    case 'ping':
      return answerPing(outcome, o)
    case 'decided':
      return answerDecision(outcome.callback.requestId, outcome.answer, o)
    case 'faulted':
      return answerFault(outcome, o)
    default:
      throw new Error(`no answer for outcome ${String(outcome satisfies never)}`)
  }
}

/** When no signature was to be had: silence to a caller, who will ask again; a stranger is sent away. */
export function fallbackAnswer(outcome: Outcome): WireAnswer {
  return outcome.result === 'unverifiable' ? unavailable(BUSY_TEXT, true) : SILENCE
}

/** A fault that nothing can be signed for. */
export function unsignedFault(onFault: DeferralForm): WireAnswer {
  return onFault === 'no_answer' ? SILENCE : unavailable(FAULT_TEXT, true)
}

async function answerPing(ping: Extract<Outcome, { result: 'ping' }>, o: WireAnswerContext): Promise<WireAnswer> {
  const { requestId, ready } = ping
  const response = ready
    ? { status: COBO_STATUS.ok, request_id: requestId }
    : { status: COBO_STATUS.internalError, request_id: requestId, error: NOT_READY_TEXT }
  return signed(await o.sign(response, true))
}

async function answerDecision(requestId: string, answer: Answer, o: WireAnswerContext): Promise<WireAnswer> {
  const verdict = answer.verdict === undefined ? {} : { verdict: answer.verdict }
  const error = answer.text === undefined ? {} : { error: answer.text }
  const reply = { request_id: requestId, ...verdict }
  switch (answer.answer) {
    case 'approve':
      return signed(await o.sign({ status: COBO_STATUS.ok, action: 'APPROVE', ...reply }, true))
    case 'reject':
      return signed(await o.sign({ status: COBO_STATUS.ok, action: 'REJECT', ...reply, ...error }, true))
    case 'defer':
      return answerDeferral(answer.form, answer.text, async () =>
        o.sign({ status: COBO_STATUS.internalError, ...reply, ...error }, true),
      )
    default:
      throw new Error(`no answer for decision ${String(answer satisfies never)}`)
  }
}

async function answerFault(fault: Extract<Outcome, { result: 'faulted' }>, o: WireAnswerContext): Promise<WireAnswer> {
  const { callback } = fault
  // Signed for callers only: a stranger who found a fault would otherwise have a signature for every request.
  if (callback === undefined) return unsignedFault(o.onFault)
  return answerDeferral(o.onFault, FAULT_TEXT, async () =>
    o.sign({ status: COBO_STATUS.internalError, request_id: callback.requestId, error: FAULT_TEXT }, true),
  )
}

async function answerDeferral(form: DeferralForm, text: string, sign: () => Promise<string>): Promise<WireAnswer> {
  switch (form) {
    case 'no_answer':
      return SILENCE
    case 'http_503':
      return unavailable(text, false)
    case 'status_30':
      return signed(await sign())
    default:
      throw new Error(`no answer for deferral ${String(form satisfies never)}`)
  }
}

const signed = (text: string): Extract<WireAnswer, { form: 'text' }> => ({
  form: 'text',
  status: 200,
  text,
  type: 'text/plain',
  close: false,
})

const unavailable = (text: string, close: boolean): WireAnswer => ({
  form: 'text',
  status: 503,
  text,
  type: 'text/plain',
  close,
})
