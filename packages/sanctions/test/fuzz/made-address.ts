import { createHash } from 'node:crypto'
import { canonicalizeAddress, type CanonicalAddress, type ChainFamily } from '@callback-quorum/chains'
import * as encode from '../../../chains/test/encode-address.ts'
import type { Random } from './random.ts'

/** One way to write an address, and how its chain reads that. */
export interface Spelling {
  readonly family: ChainFamily
  readonly text: string
  readonly reading: CanonicalAddress
}

/** One owner, and every way to write an address of theirs: whichever is listed, all are blocked. */
export interface MadeAddress {
  readonly kind: string
  readonly spellings: readonly Spelling[]
}

type Written = readonly [family: ChainFamily, text: string]

const digest = (algorithm: 'sha256' | 'ripemd160', bytes: Uint8Array): Uint8Array =>
  createHash(algorithm).update(bytes).digest()
const hash160 = (...bytes: number[]): Uint8Array => digest('ripemd160', digest('sha256', Uint8Array.from(bytes)))

const cashaddr = (version: number, hash: Uint8Array): readonly Written[] => {
  const whole = encode.cashaddr('bitcoincash', version, hash)
  return [whole, whole.toUpperCase(), whole.slice(whole.indexOf(':') + 1)].map((text) => ['bitcoin-cash', text])
}

/** BIP-173: all lower or all upper case, as in QR codes. */
const bech32 = (family: ChainFamily, text: string): readonly Written[] => [
  [family, text],
  [family, text.toUpperCase()],
]

const scriptHash = (hash: Uint8Array): readonly Written[] => [
  ['bitcoin', encode.versioned('05', hash)],
  ['litecoin', encode.versioned('05', hash)],
  ['litecoin', encode.versioned('32', hash)],
  ['dogecoin', encode.versioned('16', hash)],
  ['dash', encode.versioned('10', hash)],
  ['zcash', encode.versioned('1cbd', hash)],
  ['bitcoin-gold', encode.versioned('17', hash)],
  ['bitcoin-sv', encode.versioned('05', hash)],
  ['verge', encode.versioned('21', hash)],
  ...cashaddr(0x08, hash),
  ...cashaddr(0x18, hash),
]

const publicKeyHash = (hash: Uint8Array): readonly Written[] => [
  ['bitcoin', encode.versioned('00', hash)],
  ...bech32('bitcoin', encode.witness('bc', 0, hash)),
  ['bitcoin', encode.versioned('05', hash160(0x00, 0x14, ...hash))],
  ['bitcoin-cash', encode.versioned('00', hash)],
  ...cashaddr(0x00, hash),
  ...cashaddr(0x10, hash),
  ['bitcoin-sv', encode.versioned('00', hash)],
  ['bitcoin-gold', encode.versioned('26', hash)],
  ...bech32('bitcoin-gold', encode.witness('btg', 0, hash)),
  ['litecoin', encode.versioned('30', hash)],
  ...bech32('litecoin', encode.witness('ltc', 0, hash)),
  ['dogecoin', encode.versioned('1e', hash)],
  ['verge', encode.versioned('1e', hash)],
  ['dash', encode.versioned('4c', hash)],
  ['zcash', encode.versioned('1cb8', hash)],
  ...bech32('cosmos', encode.cosmos('bnb', hash)),
  ...bech32('cosmos', encode.cosmos('cosmos', hash)),
  ['xrp', encode.classicXrp(hash)],
]

const keccakKey = (hash: Uint8Array): readonly Written[] => {
  const hex = encode.bytesToHex(hash)
  return [
    ['evm', encode.eip55(hash)],
    ['evm', `0x${hex}`],
    ['evm', `0x${hex.toUpperCase()}`],
    ['tron', encode.versioned('41', hash)],
    ['tron', `41${hex}`],
    ['tron', `41${hex.toUpperCase()}`],
    ['tron', `0x${hex}`],
    ...bech32('cosmos', encode.cosmos('inj', hash)),
  ]
}

const witnessScript = (hash: Uint8Array): readonly Written[] => [
  ...bech32('bitcoin', encode.witness('bc', 0, hash)),
  ...bech32('litecoin', encode.witness('ltc', 0, hash)),
  ['bitcoin', encode.versioned('05', hash160(0x00, 0x20, ...hash))],
]

const taproot = (key: Uint8Array): readonly Written[] => [
  ...bech32('bitcoin', encode.witness('bc', 1, key)),
  ...bech32('litecoin', encode.witness('ltc', 1, key)),
]

const edwardsKey = (key: Uint8Array): readonly Written[] => [
  ['solana', encode.solana(key)],
  ['stellar', encode.strkey(6 << 3, key)],
  ['stellar', encode.strkey(12 << 3, Uint8Array.from([...key, 0, 0, 0, 0, 0, 0, 0, 9]))],
  ['substrate', encode.substrate(Uint8Array.of(0), key)],
  ['substrate', encode.substrate(Uint8Array.of(42), key)],
  ['substrate', encode.substrate(Uint8Array.of(0x4e, 0x73), key)],
]

const xrpAccount = (account: Uint8Array): readonly Written[] => [
  ['xrp', encode.classicXrp(account)],
  ['xrp', encode.xAddress('0544', account, 0, 0n)],
  ['xrp', encode.xAddress('0544', account, 1, 12345n)],
]

const tonAccount =
  (workchain: 0 | -1) =>
  (hash: Uint8Array): readonly Written[] => [
    ['ton', `${String(workchain)}:${encode.bytesToHex(hash)}`],
    ['ton', `${String(workchain)}:${encode.bytesToHex(hash).toUpperCase()}`],
    ['ton', encode.ton(0x11, workchain, hash, 'base64')],
    ['ton', encode.ton(0x11, workchain, hash, 'base64url')],
    ['ton', encode.ton(0x51, workchain, hash, 'base64')],
    ['ton', encode.ton(0x51, workchain, hash, 'base64url')],
  ]

const moneroKeys = (keys: Uint8Array): readonly Written[] => [
  ['monero', encode.monero(18, keys)],
  ['monero', encode.monero(19, keys, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))],
]

const KINDS: readonly (readonly [kind: string, bytes: number, write: (payload: Uint8Array) => readonly Written[]])[] = [
  ['public key hash', 20, publicKeyHash],
  ['script hash', 20, scriptHash],
  ['script hash of 32 bytes', 32, (hash) => [...cashaddr(0x0b, hash), ...cashaddr(0x1b, hash)]],
  ['witness script', 32, witnessScript],
  ['taproot key', 32, taproot],
  ['keccak key', 20, keccakKey],
  ['edwards key', 32, edwardsKey],
  ['XRP account', 20, xrpAccount],
  ['TON account', 32, tonAccount(0)],
  ['TON account of the masterchain', 32, tonAccount(-1)],
  ['Monero keys', 64, moneroKeys],
  ['Monero subaddress', 64, (keys) => [['monero', encode.monero(42, keys)]]],
  ['contract of a Cosmos chain', 32, (hash) => bech32('cosmos', encode.cosmos('juno', hash))],
]

/** An address of any kind. Zero bytes in front, which base58 writes as ones and hexadecimal could lose, come more often than by chance. */
export function makeAddress(random: Random): MadeAddress {
  const [kind, length, write] = random.pick(KINDS)
  const payload = random.bytes(length)
  if (random.oneIn(8)) payload.fill(0, 0, random.between(1, 4))
  return {
    kind,
    spellings: write(payload).map(([family, text]) => ({
      family,
      text,
      reading: canonicalizeAddress(family, 'mainnet', text),
    })),
  }
}
