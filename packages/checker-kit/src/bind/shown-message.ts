import { ChainsFault, decodePersonalMessage, decodeTypedData, type Decoded } from '@callback-quorum/chains'
import type { FireblocksTransaction } from '@callback-quorum/protocol'
import type { Question } from '../question.ts'
import type { Material } from './material.ts'
import { materialOfFireblocks } from './material-fireblocks.ts'

/**
 * The message whose signature an approval is about, decoded as it will be when it is signed. Undefined where it cannot be read, or would be
 * refused then: an approval shows nothing in that case.
 */
export function shownMessageOf(transaction: FireblocksTransaction, { chain }: Question): Decoded | undefined {
  if (chain?.family !== 'evm') return undefined
  const refused: string[] = []
  const material = materialOfFireblocks(transaction, 'message', chain, (code) => void refused.push(code))
  return material === undefined || refused.length > 0 ? undefined : decode(material)
}

function decode(material: Material): Decoded | undefined {
  try {
    if (material.kind === 'personal-message') return decodePersonalMessage(material.message)
    return material.kind === 'typed-data' ? decodeTypedData(material.structured) : undefined
  } catch (error) {
    if (error instanceof ChainsFault) return undefined
    throw error
  }
}
