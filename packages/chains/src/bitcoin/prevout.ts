import type { ChainFamily } from '../address/canonical-address.ts'
import type { Network } from '../address/network.ts'

/** Of which chain the bytes are. */
export interface Place {
  readonly family: ChainFamily
  readonly network: Network
}

/** An output that an input spends, as somebody says it. What enters the hash is proven by the signature; the rest is not. */
export interface Prevout {
  /** As explorers show it, 64 lower-case hex digits. */
  readonly txid: string
  readonly vout: number
  readonly address?: string
  /** The output's script, where it is known instead of its address. */
  readonly script?: Uint8Array
  readonly amountAtomic?: bigint
  /** Of P2SH: has to hash to the address. */
  readonly redeemScript?: Uint8Array
  /** The whole transaction: has to hash to the txid, and proves the output. */
  readonly previousTransaction?: Uint8Array
}
