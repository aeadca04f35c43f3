import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { invalidAddress } from '../faults.ts'
import { addressKey } from './address-key.ts'
import type { AddressText } from './address-text.ts'
import type { AddressReading } from './canonical-address.ts'

/** `0x` and 40 hexadecimal digits. ICAP and ENS names are not addresses here. */
export function readEvmAddress({ body }: AddressText): AddressReading {
  const [, digits] = /^0x([0-9a-fA-F]{40})$/.exec(body) ?? []
  if (digits === undefined) throw invalidAddress('not 0x and 40 hexadecimal digits')
  return readKey20(digits)
}

/** The 20 bytes that EVM and TRON share: both are the end of keccak-256 of the same public key. */
export function readKey20(digits: string): AddressReading {
  const key = addressKey('key20', digits.toLowerCase())
  const mixed = digits !== digits.toLowerCase() && digits !== digits.toUpperCase()
  const wrong = mixed && digits !== checksummed(digits)
  return { key, sameKey: [key], warnings: wrong ? ['ADDRESS_CHECKSUM'] : [] }
}

/** EIP-55: a digit is upper case where the hash of the lower-case digits has a nibble of 8 or more. */
export function checksummed(digits: string): string {
  const lower = digits.toLowerCase()
  const hash = bytesToHex(keccak_256(utf8ToBytes(lower)))
  return Array.from(lower, (digit, at) => (parseInt(hash.charAt(at), 16) >= 8 ? digit.toUpperCase() : digit)).join('')
}
