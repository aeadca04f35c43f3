import type { ChainFamily } from '@callback-quorum/chains'
import type { FireblocksTransaction } from '@callback-quorum/protocol'
import type { Operation } from '../question.ts'
import type { Refuse } from './refuse.ts'
import { checkSigningHashes } from './signing-hashes.ts'

/**
 * What is to be signed, in the order of the request: the digest beside each element of rawTx. Where the platform sends no rawTx it is not
 * said, but for RAW, whose messages are what is signed.
 */
export function readSigningHashesFireblocks(
  { rawTx = [], extraParameters }: FireblocksTransaction,
  operation: Operation,
  family: ChainFamily | undefined,
  refuse: Refuse,
): readonly string[] {
  if (rawTx.length > 0) {
    const hashes = rawTx.flatMap(({ payload }) => (payload === undefined ? [] : [payload]))
    if (hashes.length !== rawTx.length) refuse('HASHES_MISSING', 'an element of rawTx has no payload')
    checkSigningHashes(hashes, 'rawTx', family, refuse)
    return hashes
  }
  if (operation !== 'raw') return []
  const { messages = [] } = extraParameters?.rawMessageData ?? {}
  const hashes = messages.map(({ content }) => ('hex' in content ? content.hex : ''))
  checkSigningHashes(hashes, 'messages', family, refuse)
  return hashes
}
