import type { Chain } from '../asset-registry.ts'
import { decodeBitcoinTransaction } from '../bitcoin/decode-bitcoin-transaction.ts'
import type { Prevout } from '../bitcoin/prevout.ts'
import { decodeEvmTransaction } from '../evm/decode-evm-transaction.ts'
import { decodeSolanaTransaction, type SolanaContext } from '../solana/decode-solana-transaction.ts'
import { decodeTronTransaction } from '../tron/decode-tron-transaction.ts'
import { ChainsFault } from '../faults.ts'
import type { Decoded } from './decoded.ts'

/** What bytes refer to and do not hold. Nothing in it is believed: amounts and scripts enter the hashes, candidates are recomputed. */
export interface DecodeContext {
  readonly prevouts?: readonly Prevout[]
  readonly solana?: SolanaContext
}

/**
 * Reads unsigned bytes as a transaction of this chain. Throws ChainsFault CHAIN_UNSUPPORTED for a chain that is not decoded,
 * TRANSACTION_MALFORMED, TRANSACTION_UNSUPPORTED or TRANSACTION_TOO_LARGE for the bytes: never a guess.
 */
export function decodeTransaction(
  { family, network }: Pick<Chain, 'family' | 'network'>,
  raw: Uint8Array,
  { prevouts = [], solana = {} }: DecodeContext = {},
): Decoded {
  switch (family) {
    case 'evm':
      return decodeEvmTransaction(raw)
    case 'tron':
      return decodeTronTransaction(raw)
    case 'solana':
      return decodeSolanaTransaction(raw, solana)
    case 'bitcoin':
    case 'litecoin':
    case 'dogecoin':
    case 'bitcoin-cash':
      return decodeBitcoinTransaction({ family, network }, raw, prevouts)
    case 'dash':
    case 'zcash':
    case 'bitcoin-gold':
    case 'bitcoin-sv':
    case 'verge':
    case 'cosmos':
    case 'xrp':
    case 'stellar':
    case 'ton':
    case 'substrate':
    case 'monero':
    case 'opaque':
      throw new ChainsFault('CHAIN_UNSUPPORTED', 'transactions of this chain are not decoded', family)
    default:
      return family satisfies never
  }
}
