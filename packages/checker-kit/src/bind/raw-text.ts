import type { ChainFamily } from '@callback-quorum/chains'
import { base64 } from '@scure/base'
import { hexToBytes } from '@noble/hashes/utils.js'

/** As long as the largest transaction any decoder reads; a PSBT with whole previous transactions is the largest of them. */
const RAW_CHARACTERS_MAX = 2_097_152

/**
 * The bytes of an unsigned transaction as Cobo writes them (protocol/cobo.md section 4): EVM and TRON hex, Solana the hex of base64
 * text. Hex may begin with 0x.
 * ASSUMED, because no public source shows it: Bitcoin-like chains send hex of a transaction or of a PSBT, or a PSBT in base64;
 * Solana may send the base64 text itself. Undefined: none of these forms.
 */
export function readRawText(text: string, family: ChainFamily): Uint8Array | undefined {
  if (text.length > RAW_CHARACTERS_MAX) return undefined
  const bytes = readHex(text)
  if (family === 'solana') return bytes === undefined ? readBase64(text) : (readBase64Bytes(bytes) ?? bytes)
  if (bytes === undefined && isUtxo(family) && text.startsWith(PSBT_BASE64)) return readBase64(text)
  return bytes
}

/** `psbt` and 0xff, which in base64 always begin like this (BIP-174). */
const PSBT_BASE64 = 'cHNidP'

export const isUtxo = (family: ChainFamily): boolean => UTXO_FAMILIES.includes(family)
const UTXO_FAMILIES: readonly ChainFamily[] = [
  'bitcoin',
  'litecoin',
  'dogecoin',
  'bitcoin-cash',
  'bitcoin-sv',
  'dash',
  'zcash',
]

/** Strict: whole bytes, nothing else. Other readers of the field cut off at the first bad digit, or pad (protocol/cobo.md 4). */
export function readHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/^0[xX]/, '')
  return /^(?:[0-9a-fA-F]{2})+$/.test(digits) ? hexToBytes(digits) : undefined
}

/** Strict: padded, no white space, no bits left over. */
export function readBase64(text: string): Uint8Array | undefined {
  try {
    return text === '' ? undefined : base64.decode(text)
  } catch {
    return undefined
  }
}

function readBase64Bytes(bytes: Uint8Array): Uint8Array | undefined {
  return bytes.every((byte) => byte < 0x80) ? readBase64(new TextDecoder().decode(bytes)) : undefined
}
