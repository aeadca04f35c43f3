import { bech32 } from '@scure/base'
import { invalidAddress } from '../faults.ts'
import { networkKey, publicKeyHashKeys } from './address-key.ts'
import type { AddressText } from './address-text.ts'
import { bitcoinFamilyReader } from './bitcoin-family.ts'
import type { AddressReading } from './canonical-address.ts'
import type { Network } from './network.ts'
import { bytesOfWords } from './segwit.ts'

const PREFIXES: Readonly<Record<Network, string>> = { mainnet: 'bitcoincash', testnet: 'bchtest' }
const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const CHECKSUM_WORDS = 8
const GENERATORS = [0x98f2bc8e61n, 0x79b76d99e2n, 0xf33e5fb3c4n, 0xae2eabe2a8n, 0x1e4f43e470n]

/** Version bytes of CHIP-2022-02 CashTokens: types 2 and 3 say "takes tokens too" and pay the same script as 0 and 1. */
const P2PKH_20 = [0x00, 0x10]
const P2SH_20 = [0x08, 0x18]
const P2SH_32 = [0x0b, 0x1b]

const readLegacy = bitcoinFamilyReader('bitcoin-cash')

/** cashaddr with or without its prefix, in one case, or the legacy base58 form. */
export function readBitcoinCashAddress(text: AddressText, network: Network): AddressReading {
  const written = text.scheme === undefined ? text.body : `${text.scheme}:${text.body}`
  const isLegacy = text.scheme === undefined && /^[123mn]/.test(text.body)
  return isLegacy ? readLegacy(text, network) : readCashAddress(written, network)
}

function readCashAddress(written: string, network: Network): AddressReading {
  const lower = written.toLowerCase()
  if (written !== lower && written !== written.toUpperCase()) throw invalidAddress('cashaddr of mixed case')
  const prefix = PREFIXES[network]
  const body = lower.startsWith(`${prefix}:`) ? lower.slice(prefix.length + 1) : lower
  const words = Array.from(body, (letter) => ALPHABET.indexOf(letter))
  if (words.length <= CHECKSUM_WORDS || words.includes(-1)) throw invalidAddress('not cashaddr letters')
  const prefixWords = Array.from(prefix, (letter) => letter.charCodeAt(0) & 0x1f)
  if (polymod([...prefixWords, 0, ...words]) !== 0n) throw invalidAddress('cashaddr checksum differs')
  const [version = -1, ...rest] = bytesOfWords(words.slice(0, -CHECKSUM_WORDS))
  return readScript(version, Uint8Array.from(rest), network)
}

function readScript(version: number, hash: Uint8Array, network: Network): AddressReading {
  if (P2PKH_20.includes(version) && hash.length === 20) {
    const sameKey = publicKeyHashKeys(network, hash)
    return { key: sameKey[0], sameKey }
  }
  const prefix = P2SH_20.includes(version) && hash.length === 20 ? 'sh160' : 'sh256'
  if (prefix === 'sh256' && !(P2SH_32.includes(version) && hash.length === 32)) {
    throw invalidAddress('cashaddr type or length unknown')
  }
  const key = networkKey(network, prefix, hash)
  return { key, sameKey: [key] }
}

/** The address of a hash of 20 bytes, with its prefix. */
export function writeCashAddress(network: Network, type: 'P2PKH' | 'P2SH', hash: Uint8Array): string {
  const prefix = PREFIXES[network]
  const prefixWords = Array.from(prefix, (letter) => letter.charCodeAt(0) & 0x1f)
  const words = bech32.toWords(Uint8Array.of(type === 'P2PKH' ? 0x00 : 0x08, ...hash))
  const checksum = polymod([...prefixWords, 0, ...words, ...Array<number>(CHECKSUM_WORDS).fill(0)])
  const checksumWords = Array.from({ length: CHECKSUM_WORDS }, (_, index) =>
    Number((checksum >> BigInt(5 * (CHECKSUM_WORDS - 1 - index))) & 0x1fn),
  )
  return `${prefix}:${[...words, ...checksumWords].map((word) => ALPHABET.charAt(word)).join('')}`
}

/** The 40-bit BCH code of the cashaddr specification, reference section "Checksum". */
function polymod(words: readonly number[]): bigint {
  let state = 1n
  for (const word of words) {
    const top = state >> 35n
    state = ((state & 0x07ffffffffn) << 5n) ^ BigInt(word)
    GENERATORS.forEach((generator, bit) => {
      if ((top >> BigInt(bit)) & 1n) state ^= generator
    })
  }
  return state ^ 1n
}
