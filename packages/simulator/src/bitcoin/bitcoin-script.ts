import { ripemd160 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bech32, bech32m, createBase58check } from '@scure/base'

export type BitcoinNetwork = 'mainnet' | 'testnet'

/** Version bytes and human-readable part (Bitcoin Core kernel/chainparams.cpp). */
const PREFIXES = {
  mainnet: { p2pkh: 0x00, p2sh: 0x05, hrp: 'bc' },
  testnet: { p2pkh: 0x6f, p2sh: 0xc4, hrp: 'tb' },
} as const

const base58check = createBase58check(sha256)
const hash160 = (bytes: Uint8Array): Uint8Array => ripemd160(sha256(bytes))

export const p2pkhScript = (publicKey: Uint8Array): Uint8Array => keyHashScript(hash160(publicKey))

export function p2wpkhAddress(publicKey: Uint8Array, network: BitcoinNetwork): string {
  return bech32.encode(PREFIXES[network].hrp, [0, ...bech32.toWords(hash160(publicKey))])
}

export function p2pkhAddress(publicKey: Uint8Array, network: BitcoinNetwork): string {
  return base58check.encode(Uint8Array.of(PREFIXES[network].p2pkh, ...hash160(publicKey)))
}

/** The output script of an address. Throws RangeError for one of another network, or one that does not decode. */
export function outputScript(address: string, network: BitcoinNetwork): Uint8Array {
  const { p2pkh, p2sh, hrp } = PREFIXES[network]
  if (address.toLowerCase().startsWith(`${hrp}1`)) return witnessScript(address, hrp)
  const [version, ...hash] = base58check.decode(address)
  if (hash.length !== 20) throw new RangeError(`not an address: ${address}`)
  if (version === p2pkh) return keyHashScript(Uint8Array.from(hash))
  // OP_HASH160, the hash, OP_EQUAL.
  if (version === p2sh) return Uint8Array.of(0xa9, 20, ...hash, 0x87)
  throw new RangeError(`not an address of ${network}: ${address}`)
}

/** BIP-173 and BIP-350: version 0 is bech32, later versions bech32m. */
function witnessScript(address: string, hrp: string): Uint8Array {
  const decoded = bech32.decodeUnsafe(address) ?? bech32m.decodeUnsafe(address)
  const [version, ...words] = decoded?.words ?? []
  if (decoded?.prefix !== hrp || version === undefined) throw new RangeError(`not an address: ${address}`)
  const program = bech32.fromWords(words)
  return Uint8Array.of(version === 0 ? 0 : 0x50 + version, program.length, ...program)
}

/** OP_DUP, OP_HASH160, the hash, OP_EQUALVERIFY, OP_CHECKSIG. */
const keyHashScript = (hash: Uint8Array): Uint8Array => Uint8Array.of(0x76, 0xa9, 20, ...hash, 0x88, 0xac)
