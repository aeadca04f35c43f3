import type { AddressKey } from './address-key.ts'
import type { Network } from './network.ts'

/** Every family has one reader; the order has no meaning. */
export const CHAIN_FAMILIES = [
  'evm',
  'tron',
  'bitcoin',
  'litecoin',
  'bitcoin-cash',
  'dogecoin',
  'dash',
  'zcash',
  'bitcoin-gold',
  'bitcoin-sv',
  'verge',
  'cosmos',
  'solana',
  'xrp',
  'stellar',
  'ton',
  'substrate',
  'monero',
  'opaque',
] as const

export type ChainFamily = (typeof CHAIN_FAMILIES)[number]

/**
 * ADDRESS_CHECKSUM: mixed-case hexadecimal whose case is not that of EIP-55; the bytes are still what they say.
 * UNLINKABLE: the address says nothing about its owner's other addresses (a Monero subaddress).
 */
export type AddressWarning = 'ADDRESS_CHECKSUM' | 'UNLINKABLE'

/** What the reader of a family finds in an address. */
export interface AddressReading {
  readonly key: AddressKey
  /** Keys that the same private key or script also controls; `key` itself comes first. */
  readonly sameKey: readonly [AddressKey, ...AddressKey[]]
  /** Destination tag, muxed id or payment id that the address text carries. */
  readonly tag?: string
  readonly warnings?: readonly AddressWarning[]
}

export interface CanonicalAddress {
  /** The text as it was given, without the spaces around it. */
  readonly raw: string
  readonly family: ChainFamily
  readonly network: Network
  /** Equal for two texts if and only if they pay the same key or script; see the README for the prefixes. */
  readonly key: AddressKey
  readonly sameKey: readonly AddressKey[]
  readonly tag?: string
  readonly warnings: readonly AddressWarning[]
}
