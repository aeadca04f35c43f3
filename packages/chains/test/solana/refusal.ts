import { ChainsFault, type ChainsFaultCode } from '../../src/faults.ts'
import { decodeSolanaTransaction, type SolanaContext } from '../../src/solana/decode-solana-transaction.ts'

/** With which code and which words something is refused; anything else that is thrown fails the test. */
export function refusalOf(raw: Uint8Array, context?: SolanaContext): readonly [ChainsFaultCode, string] | 'decoded' {
  try {
    decodeSolanaTransaction(raw, context)
    return 'decoded'
  } catch (error) {
    if (error instanceof ChainsFault) return [error.code, error.detail ?? '']
    throw error
  }
}
