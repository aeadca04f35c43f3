import type { FireblocksTransaction } from '@callback-quorum/protocol'
import type { Operation } from '../question.ts'
import type { JsonContent } from './canonical-json.ts'
import type { Movement, Reading } from './draft.ts'
import { readOutputsFireblocks } from './outputs-fireblocks.ts'
import type { Place } from './place.ts'
import { writtenContent } from './written-content.ts'

type Extra = FireblocksTransaction['extraParameters']

/** What a transaction request says is done. Messages and digests are paid to nobody: their content is the payload. */
export function readMovementFireblocks(
  transaction: FireblocksTransaction,
  operation: Operation,
  place: Place,
  reading: Reading,
): Movement {
  const { extraParameters: extra, destinations, destType, destId } = transaction
  if (operation === 'transfer') return { operation, outputs: readOutputsFireblocks(transaction, place, reading) }
  if (operation === 'contract-call') return readContractCall(transaction, place, reading)
  if (operation === 'message' || operation === 'raw') {
    return { operation, outputs: [], payload: { messages: messagesOf(extra), psbt: extra?.psbt } }
  }
  const parties = (destinations ?? []).map(({ dstType, dstId }) => ({ dstType, dstId }))
  const { rawMessageData, ...parameters } = extra ?? {}
  return {
    operation,
    outputs: readOutputsFireblocks(transaction, place, reading, 'nothing'),
    payload: {
      operation: transaction.operation,
      destType,
      destId,
      parties,
      parameters,
      messages: rawMessageData && messagesOf(extra),
    },
  }
}

/** The contract is absent while the platform does not say its address, or holds no call data: that is never a deployment. */
function readContractCall(transaction: FireblocksTransaction, place: Place, reading: Reading): Movement {
  const outputs = readOutputsFireblocks(transaction, place, reading)
  const [called, ...others] = outputs
  if (others.length > 0) reading.refuse('OUTPUTS_CONTRADICT', 'a contract call has several destinations')
  const calldata = transaction.extraParameters?.contractCallData
  const valueAtomic = called?.amountAtomic
  const named = reading.assets.byFireblocks(transaction.asset ?? '')
  if (named?.contract !== undefined && valueAtomic !== 0n)
    reading.refuse('OUTPUTS_CONTRADICT', 'a contract call pays in the coin of its chain, and the request names a token')
  const isKnown = called !== undefined && called.addressText !== '' && calldata !== undefined
  return {
    operation: 'contract-call',
    outputs,
    contract: isKnown
      ? { address: called.addressText, calldata, ...(valueAtomic !== undefined && { valueAtomic }) }
      : undefined,
    payload: isKnown ? undefined : { calldata },
  }
}

/** A message is read back under another name of its type than it was made with (protocol/fireblocks.md 2.5). */
function messagesOf(extra: Extra): JsonContent {
  const { messages = [], algorithm } = extra?.rawMessageData ?? {}
  return [
    algorithm,
    messages.map(({ content, type, preHash, derivationPath, bip44change, bip44AddressIndex }) => ({
      content: 'hex' in content ? { hex: content.hex } : { object: writtenContent(content.object) },
      type: type === 'ETH_MESSAGE' ? 'EIP191' : type,
      preHash,
      derivationPath,
      bip44change,
      bip44AddressIndex,
    })),
  ]
}
