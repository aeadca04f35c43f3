import type { Wrapped } from './ask/wrap-bare-json.ts'
import type { Quorum } from './quorum.ts'
import type { Asking } from './record/request-ledger.ts'
import type { Tally } from './tally.ts'

/** The gateway's own objection. */
export const objectionOfOurs = (code: string, text: string): Tally => ({
  objections: [{ checker: 'gateway', codes: [code], reason: `${code}: ${text}` }],
  doubts: [],
})

export const NOBODY_IN_CHARGE = objectionOfOurs(
  'NO_QUORUM',
  'nobody is in charge of this kind of request of this caller',
)

/** What needs no checker to be refused. */
export function refuseUnasked(
  { callback, isTooLong }: Wrapped,
  asking: Asking,
  quorum: Quorum | undefined,
): Tally | undefined {
  const { reading } = callback
  if (reading.result === 'malformed') return objectionOfOurs(reading.code, reading.reason)
  if (quorum === undefined) return NOBODY_IN_CHARGE
  if (asking.businessKey === undefined)
    return objectionOfOurs('TRANSACTION_ID_MISSING', 'the request names no transaction')
  if (isTooLong) return objectionOfOurs('REQUEST_TOO_LONG', 'the request is too long to be shown to the checkers')
  return undefined
}
