import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@noble/hashes/utils.js'
import { createBase58check } from '@scure/base'
import { addressKey } from '../address/address-key.ts'
import { malformed } from '../faults.ts'
import type { Account } from '../transaction/effect.ts'

/** First of the 21 bytes of every mainnet and testnet address (java-tron `ADD_PRE_FIX_BYTE_MAINNET`). */
const ADDRESS_PREFIX = 0x41
const ACCOUNT_BYTES = 20

const base58check = createBase58check(sha256)

/** The account of 20 bytes, as calldata of the TVM names it. */
export function tronAccount(bytes20: Uint8Array): Account {
  if (bytes20.length !== ACCOUNT_BYTES) throw malformed('an account is not 20 bytes')
  return {
    key: addressKey('key20', bytes20),
    text: base58check.encode(concatBytes(Uint8Array.of(ADDRESS_PREFIX), bytes20)),
  }
}

/** The account of an address field: 0x41 and 20 bytes, the only form that a node takes (java-tron `addressValid`). */
export function accountOfAddress(bytes: Uint8Array): Account {
  if (bytes.length !== ACCOUNT_BYTES + 1 || bytes[0] !== ADDRESS_PREFIX) {
    throw malformed('an address is not 0x41 and 20 bytes')
  }
  return tronAccount(bytes.subarray(1))
}
