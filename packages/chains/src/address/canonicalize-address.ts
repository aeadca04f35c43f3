import { readAddressText, trimSpaces, type AddressText } from './address-text.ts'
import { bitcoinFamilyReader } from './bitcoin-family.ts'
import type { AddressReading, CanonicalAddress, ChainFamily } from './canonical-address.ts'
import type { Network } from './network.ts'
import { readBitcoinCashAddress } from './cashaddr.ts'
import { readCosmosAddress } from './cosmos.ts'
import { readEvmAddress } from './evm.ts'
import { readMoneroAddress } from './monero.ts'
import { readOpaqueAddress } from './opaque.ts'
import { readSolanaAddress } from './solana.ts'
import { readStellarAddress } from './stellar.ts'
import { readSubstrateAddress } from './substrate.ts'
import { readTonAddress } from './ton.ts'
import { readTronAddress } from './tron.ts'
import { readXrpAddress } from './xrp.ts'

type AddressReader = (text: AddressText, network: Network) => AddressReading

const READERS: Readonly<Record<ChainFamily, AddressReader>> = {
  evm: readEvmAddress,
  tron: readTronAddress,
  bitcoin: bitcoinFamilyReader('bitcoin'),
  litecoin: bitcoinFamilyReader('litecoin'),
  'bitcoin-cash': readBitcoinCashAddress,
  'bitcoin-sv': bitcoinFamilyReader('bitcoin-sv'),
  'bitcoin-gold': bitcoinFamilyReader('bitcoin-gold'),
  dogecoin: bitcoinFamilyReader('dogecoin'),
  dash: bitcoinFamilyReader('dash'),
  zcash: bitcoinFamilyReader('zcash'),
  verge: bitcoinFamilyReader('verge'),
  cosmos: readCosmosAddress,
  solana: readSolanaAddress,
  xrp: readXrpAddress,
  stellar: readStellarAddress,
  ton: readTonAddress,
  substrate: readSubstrateAddress,
  monero: readMoneroAddress,
  opaque: readOpaqueAddress,
}

/**
 * Reads an address as one of this chain family and network, or refuses it.
 * Throws ChainsFault ADDRESS_INVALID, or CHAIN_UNSUPPORTED where the family has no such network.
 */
export function canonicalizeAddress(family: ChainFamily, network: Network, text: string): CanonicalAddress {
  const { key, sameKey, tag, warnings = [] } = READERS[family](readAddressText(family, text), network)
  const address: CanonicalAddress = { raw: trimSpaces(text), family, network, key, sameKey, warnings }
  return tag === undefined ? address : { ...address, tag }
}
