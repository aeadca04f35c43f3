import { blake2b } from '@noble/hashes/blake2.js'
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { invalidAddress } from '../faults.ts'
import { addressKey } from './address-key.ts'
import type { AddressText } from './address-text.ts'
import { readBase58 } from './base58check.ts'
import type { AddressReading } from './canonical-address.ts'

const CONTEXT = utf8ToBytes('SS58PRE')
const ACCOUNT_BYTES = 32
const CHECKSUM_BYTES = 2

/** SS58 of a 32-byte account under any registered prefix: the prefix names a chain, the account is the same on all. */
export function readSubstrateAddress({ body }: AddressText): AddressReading {
  const bytes = readBase58(body)
  const prefixBytes = prefixLength(bytes)
  if (bytes.length !== prefixBytes + ACCOUNT_BYTES + CHECKSUM_BYTES) throw invalidAddress('not a 32-byte account')
  const content = bytes.slice(0, -CHECKSUM_BYTES)
  const checksum = blake2b(concatBytes(CONTEXT, content), { dkLen: 64 }).slice(0, CHECKSUM_BYTES)
  if (bytesToHex(checksum) !== bytesToHex(bytes.slice(-CHECKSUM_BYTES))) throw invalidAddress('SS58 checksum differs')
  const key = addressKey('ed32', content.slice(prefixBytes))
  return { key, sameKey: [key] }
}

/** One byte below 64; two bytes hold 14 bits, of which the low eight are split over both. 46 and 47 are reserved. */
function prefixLength(bytes: Uint8Array): 1 | 2 {
  const [first = 0xff, second = 0] = bytes
  if (first === 46 || first === 47 || first >= 128) throw invalidAddress('SS58 prefix reserved')
  if (first < 64) return 1
  const prefix = ((first & 0x3f) << 2) | (second >> 6) | ((second & 0x3f) << 8)
  if (prefix < 64) throw invalidAddress('SS58 prefix longer than needed')
  return 2
}
