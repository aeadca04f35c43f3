import { readVerdict, type CoboReply, type VerdictExpectation } from '@callback-quorum/protocol'
import { failed, heardVerdict, type Heard } from './heard.ts'

type Expected = Omit<Extract<VerdictExpectation, { status: number }>, 'status' | 'action' | 'reply'>

/** Our own checkers: every member of the verdict is compared with what was asked, and its outcome with status and action beside it. */
export function hearBoundCobo({ status, action, error, verdict }: CoboReply, expected: Expected): Heard {
  const read = readVerdict(verdict, { ...expected, status, ...(action === undefined ? {} : { action }) })
  return heardVerdict(read, error)
}

/** Third-party servers echo only the request id; nothing they say binds the bytes. */
export function hearCoboById(reply: CoboReply, onErrorStatus: 'reject' | 'defer' | undefined): Heard {
  const { status, action, error: reason = 'no reason given' } = reply
  if (action === 'REJECT') return { result: 'rejected', codes: ['REJECTED'], reason }
  if (action === 'APPROVE' && status === 0) return { result: 'approved', bound: 'none' }
  if (action === undefined && status !== 0 && onErrorStatus === 'reject') {
    return { result: 'rejected', codes: ['ERROR_STATUS'], reason: `status ${status}: ${reason}` }
  }
  if (action === undefined && status !== 0) return failed('unable', `status ${status}: ${reason}`)
  return failed('malformed', `status ${status} with action ${JSON.stringify(action ?? null)} is no answer`)
}
