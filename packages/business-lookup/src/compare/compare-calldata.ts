import type { Intent } from '../record/intent.ts'
import { calldataDigest, readCalldata } from '../record/read-calldata.ts'
import { agrees, differs, invalid, type Comparison } from './comparison.ts'
import type { Payment } from './payment.ts'

/** All that a contract is told, or nothing on both sides: a payment is no call and a call no payment. Compared and shown as SHA-256 of the bytes. */
export function compareCalldata({ calldata }: Intent, payment: Payment): Comparison {
  const expected = calldata.is === 'text' ? readCalldata(calldata.text) : undefined
  const actual = payment.calldata === undefined ? undefined : calldataDigest(payment.calldata)
  const compared = {
    field: 'calldata',
    comparator: 'equal',
    expected: expected ?? null,
    actual: actual ?? null,
  }
  if (calldata.is === 'invalid' || (calldata.is === 'text' && expected === undefined))
    return invalid(compared, '0x and hex, or sha256: and the digest')
  return expected === actual
    ? agrees(compared)
    : differs(compared, 'CALLDATA_MISMATCH', 'the call data differs from the business system')
}
