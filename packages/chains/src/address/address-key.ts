import { bytesToHex, concatBytes } from '@noble/hashes/utils.js'
import { ripemd160 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { Network } from './network.ts'

/** `prefix:payload`, made only by the readers of this package. */
export type AddressKey = string & { readonly __brand: 'AddressKey' }

type PublicKeyHashKeys = readonly [key: AddressKey, nested: AddressKey, ...others: AddressKey[]]

/** Witness programs inside P2SH, BIP-141: version 0, then a push of 20 or 32 bytes. */
const P2WPKH_SCRIPT_HEAD = Uint8Array.of(0x00, 0x14)
const P2WSH_SCRIPT_HEAD = Uint8Array.of(0x00, 0x20)

export function addressKey(prefix: string, payload: Uint8Array | string): AddressKey {
  return `${prefix}:${typeof payload === 'string' ? payload : bytesToHex(payload)}` as AddressKey
}

/**
 * Key of an address whose encoding always names its network: the testnet one gets a prefix of its own, so that it never
 * equals the mainnet key of the same bytes.
 */
export function networkKey(network: Network, prefix: string, payload: Uint8Array): AddressKey {
  return addressKey(network === 'mainnet' ? prefix : `testnet:${prefix}`, payload)
}

/**
 * HASH160 of a public key: the same key also controls the P2SH-P2WPKH script (BIP-141) on every chain with that opcode
 * set, and the XRP Ledger account, whose id is the same hash of the same 33 bytes (xrpl.org, "Addresses").
 */
export function publicKeyHashKeys(network: Network, hash: Uint8Array): PublicKeyHashKeys {
  const nested = networkKey(network, 'sh160', hash160(concatBytes(P2WPKH_SCRIPT_HEAD, hash)))
  const key = networkKey(network, 'h160', hash)
  return network === 'mainnet' ? [key, nested, addressKey('xrp', hash)] : [key, nested]
}

/** A witness script can be paid directly or inside P2SH (BIP-141). */
export function witnessScriptKeys(network: Network, hash: Uint8Array): readonly [AddressKey, AddressKey] {
  const nested = networkKey(network, 'sh160', hash160(concatBytes(P2WSH_SCRIPT_HEAD, hash)))
  return [networkKey(network, 'wsh', hash), nested]
}

function hash160(bytes: Uint8Array): Uint8Array {
  return ripemd160(sha256(bytes))
}
