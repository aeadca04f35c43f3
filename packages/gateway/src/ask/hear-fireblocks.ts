import { readVerdict, type FireblocksReply, type VerdictExpectation } from '@callback-quorum/protocol'
import { failed, heardVerdict, type Heard } from './heard.ts'

type Expected = Omit<Extract<VerdictExpectation, { reply: object }>, 'reply'>

/** Our own checkers: every member of the verdict is compared with what was asked, and its outcome with the action beside it. */
export function hearBoundFireblocks(reply: FireblocksReply, expected: Expected): Heard {
  const { action, rejectionReason, verdict } = reply
  return heardVerdict(readVerdict(verdict, { ...expected, reply: { family: 'fireblocks', action } }), rejectionReason)
}

/** Callback handlers of others: nothing they say binds the bytes. IGNORE drops a request without denying it, so nobody approved. */
export function hearFireblocksById({ action, rejectionReason }: FireblocksReply): Heard {
  const reason = rejectionReason ?? 'no reason given'
  switch (action) {
    case 'APPROVE':
      return { result: 'approved', bound: 'none' }
    case 'REJECT':
      return { result: 'rejected', codes: ['REJECTED'], reason }
    case 'RETRY':
      return failed('unable', `RETRY: ${reason}`)
    case 'IGNORE':
      return failed('unable', `IGNORE: ${reason}`)
    default:
      throw new Error(`invariant: unknown action ${String(action satisfies never)}`)
  }
}
