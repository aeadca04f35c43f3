import type { FireblocksTransaction } from '@callback-quorum/protocol'
import type { Operation } from '../question.ts'
import { quoted, type Refuse } from './refuse.ts'

type Written = NonNullable<FireblocksTransaction['operation']>

/** protocol/fireblocks.md 2.4. What is `other` says in its members, if anywhere, what it does; nothing here understands it. */
// prettier-ignore
const OPERATIONS: Readonly<Record<Extract<Written, string>, Operation>> = {
  TRANSFER:      'transfer',
  CONTRACT_CALL: 'contract-call',
  TYPED_MESSAGE: 'message',
  RAW:           'raw',
  APPROVE:       'other',
  MINT:          'other',
  BURN:          'other',
  STAKE:         'other',
  UNSTAKE:       'other',
  WITHDRAW:      'other',
  ENABLE_ASSET:  'other',
  PROGRAM_CALL:  'other',
}

/** What the transaction does; a payment that carries something else beside its destinations is none. */
export function readOperationFireblocks(transaction: FireblocksTransaction, refuse: Refuse): Operation {
  const { operation: written, extraParameters: extra } = transaction
  if (typeof written !== 'string') {
    refuse('TYPE_UNSUPPORTED', `operation ${quoted(written?.unknown ?? '')} cannot be judged`)
    return 'other'
  }
  const operation = OPERATIONS[written]
  const isMore = Boolean(extra?.contractCallData || extra?.programCallData || extra?.rawMessageData)
  if (operation === 'transfer' && isMore) {
    refuse('TYPE_UNSUPPORTED', 'a transfer with call data or messages beside it cannot be judged')
  }
  return operation
}
