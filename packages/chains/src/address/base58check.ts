import { bytesToHex } from '@noble/hashes/utils.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base58, base58xrp } from '@scure/base'
import { invalidAddress } from '../faults.ts'

const CHECKSUM_BYTES = 4

/** Decodes base58 of either alphabet. Every text of the alphabet is the one spelling of its bytes. */
export function readBase58(text: string, alphabet: 'bitcoin' | 'ripple' = 'bitcoin'): Uint8Array {
  const coder = alphabet === 'bitcoin' ? base58 : base58xrp
  try {
    return coder.decode(text)
  } catch {
    throw invalidAddress('not base58')
  }
}

/** Version bytes and payload, after the double SHA-256 checksum matched. */
export function readBase58Check(text: string, alphabet: 'bitcoin' | 'ripple' = 'bitcoin'): Uint8Array {
  const bytes = readBase58(text, alphabet)
  if (bytes.length <= CHECKSUM_BYTES) throw invalidAddress('base58 too short')
  const content = bytes.slice(0, -CHECKSUM_BYTES)
  const checksum = bytesToHex(sha256(sha256(content)).slice(0, CHECKSUM_BYTES))
  if (checksum !== bytesToHex(bytes.slice(-CHECKSUM_BYTES))) throw invalidAddress('base58 checksum differs')
  return content
}
