import { base58, base58xmr, bech32, bech32m } from '@scure/base'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readListedAddress } from '../src/index.ts'
import * as encode from './encode-address.ts'
import { readByEveryFamily } from './read-by-every-family.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
/** Every version byte, and every two of which the first is one of Zcash's. */
const versions = fc.oneof(
  fc
    .constantFrom(
      '00',
      '05',
      '30',
      '32',
      '1e',
      '16',
      '4c',
      '10',
      '1cb8',
      '1cbd',
      '26',
      '17',
      '21',
      '41',
      '6f',
      'c4',
      '3a',
      '71',
      '8c',
      '13',
      '1d25',
      '1cba',
    )
    .map((hex) => encode.hexToBytes(hex)),
  fc.integer({ min: 0, max: 255 }).map((byte) => Uint8Array.of(byte)),
  fc.tuple(fc.constantFrom(0x1c, 0x1d), fc.integer({ min: 0, max: 255 })).map((pair) => Uint8Array.from(pair)),
)
const cashVersions = fc.oneof(fc.constantFrom(0, 8, 0x0b, 0x1b), fc.integer({ min: 0, max: 255 }))
const hrps = fc.constantFrom('bc', 'tb', 'ltc', 'tltc', 'btg', 'bnb', 'tbnb', 'cosmos', 'inj', 'addr', 'x', 'a1b')

function monero(network: number, content: Uint8Array): string {
  const all = concatBytes(Uint8Array.of(network), content)
  return base58xmr.encode(concatBytes(all, keccak_256(all).slice(0, 4)))
}

/** Addresses that are right in themselves, of every form that any family has, and of lengths and versions that none has. */
const madeUp: fc.Arbitrary<string> = fc.oneof(
  bytes(20).map((hash) => `0x${encode.bytesToHex(hash)}`),
  bytes(20).map((hash) => `0X${encode.bytesToHex(hash).toUpperCase()}`),
  bytes(20).map((hash) => `41${encode.bytesToHex(hash)}`),
  fc.tuple(versions, bytes(20)).map(([version, hash]) => encode.versioned(encode.bytesToHex(version), hash)),
  fc
    .tuple(versions, fc.constantFrom(0, 255))
    .map(([version, byte]) => encode.versioned(encode.bytesToHex(version), new Uint8Array(20).fill(byte))),
  fc
    .tuple(hrps, fc.integer({ min: 0, max: 16 }), fc.constantFrom(20, 32, 40), fc.boolean())
    .chain(([hrp, version, length, isLong]) =>
      bytes(length).map((program) => encode.witness(hrp, version, program, isLong ? 'bech32m' : 'bech32')),
    ),
  fc
    .tuple(hrps, fc.integer({ min: 18, max: 34 }), fc.constantFrom(bech32, bech32m))
    .chain(([hrp, length, coder]) => bytes(length).map((payload) => coder.encode(hrp, coder.toWords(payload)))),
  fc
    .tuple(fc.constantFrom('bitcoincash', 'bchtest'), cashVersions, fc.constantFrom(20, 24, 32))
    .chain(([prefix, version, length]) =>
      bytes(length).chain((hash) => {
        const address = encode.cashaddr(prefix, version, hash)
        return fc.constantFrom(address, address.toUpperCase(), address.slice(prefix.length + 1))
      }),
    ),
  fc
    .integer({ min: 31, max: 33 })
    .chain(bytes)
    .map((key) => base58.encode(key)),
  fc.integer({ min: 0, max: 32 }).map((zeros) => base58.encode(new Uint8Array(32).fill(7, zeros))),
  bytes(20).map(encode.classicXrp),
  fc
    .tuple(fc.constantFrom('0544', '0493', '0500'), bytes(20), fc.constantFrom(0, 1, 2))
    .map(([version, account, flag]) => encode.xAddress(version, account, flag, flag === 0 ? 0n : 77n)),
  fc
    .tuple(fc.constantFrom(6 << 3, 12 << 3, 18 << 3), fc.constantFrom(32, 40))
    .chain(([version, length]) => bytes(length).map((key) => encode.strkey(version, key))),
  fc
    .tuple(
      fc.constantFrom(0x11, 0x51, 0x91, 0xd1, 0x12),
      fc.constantFrom(0, 255, 1),
      bytes(32),
      fc.constantFrom('base64' as const, 'base64url' as const),
    )
    .map((parts) => encode.ton(...parts)),
  fc
    .tuple(fc.constantFrom('0', '-1', '1'), bytes(32))
    .map(([workchain, hash]) => `${workchain}:${encode.bytesToHex(hash)}`),
  fc
    .tuple(
      fc.constantFrom(Uint8Array.of(0), Uint8Array.of(42), Uint8Array.of(0x4e, 0x73), Uint8Array.of(0x7f, 0xff)),
      bytes(32),
    )
    .map(([prefix, account]) => encode.substrate(prefix, account)),
  fc
    .tuple(fc.constantFrom(18, 19, 42, 53, 54, 63, 24, 25, 36, 1), fc.constantFrom(64, 72))
    .chain(([network, length]) => bytes(length).map((content) => monero(network, content))),
)

const SCHEMES = [
  '',
  'bitcoin:',
  'BITCOIN:',
  'ethereum:',
  'tron:',
  'solana:',
  'xrp:',
  'bitcoincash:',
  'monero:',
  'other:',
]
const spelled = fc
  .tuple(
    madeUp,
    fc.constantFrom(...SCHEMES),
    fc.constantFrom('', '?amount=1', '?dt=5'),
    fc.constantFrom('', ' ', '\t', '\u200b'),
  )
  .map(([text, scheme, query, space]) => `${space}${scheme}${text}${query}${space}`)

/** One character replaced, put in, or left out. */
const mutated = fc
  .tuple(madeUp, fc.nat(), fc.constantFrom(...Array.from('0123456789ABCXYZabcxyz:-_+/ lIO\u0410'), ''), fc.boolean())
  .map(([text, position, letter, isReplaced]) => {
    const at = position % text.length
    return text.slice(0, at) + letter + text.slice(isReplaced ? at + 1 : at)
  })

function expectAllReadings(value: string): void {
  const all = readByEveryFamily(value)
  if (all.length > 0) expect(readListedAddress(value)).toEqual(all)
  else expect(readListedAddress(value)).toMatchObject([{ family: 'opaque', raw: value.replace(/^ +| +$/g, '') }])
}

describe('looking at the shape of a value first loses no reading', () => {
  it.each<[string, fc.Arbitrary<string>, number]>([
    ['an address of any family, version and length', madeUp, 4000],
    ['an address within a payment URI, a query, spaces', spelled, 1000],
    ['an address with one character changed', mutated, 2000],
    ['any text', fc.string({ unit: 'binary', maxLength: 120 }).filter((text) => text.replace(/ /g, '') !== ''), 500],
  ])('of %s', (_, values, numRuns) => {
    fc.assert(fc.property(values, expectAllReadings), { numRuns })
  })

  it('of the addresses that OFAC lists, as they are and in one case', () => {
    const rows = readFileSync(new URL('./data/ofac_dca_2025-11-19.csv', import.meta.url), 'utf8')
      .trim()
      .split('\n')
    const values = new Set(rows.slice(1).map((row) => row.split(',')[2] ?? ''))
    expect(values.size).toBe(745)
    for (const value of values)
      for (const spelling of [value, value.toUpperCase(), value.toLowerCase(), ` ${value} `])
        expectAllReadings(spelling)
  })

  it('and the made-up addresses are read as every family there is', () => {
    const families = new Set(
      fc
        .sample(madeUp, { numRuns: 6000, seed: 5 })
        .flatMap((text) => readListedAddress(text).map(({ family, network }) => `${family} ${network}`)),
    )
    expect([...families].sort()).toMatchInlineSnapshot(`
      [
        "bitcoin mainnet",
        "bitcoin testnet",
        "bitcoin-cash mainnet",
        "bitcoin-cash testnet",
        "bitcoin-gold mainnet",
        "bitcoin-sv mainnet",
        "bitcoin-sv testnet",
        "cosmos mainnet",
        "cosmos testnet",
        "dash mainnet",
        "dash testnet",
        "dogecoin mainnet",
        "dogecoin testnet",
        "evm mainnet",
        "litecoin mainnet",
        "litecoin testnet",
        "monero mainnet",
        "monero testnet",
        "opaque mainnet",
        "solana mainnet",
        "stellar mainnet",
        "substrate mainnet",
        "ton mainnet",
        "ton testnet",
        "tron mainnet",
        "verge mainnet",
        "xrp mainnet",
        "xrp testnet",
        "zcash mainnet",
        "zcash testnet",
      ]
    `)
  })
})
