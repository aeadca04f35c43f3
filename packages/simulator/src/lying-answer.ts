import type { KeyObject } from 'node:crypto'
import { COBO_STATUS, digestOf, type JsonValue, signPackageToken, type Verdict } from '@callback-quorum/protocol'
import type { FireblocksBehaviour } from './co-signer/fireblocks-behaviours.ts'
import { strangerKey } from './stranger-key.ts'

/** Every way of answering that needs no further figure. `approve`, `quoted` and `status-missing` are honest yeses; nothing else is. */
export const BEHAVIOURS = [
  'approve',
  'quoted',
  'status-missing',
  'reject',
  'unable',
  'judged-false',
  'status-30',
  'status-10',
  'status-20',
  'approve-with-status-30',
  'no-verdict',
  'no-verdict-reject',
  'approve-with-http-400',
  'reject-with-http-400',
  'unable-with-http-400',
  'http-500',
  'http-302',
  'hang',
  'close-connection',
  'empty',
  'html',
  'unsigned-json',
  'wrong-key',
  'truncated',
  'expired',
  'far-exp',
  'replay',
  'unknown-action',
  'lower-case-action',
  'no-action',
  'wait-action',
  'wrong-request-id',
  'duplicate-members',
  'case-variant-members',
  'two-verdicts',
  'extra-verdict-member',
  'slow-body',
  'huge-body',
] as const
export type PlainBehaviour = (typeof BEHAVIOURS)[number]

/** Those of one platform only are not for questions of the other: the connection is cut then. */
export type Behaviour =
  | PlainBehaviour
  | FireblocksBehaviour
  /** An approval with one member of the verdict replaced, or left out when `value` is undefined. */
  | { readonly behave: 'verdict-member'; readonly member: keyof Verdict; readonly value?: JsonValue | undefined }
  /** A body of earlier, as it was sent. */
  | { readonly behave: 'replay'; readonly body: string }
  /** Another behaviour, later. */
  | { readonly behave: 'late'; readonly delayMs: number; readonly then: PlainBehaviour | FireblocksBehaviour }

/** One wrong value for every single member of a verdict; each spoils an approval that is true in all others. */
export const WRONG_VERDICT_MEMBERS: Readonly<Record<keyof Verdict, JsonValue>> = {
  checker: 'another-checker',
  caller: '0'.repeat(64),
  dialect: 'fireblocks-jwt',
  kind: 'config-change',
  request_id: 'another-request',
  digest: 'f'.repeat(64),
  policy_digest: 'not a digest',
  data_version: 7,
  judged: false,
  bound: 'everything',
  outcome: 'reject',
  codes: 'NONE',
  issued_at: 0,
}

export type Answer =
  | {
      readonly send: 'body'
      readonly http: number
      readonly contentType: string
      readonly body: string
      readonly delayMs?: number
    }
  /** Half of the body at once, the rest after `delayMs`. */
  | { readonly send: 'halves'; readonly body: string; readonly delayMs: number }
  | { readonly send: 'nothing' }
  | { readonly send: 'close' }

/** A verified question and what an honest approval of it would say. */
export interface Asked {
  readonly requestId: string
  readonly approval: Verdict
  readonly privateKey: KeyObject
  readonly issuer: string
  readonly nowMs: number
}

/** Life of an answer; all official samples use two minutes (protocol 1.5). */
const ANSWER_EXPIRE_MS = 120_000
const YEAR_MS = 365 * 24 * 3_600_000
const SLOW_BODY_MS = 60_000
/** A true approval with white space behind it: past any sensible limit, and still an approval for a reader without one. */
const HUGE_BODY_BYTES = 16 * 1024 * 1024

export async function answerAs(behaviour: Behaviour, asked: Asked): Promise<Answer> {
  if (typeof behaviour !== 'string') return answerWith(behaviour, asked)
  if (!isPlain(behaviour)) throw new TypeError(`behaviour ${behaviour} is no answer to a TSS node`)
  const transport = TRANSPORT[behaviour]
  if (transport !== undefined) return transport(await signed(approve(asked), asked))
  return textAnswer(await signedBody(behaviour, asked), httpOf(behaviour))
}

const isPlain = (behaviour: string): behaviour is PlainBehaviour => BEHAVIOURS.some((known) => known === behaviour)

async function answerWith(behaviour: Exclude<Behaviour, string>, asked: Asked): Promise<Answer> {
  switch (behaviour.behave) {
    case 'verdict-member': {
      const verdict = { ...asked.approval, [behaviour.member]: behaviour.value }
      return textAnswer(await signed(approve(asked, verdict), asked))
    }
    case 'replay':
      return textAnswer(behaviour.body)
    case 'late': {
      const answer = await answerAs(behaviour.then, asked)
      return answer.send === 'body' ? { ...answer, delayMs: behaviour.delayMs } : answer
    }
    default: {
      const unknown: never = behaviour
      throw new TypeError(`unknown behaviour ${JSON.stringify(unknown)}`)
    }
  }
}

/** Behaviours that differ in how something is sent, given a true approval. */
export const TRANSPORT: Readonly<Partial<Record<PlainBehaviour | FireblocksBehaviour, (approval: string) => Answer>>> =
  {
    approve: (approval) => textAnswer(approval),
    quoted: (approval) => ({ ...textAnswer(JSON.stringify(approval)), contentType: 'application/json; charset=utf-8' }),
    'approve-with-http-400': (approval) => textAnswer(approval, 400),
    'http-500': () => textAnswer('internal server error', 500),
    'http-302': () => textAnswer('', 302),
    hang: () => ({ send: 'nothing' }),
    'close-connection': () => ({ send: 'close' }),
    empty: () => textAnswer(''),
    html: () => ({
      ...textAnswer('<!doctype html><title>Sign in</title><p>Please sign in.</p>'),
      contentType: 'text/html',
    }),
    truncated: (approval) => textAnswer(approval.slice(0, -20)),
    'slow-body': (approval) => ({ send: 'halves', body: approval, delayMs: SLOW_BODY_MS }),
    'huge-body': (approval) => textAnswer(approval.padEnd(HUGE_BODY_BYTES, ' ')),
  }

export const textAnswer = (body: string, http = 200) =>
  ({ send: 'body', http, contentType: 'text/plain', body }) as const

const httpOf = (behaviour: PlainBehaviour): number => (behaviour.endsWith('-with-http-400') ? 400 : 200)

type Members = Readonly<Record<string, unknown>>

const approve = ({ requestId, approval }: Asked, verdict: Members = { ...approval }): Members => ({
  status: COBO_STATUS.ok,
  request_id: requestId,
  action: 'APPROVE',
  error: '',
  verdict,
})

const REJECT_CODE = 'DOUBLE_REJECTS'

function reject(asked: Asked): Members {
  const verdict = { ...asked.approval, outcome: 'reject', codes: [REJECT_CODE] }
  return { ...approve(asked, verdict), action: 'REJECT', error: `${REJECT_CODE}: told to reject` }
}

function unable(asked: Asked): Members {
  const verdict = { ...asked.approval, outcome: 'unable', codes: ['DOUBLE_UNABLE'] }
  return {
    status: COBO_STATUS.internalError,
    request_id: asked.requestId,
    error: 'DOUBLE_UNABLE: told to be unable',
    verdict,
  }
}

const without = (members: Members, name: string): Members =>
  Object.fromEntries(Object.entries(members).filter(([member]) => member !== name))

/** Behaviours that differ in what is signed, or by whom, or until when. */
async function signedBody(behaviour: PlainBehaviour, asked: Asked): Promise<string> {
  const yes = approve(asked)
  switch (behaviour) {
    case 'unsigned-json':
      return JSON.stringify(yes)
    case 'wrong-key':
      return signed(yes, { ...asked, privateKey: strangerKey() })
    case 'expired':
      return signed(yes, { ...asked, nowMs: asked.nowMs - ANSWER_EXPIRE_MS - 1_000 })
    case 'far-exp':
      return signed(yes, { ...asked, nowMs: asked.nowMs + YEAR_MS })
    case 'duplicate-members':
      // A reader that takes the last of two members sees an approval.
      return signed(`{"action":"REJECT",${JSON.stringify(yes).slice(1)}`, asked)
    case 'case-variant-members':
      return signed(`{"Action":"REJECT",${JSON.stringify(yes).slice(1)}`, asked)
    case 'two-verdicts':
      return signed(`{"verdict":${JSON.stringify(reject(asked).verdict)},${JSON.stringify(yes).slice(1)}`, asked)
    default:
      return signed(membersOf(behaviour, asked), asked)
  }
}

function membersOf(behaviour: PlainBehaviour, asked: Asked): Members {
  const yes = approve(asked)
  switch (behaviour) {
    case 'status-missing':
      return without(yes, 'status')
    case 'reject':
    case 'reject-with-http-400':
      return reject(asked)
    case 'unable':
    case 'unable-with-http-400':
      return unable(asked)
    case 'judged-false':
      return approve(asked, { ...asked.approval, judged: false, bound: 'none' })
    case 'status-30':
      return without(unable(asked), 'verdict')
    case 'status-10':
      return { status: COBO_STATUS.invalidRequest, request_id: '', error: 'told to find the request invalid' }
    case 'status-20':
      return { status: COBO_STATUS.invalidToken, request_id: '', error: 'told to find the token invalid' }
    case 'approve-with-status-30':
      return { ...yes, status: COBO_STATUS.internalError }
    case 'no-verdict':
      return without(yes, 'verdict')
    case 'no-verdict-reject':
      return without(reject(asked), 'verdict')
    case 'replay':
      return approve(
        { ...asked, requestId: EARLIER_ID },
        { ...asked.approval, request_id: EARLIER_ID, digest: EARLIER_DIGEST },
      )
    case 'unknown-action':
      return { ...yes, action: 'ALLOW' }
    case 'lower-case-action':
      return { ...yes, action: 'approve' }
    case 'no-action':
      return without(yes, 'action')
    case 'wait-action':
      // Existed until 2023-12 (protocol 1.4).
      return { ...yes, action: 'WAIT' }
    case 'wrong-request-id':
      return { ...yes, request_id: 'another-request' }
    case 'extra-verdict-member':
      return approve(asked, { ...asked.approval, note: 'trust me' })
    default:
      throw new TypeError(`behaviour ${behaviour} has no signed members`)
  }
}

/** What a true answer to an earlier question looked like. */
const EARLIER_ID = 'an-earlier-request'
const EARLIER_DIGEST = digestOf(new TextEncoder().encode(EARLIER_ID))

export function signed(
  members: Members | string,
  { privateKey, issuer, nowMs }: Pick<Asked, 'privateKey' | 'issuer' | 'nowMs'>,
): Promise<string> {
  const content = new TextEncoder().encode(typeof members === 'string' ? members : JSON.stringify(members))
  return signPackageToken(content, { privateKey, issuer, tokenExpireMs: ANSWER_EXPIRE_MS }, nowMs)
}
