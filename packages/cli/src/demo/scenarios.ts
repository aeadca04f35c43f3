import type { Forgery } from '@callback-quorum/simulator'
import type { CheckerName } from '../constellation/service-names.ts'
import type { RequestKey } from './payments.ts'

/** Done before the request is sent. */
export type Act = 'stop sanctions' | 'start sanctions' | 'freeze' | 'unfreeze'

/** What must come of a request; whatever differs is reported and makes the demo fail. */
export interface Expectation {
  /** Null: a Co-signer's answers have none; for a node no answer, the connection is closed. */
  readonly status: number | null
  readonly action: 'APPROVE' | 'REJECT' | null
  /** This checker must reject with this code, and the answer's text must name both. */
  readonly objection?: { readonly checker: CheckerName; readonly code: string }
  /** No usable verdict may come from this one. */
  readonly failed?: CheckerName
  /** These must approve. */
  readonly approvedBy?: readonly CheckerName[]
  /** The answer's text must hold this. */
  readonly text?: string
  /** Answered from the record; default: not. */
  readonly recalled?: boolean
}

/** One request of the script, and so one row of the table. */
export interface Step {
  readonly scenario: string
  readonly request: RequestKey
  readonly before?: Act
  readonly forged?: Forgery
  /** Behind the request in the table. */
  readonly remark?: string
  readonly expect: Expectation
}

const APPROVED: Expectation = {
  status: 0,
  action: 'APPROVE',
  approvedBy: ['sanctions', 'business-lookup', 'integrity', 'limits'],
}
const RECALLED: Expectation = { status: 0, action: 'APPROVE', recalled: true }
const NO_ANSWER: Expectation = { status: null, action: null }
/** Everybody who judges bytes sees it; the first one decides. */
const NOT_WHAT_IT_SAYS: Expectation = { status: 0, action: 'REJECT', text: 'RAW_DESTINATION_DIFFERS' }
const rejected = (checker: CheckerName, code: string): Expectation => ({
  status: 0,
  action: 'REJECT',
  objection: { checker, code },
})

// prettier-ignore
export const STEPS: readonly Step[] = [
  { scenario: 'ping',                   request: 'ping',         expect: { status: 0, action: null } },
  { scenario: 'approved-transfer',      request: 'usdt',         expect: APPROVED },
  { scenario: 'approved-v1-transfer',   request: 'v1-eth',       expect: APPROVED },
  { scenario: 'limit-exceeded',         request: 'too-much',     expect: { ...rejected('limits', 'LIMIT_TX'), approvedBy: ['sanctions', 'business-lookup', 'integrity'] } },
  { scenario: 'sanctioned-destination', request: 'to-listed',    expect: rejected('sanctions', 'SANCTIONS_MATCH'),            remark: 'to a listed address' },
  { scenario: 'amount-differs',         request: 'wrong-amount', expect: rejected('business-lookup', 'AMOUNT_MISMATCH'),      remark: '150 in the business system' },
  { scenario: 'not-what-it-says',       request: 'lying',        expect: NOT_WHAT_IT_SAYS,                                   remark: 'the bytes pay somebody else' },
  { scenario: 'duplicate',              request: 'usdt',         expect: RECALLED,                                            remark: 'the very request again' },
  { scenario: 'reference-used',         request: 'paid-twice',   expect: rejected('business-lookup', 'REF_ALREADY_USED'),     remark: 'same reference, new payment' },
  { scenario: 'checker-down',           request: 'while-down',   expect: { ...NO_ANSWER, failed: 'sanctions' },               remark: 'sanctions is stopped',  before: 'stop sanctions' },
  { scenario: 'checker-down',           request: 'while-down',   expect: APPROVED,                                            remark: 'asked again, it is back', before: 'start sanctions' },
  { scenario: 'forged-token',           request: 'forged',       expect: { status: 20, action: null },                        remark: 'signed by a stranger',  forged: 'wrong-key' },
  { scenario: 'keygen',                 request: 'keygen',       expect: { status: 0, action: 'APPROVE', approvedBy: ['integrity'] } },
  { scenario: 'keyreshare',             request: 'keyreshare',   expect: rejected('integrity', 'KEYRESHARE_NOT_ALLOWED') },
  { scenario: 'co-signer-approval',     request: 'vault-approval', expect: { ...APPROVED, status: null },                    remark: 'for the approver' },
  { scenario: 'co-signer-signing',      request: 'vault',        expect: { ...APPROVED, status: null },                      remark: 'the same transaction' },
  { scenario: 'co-signer-lying',        request: 'vault-lying',  expect: { ...NOT_WHAT_IT_SAYS, status: null },              remark: 'the bytes pay somebody else' },
  { scenario: 'co-signer-whitelisting', request: 'whitelist-listed', expect: { ...rejected('sanctions', 'SANCTIONS_MATCH'), status: null }, remark: 'of a listed address' },
  { scenario: 'frozen',                 request: 'while-frozen', expect: NO_ANSWER,                                           remark: 'while frozen',          before: 'freeze' },
  { scenario: 'frozen',                 request: 'while-frozen', expect: APPROVED,                                            remark: 'asked again, unfrozen', before: 'unfreeze' },
]
