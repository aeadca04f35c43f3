import {
  base58,
  base58xmr,
  base58xrp,
  base64,
  base64url,
  bech32,
  bech32m,
  base32nopad,
  createBase58check,
} from '@scure/base'
import { blake2b } from '@noble/hashes/blake2.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { ChainsFault } from '../src/index.ts'

/** Writers of addresses, so that tests can spell one payload in every way; the package itself only reads. */

export function versioned(versionHex: string, payload: Uint8Array): string {
  return createBase58check(sha256).encode(concatBytes(hexToBytes(versionHex), payload))
}

export function witness(hrp: string, version: number, program: Uint8Array, variant?: 'bech32' | 'bech32m'): string {
  const coder = (variant ?? (version === 0 ? 'bech32' : 'bech32m')) === 'bech32' ? bech32 : bech32m
  return coder.encode(hrp, [version, ...coder.toWords(program)])
}

export function cosmos(hrp: string, payload: Uint8Array): string {
  return bech32.encode(hrp, bech32.toWords(payload))
}

export function classicXrp(account: Uint8Array): string {
  return ripple(concatBytes(Uint8Array.of(0), account))
}

export function xAddress(versionHex: string, account: Uint8Array, flag: number, tag: bigint): string {
  const tail = new DataView(new ArrayBuffer(9))
  tail.setUint8(0, flag)
  tail.setBigUint64(1, tag, true)
  return ripple(concatBytes(hexToBytes(versionHex), account, new Uint8Array(tail.buffer)))
}

function ripple(content: Uint8Array): string {
  return base58xrp.encode(concatBytes(content, sha256(sha256(content)).slice(0, 4)))
}

export function substrate(prefix: Uint8Array, account: Uint8Array): string {
  const content = concatBytes(prefix, account)
  const hash = blake2b(concatBytes(utf8ToBytes('SS58PRE'), content), { dkLen: 64 })
  return base58.encode(concatBytes(content, hash.slice(0, 2)))
}

export function strkey(version: number, payload: Uint8Array): string {
  const content = concatBytes(Uint8Array.of(version), payload)
  const crc = xmodem(content)
  return base32nopad.encode(concatBytes(content, Uint8Array.of(crc & 0xff, crc >> 8)))
}

export function ton(flags: number, workchain: number, hash: Uint8Array, alphabet: 'base64' | 'base64url'): string {
  const content = concatBytes(Uint8Array.of(flags, workchain & 0xff), hash)
  const crc = xmodem(content)
  const bytes = concatBytes(content, Uint8Array.of(crc >> 8, crc & 0xff))
  return (alphabet === 'base64' ? base64 : base64url).encode(bytes)
}

function xmodem(bytes: Uint8Array): number {
  let crc = 0n
  for (const byte of [...bytes, 0, 0]) {
    crc = (crc << 8n) | BigInt(byte)
    for (let bit = 23n; bit >= 16n; bit--) if ((crc >> bit) & 1n) crc ^= 0x11021n << (bit - 16n)
  }
  return Number(crc)
}

/** base58 of 32 bytes, without a checksum. */
export const solana = (account: Uint8Array): string => base58.encode(account)

/** `form`: the network byte, 18 and 42 for addresses of mainnet, 19 for one with a payment id after the keys. */
export function monero(form: number, keys: Uint8Array, paymentId = new Uint8Array()): string {
  const content = concatBytes(Uint8Array.of(form), keys, paymentId)
  return base58xmr.encode(concatBytes(content, keccak_256(content).slice(0, 4)))
}

/** `0x` and the digits in the case of EIP-55. */
export function eip55(account: Uint8Array): string {
  const digits = bytesToHex(account)
  const hash = bytesToHex(keccak_256(utf8ToBytes(digits)))
  return `0x${Array.from(digits, (digit, at) => (/[89a-f]/.test(hash.charAt(at)) ? digit.toUpperCase() : digit)).join('')}`
}

const CASHADDR = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

/** The reference encoder of the cashaddr specification, on bigint. */
export function cashaddr(prefix: string, version: number, hash: Uint8Array): string {
  const words = bech32.toWords(concatBytes(Uint8Array.of(version), hash))
  const head = Array.from(prefix, (letter) => letter.charCodeAt(0) & 31)
  const generators = [0x98f2bc8e61n, 0x79b76d99e2n, 0xf33e5fb3c4n, 0xae2eabe2a8n, 0x1e4f43e470n]
  let c = 1n
  for (const word of [...head, 0, ...words, 0, 0, 0, 0, 0, 0, 0, 0]) {
    const top = c >> 35n
    c = ((c & 0x07ffffffffn) << 5n) ^ BigInt(word)
    generators.forEach((generator, bit) => (c ^= (top >> BigInt(bit)) & 1n ? generator : 0n))
  }
  const checksum = Array.from({ length: 8 }, (_, at) => Number(((c ^ 1n) >> BigInt(5 * (7 - at))) & 31n))
  return `${prefix}:${[...words, ...checksum].map((word) => CASHADDR.charAt(word)).join('')}`
}

export { bytesToHex, hexToBytes }

/** The fault that `work` throws; undefined when it refuses nothing. */
export function faultOf(work: () => unknown): ChainsFault | undefined {
  try {
    work()
  } catch (error) {
    if (error instanceof ChainsFault) return error
    throw error
  }
  return undefined
}

/** The code of the fault that `work` throws, or what it returned instead of refusing. */
export function refusal(work: () => unknown): unknown {
  return faultOf(work)?.code ?? { accepted: work() }
}
