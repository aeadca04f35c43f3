import type { KeyObject } from 'node:crypto'
import type { Verdict } from '@callback-quorum/protocol'
import { type Answer, type Behaviour, textAnswer, TRANSPORT, WRONG_VERDICT_MEMBERS } from '../lying-answer.ts'
import { strangerKey } from '../stranger-key.ts'
import { signCosignerToken } from './cosigner-token.ts'
import { FIREBLOCKS_BEHAVIOURS, type FireblocksBehaviour } from './fireblocks-behaviours.ts'

/** As WRONG_VERDICT_MEMBERS, for a verdict about a Co-signer's question of any dialect and kind. */
export const WRONG_FIREBLOCKS_VERDICT_MEMBERS = {
  ...WRONG_VERDICT_MEMBERS,
  dialect: 'cobo-v2',
  kind: 'keysign',
} as const

/** A question and what an honest approval of it would say. */
export interface CosignerAsked {
  readonly requestId: string
  readonly approval: Verdict
  /** Missing: the question was plain JSON, and so is the answer. */
  readonly privateKey?: KeyObject
  readonly nowMs: number
}

const ANSWER_EXPIRE_SECONDS = 120
const YEAR_SECONDS = 365 * 24 * 3_600
const REJECT_CODE = 'DOUBLE_REJECTS'
const EARLIER_ID = 'an-earlier-request'

type Members = Readonly<Record<string, unknown>>

export function replyAs(behaviour: Behaviour, asked: CosignerAsked): Answer {
  if (typeof behaviour === 'string') return plainReply(behaviour, asked)
  switch (behaviour.behave) {
    case 'verdict-member': {
      const verdict = { ...asked.approval, [behaviour.member]: behaviour.value }
      return textAnswer(written(approve(asked, verdict), asked))
    }
    case 'replay':
      return textAnswer(behaviour.body)
    case 'late': {
      const answer = plainReply(behaviour.then, asked)
      return answer.send === 'body' ? { ...answer, delayMs: behaviour.delayMs } : answer
    }
    default:
      return behaviour satisfies never
  }
}

function plainReply(behaviour: string, asked: CosignerAsked): Answer {
  const known = FIREBLOCKS_BEHAVIOURS.find((name) => name === behaviour)
  if (known === undefined) throw new TypeError(`behaviour ${behaviour} is no answer to a Co-signer`)
  const transport = TRANSPORT[known]
  if (transport !== undefined) return transport(written(approve(asked), asked))
  return textAnswer(replyBody(known, asked), known.endsWith('-with-http-400') ? 400 : 200)
}

/** Behaviours that differ in what is signed, or by whom. A reader that takes the last of two members sees an approval. */
function replyBody(behaviour: FireblocksBehaviour, asked: CosignerAsked): string {
  const yes = approve(asked)
  const rest = JSON.stringify(yes).slice(1)
  switch (behaviour) {
    case 'unsigned-json':
      return JSON.stringify(yes)
    case 'wrong-key':
      if (asked.privateKey === undefined) throw new TypeError('plain JSON has no signature to lie about')
      return written(yes, { ...asked, privateKey: strangerKey() })
    case 'alg-none':
      return `${encode('{"typ":"JWT","alg":"none"}')}.${encode(JSON.stringify(yes))}.`
    case 'duplicate-members':
      return written(`{"action":"REJECT",${rest}`, asked)
    case 'case-variant-members':
      return written(`{"Action":"REJECT",${rest}`, asked)
    case 'two-verdicts':
      return written(`{"verdict":${JSON.stringify(reject(asked).verdict)},${rest}`, asked)
    default:
      return written(membersOf(behaviour, asked), asked)
  }
}

function membersOf(behaviour: FireblocksBehaviour, asked: CosignerAsked): Members {
  const yes = approve(asked)
  const seconds = Math.floor(asked.nowMs / 1_000)
  switch (behaviour) {
    case 'reject':
    case 'reject-with-http-400':
      return reject(asked)
    case 'unable':
    case 'unable-with-http-400':
      return unable(asked)
    case 'retry':
      return without(unable(asked), 'verdict', 'exp')
    case 'ignore':
      return { action: 'IGNORE', requestId: asked.requestId }
    case 'judged-false':
      return approve(asked, { ...asked.approval, judged: false, bound: 'none' })
    case 'no-verdict':
      return without(yes, 'verdict', 'exp')
    case 'no-verdict-reject':
      return without(reject(asked), 'verdict', 'exp')
    case 'expired':
      return { ...yes, exp: seconds - 1 }
    case 'far-exp':
      return { ...yes, exp: seconds + YEAR_SECONDS }
    case 'no-exp':
      return without(yes, 'exp')
    case 'replay':
      return approve({ ...asked, requestId: EARLIER_ID }, { ...asked.approval, request_id: EARLIER_ID })
    case 'unknown-action':
      return { ...yes, action: 'ALLOW' }
    case 'lower-case-action':
      return { ...yes, action: 'approve' }
    case 'upper-case-members':
      // As a .NET serialiser writes them (protocol/fireblocks.md 7, no. 12).
      return { ...without(yes, 'action', 'requestId'), Action: 'APPROVE', RequestId: asked.requestId }
    case 'no-action':
      return without(yes, 'action')
    case 'wrong-request-id':
      return { ...yes, requestId: 'another-request' }
    case 'no-request-id':
      return without(yes, 'requestId')
    case 'extra-verdict-member':
      return approve(asked, { ...asked.approval, note: 'trust me' })
    default:
      throw new TypeError(`behaviour ${behaviour} has no members`)
  }
}

const approve = ({ requestId, approval, nowMs }: CosignerAsked, verdict: Members = { ...approval }): Members => ({
  action: 'APPROVE',
  requestId,
  verdict,
  exp: Math.floor(nowMs / 1_000) + ANSWER_EXPIRE_SECONDS,
})

const reject = (asked: CosignerAsked): Members => ({
  ...approve(asked, { ...asked.approval, outcome: 'reject', codes: [REJECT_CODE] }),
  action: 'REJECT',
  rejectionReason: `${REJECT_CODE}: told to reject`,
})

const unable = (asked: CosignerAsked): Members => ({
  ...approve(asked, { ...asked.approval, outcome: 'unable', codes: ['DOUBLE_UNABLE'] }),
  action: 'RETRY',
  rejectionReason: 'DOUBLE_UNABLE: told to be unable',
})

const without = (members: Members, ...names: readonly string[]): Members =>
  Object.fromEntries(Object.entries(members).filter(([member]) => !names.includes(member)))

const encode = (text: string): string => Buffer.from(text).toString('base64url')

function written(members: Members | string, { privateKey }: CosignerAsked): string {
  const text = typeof members === 'string' ? members : JSON.stringify(members)
  return privateKey === undefined ? text : signCosignerToken(Buffer.from(text), privateKey)
}
