import {
  businessKey,
  fireblocksTransactionIdOf,
  transactionIdOf as coboTransactionIdOf,
} from '@callback-quorum/protocol'
import { isFireblocks, type VerifiedCallback } from '@callback-quorum/service'
import type { Asking } from './record/request-ledger.ts'

/** The request key of a callback with what was found in it. A malformed one names no transaction. */
export function askingOf(callback: VerifiedCallback): Asking {
  const { caller } = callback
  const transactionId = transactionIdOf(callback)
  return {
    caller: callback.callerId,
    callerFingerprint: callback.callerFingerprint,
    ...(isFireblocks(callback) ? { signerId: callback.signerId } : {}),
    dialect: callback.dialect,
    kind: callback.kind,
    requestId: callback.requestId,
    digest: callback.digest,
    ...(transactionId === undefined
      ? {}
      : { businessKey: businessKey(caller.platform, caller.organisation, transactionId) }),
  }
}

function transactionIdOf(callback: VerifiedCallback): string | undefined {
  if (callback.reading.result === 'malformed') return undefined
  return isFireblocks(callback)
    ? fireblocksTransactionIdOf(callback.reading)
    : coboTransactionIdOf(callback.reading.request)
}
