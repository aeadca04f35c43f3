import type { Chain, ChainFamily } from '@callback-quorum/chains'
import type { FireblocksTransaction } from '@callback-quorum/protocol'
import type { Operation } from '../question.ts'
import { plainJson } from './plain-json.ts'
import type { Material } from './material.ts'
import { readHex } from './raw-text.ts'
import type { RefuseBinding, UnboundCode } from './refusal.ts'

/** Whose elements of rawTx are the preimages of a transaction's inputs. Formats of other chains than these and EVM are not published. */
const PREIMAGE_FAMILIES: readonly ChainFamily[] = ['bitcoin', 'litecoin', 'dogecoin']

const unbound = (code: UnboundCode, text: string): Material => ({ kind: 'unbound', code, text })

/** protocol/fireblocks.md 2.5, 2.6, 6. Undefined when something that should be there cannot be read, which was refused. */
export function materialOfFireblocks(
  transaction: FireblocksTransaction,
  operation: Operation,
  { family }: Chain,
  refuse: RefuseBinding,
): Material | undefined {
  if (operation === 'message') return messageOf(transaction, refuse)
  const raws = (transaction.rawTx ?? []).map(({ rawTx }) => readHex(rawTx))
  const [raw] = raws
  if (raws.length === 0)
    return operation === 'other'
      ? unbound('OPERATION_UNBOUND', 'the description does not say what the bytes should do')
      : unbound('RAW_MISSING', 'the request holds no bytes that its description could be compared with')
  if (raw === undefined || raws.includes(undefined)) throw new Error('invariant: the schema takes hex alone')
  if (PREIMAGE_FAMILIES.includes(family)) return { kind: 'preimages', raws: raws.filter((one) => one !== undefined) }
  if (family !== 'evm') return unbound('CHAIN_UNSUPPORTED', 'how transactions of this chain are sent is not published')
  if (raws.length > 1) refuse('RAW_UNSUPPORTED', 'the request stands for several transactions; one is understood')
  return { kind: 'transaction', raw, prevouts: [], lookupTables: new Map() }
}

/** What a message is signed as depends on its type; of the others no public source says it. */
function messageOf({ extraParameters }: FireblocksTransaction, refuse: RefuseBinding): Material | undefined {
  const [message, ...others] = extraParameters?.rawMessageData?.messages ?? []
  if (message === undefined) return unbound('OPERATION_UNBOUND', 'the request holds no message')
  if (others.length > 0) {
    refuse('RAW_UNSUPPORTED', 'the request signs several messages; one is understood')
    return undefined
  }
  const { type, content } = message
  if ((type === 'EIP191' || type === 'ETH_MESSAGE') && 'hex' in content) {
    const bytes = readHex(content.hex)
    if (bytes === undefined) throw new Error('invariant: the schema takes hex alone')
    return { kind: 'personal-message', message: bytes }
  }
  if (type === 'EIP712' && 'object' in content) return { kind: 'typed-data', structured: plainJson(content.object) }
  return unbound('OPERATION_UNBOUND', 'what this kind of message says cannot be told')
}
