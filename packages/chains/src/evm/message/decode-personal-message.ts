import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { tooLarge } from '../../faults.ts'
import type { Decoded } from '../../transaction/decoded.ts'

/** Messages are for people and log-ins; wallets show far less than this. */
const MESSAGE_BYTES_MAX = 65_536
const DIGEST_BYTES = 32

/** EIP-191 version 0x45: the length in decimal digits is part of what is signed. */
const PREFIX = '\x19Ethereum Signed Message:\n'

/**
 * A plain message. It moves nothing by itself, except that 32 bytes, also as hex text, are a digest of something else: whoever made it
 * knows of what, and nobody here does. Throws ChainsFault TRANSACTION_TOO_LARGE.
 */
export function decodePersonalMessage(message: Uint8Array): Decoded {
  if (message.length > MESSAGE_BYTES_MAX) throw tooLarge(`a message of more than ${String(MESSAGE_BYTES_MAX)} bytes`)
  const digest = keccak_256(concatBytes(utf8ToBytes(`${PREFIX}${String(message.length)}`), message))
  const text = readText(message)
  const isBlind = message.length === DIGEST_BYTES || /^(?:0[xX])?[0-9a-fA-F]{64}$/.test(text.trim())
  return {
    form: 'eip-191',
    toSign: [{ hash: bytesToHex(digest), scheme: 'ecdsa' }],
    effects: isBlind
      ? [{ effect: 'unknown', detail: 'a digest is signed whose content is not known', at: 'message' }]
      : [],
    message: { standard: 'eip-191', text },
  }
}

function readText(message: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(message)
  } catch {
    return `0x${bytesToHex(message)}`
  }
}
