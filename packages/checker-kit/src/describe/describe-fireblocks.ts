import { fireblocksTransactionIdOf, type FireblocksDialect, type FireblocksRequest } from '@callback-quorum/protocol'
import { readConfigChange } from './config-change.ts'
import type { Draft, Reading } from './draft.ts'
import { questionOfDraft, type DescribeContext, type Described } from './question-of-draft.ts'
import { readTransactionFireblocks } from './transaction-fireblocks.ts'

export interface FireblocksAsked {
  readonly requestId: string
  readonly txId?: string
  readonly request: FireblocksRequest
}

export interface FireblocksContext extends DescribeContext {
  readonly dialect: FireblocksDialect
  readonly kind: 'tx-approval' | 'tx-signing' | 'config-change'
  /** The API user that is asked for. */
  readonly signerId: string
}

/** A Co-signer's request seen neutrally (DESIGN.md, "One request, seen neutrally"). Pure: the same request and operator files, the same question. */
export function describeFireblocks(asked: FireblocksAsked, context: FireblocksContext): Described {
  const { dialect, kind, signerId, caller } = context
  const { requestId } = asked
  const transactionId = fireblocksTransactionIdOf(asked)
  return questionOfDraft({ dialect, kind, requestId, signerId, transactionId }, context, (reading) => ({
    ...readDraft(asked.request, kind, reading),
    ...(kind === 'tx-signing' && caller.rawTx === 'unavailable' && { rawTx: caller.rawTx }),
  }))
}

function readDraft(request: FireblocksRequest, kind: FireblocksContext['kind'], reading: Reading): Draft {
  if (request.endpoint === 'config' && kind === 'config-change') return readConfigChange(request, reading)
  if (request.endpoint === 'tx' && kind !== 'config-change') return readTransactionFireblocks(request, kind, reading)
  throw new Error(`invariant: ${kind} is not asked at the endpoint ${request.endpoint}`)
}
