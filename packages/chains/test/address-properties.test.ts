import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalizeAddress, type ChainFamily, readListedAddress } from '../src/index.ts'
import * as encode from './encode-address.ts'
import { refusal } from './encode-address.ts'

const read = (family: ChainFamily, text: string) => canonicalizeAddress(family, 'mainnet', text)
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

type Spelling = readonly [family: ChainFamily, text: string]

const p2pkhSpellings = (hash: Uint8Array): readonly Spelling[] => [
  ['bitcoin', encode.versioned('00', hash)],
  ['bitcoin', encode.witness('bc', 0, hash)],
  ['bitcoin', encode.witness('bc', 0, hash).toUpperCase()],
  ['bitcoin-cash', encode.cashaddr('bitcoincash', 0x00, hash)],
  ['bitcoin-cash', encode.cashaddr('bitcoincash', 0x10, hash).toUpperCase()],
  ['bitcoin-cash', encode.cashaddr('bitcoincash', 0x00, hash).slice('bitcoincash:'.length)],
  ['bitcoin-cash', encode.versioned('00', hash)],
  ['litecoin', encode.versioned('30', hash)],
  ['litecoin', encode.witness('ltc', 0, hash)],
  ['dogecoin', encode.versioned('1e', hash)],
  ['zcash', encode.versioned('1cb8', hash)],
  ['cosmos', encode.cosmos('bnb', hash)],
]

const key20Spellings = (hash: Uint8Array): readonly Spelling[] => {
  const hex = encode.bytesToHex(hash)
  return [
    ['evm', `0x${hex}`],
    ['evm', `0x${hex.toUpperCase()}`],
    ['tron', encode.versioned('41', hash)],
    ['tron', `41${hex}`],
    ['tron', `0x${hex}`],
    ['cosmos', encode.cosmos('inj', hash)],
  ]
}

const tonSpellings = (hash: Uint8Array): readonly Spelling[] => [
  ['ton', `0:${encode.bytesToHex(hash)}`],
  ['ton', encode.ton(0x11, 0, hash, 'base64')],
  ['ton', encode.ton(0x51, 0, hash, 'base64url')],
]

const ed32Spellings = (key: Uint8Array): readonly Spelling[] => [
  ['stellar', encode.strkey(6 << 3, key)],
  ['stellar', encode.strkey(12 << 3, Uint8Array.from([...key, 0, 0, 0, 0, 0, 0, 0, 9]))],
  ['substrate', encode.substrate(Uint8Array.of(0), key)],
  ['substrate', encode.substrate(Uint8Array.of(0x4e, 0x73), key)],
]

const xrpSpellings = (account: Uint8Array): readonly Spelling[] => [
  ['xrp', encode.classicXrp(account)],
  ['xrp', encode.xAddress('0544', account, 0, 0n)],
  ['xrp', encode.xAddress('0544', account, 1, 4294967295n)],
]

describe('one payload', () => {
  it.each<[string, number, string, (payload: Uint8Array) => readonly Spelling[]]>([
    ['of HASH160', 20, 'h160', p2pkhSpellings],
    ['of keccak-256', 20, 'key20', key20Spellings],
    ['of an XRP account', 20, 'xrp', xrpSpellings],
    ['of a TON account', 32, 'ton:0', tonSpellings],
    ['of an ed25519 key', 32, 'ed32', ed32Spellings],
  ])('%s has one key in every spelling', (_, length, prefix, spellings) => {
    fc.assert(
      fc.property(bytes(length), (payload) => {
        const keys = spellings(payload).map(([family, text]) => read(family, text).key)
        expect(new Set(keys)).toEqual(new Set([`${prefix}:${encode.bytesToHex(payload)}`]))
      }),
    )
  })

  it('is read from a list with the key that a request for it has', () => {
    fc.assert(
      fc.property(bytes(20), bytes(32), (hash, account) => {
        const spellings = [
          ...p2pkhSpellings(hash),
          ...key20Spellings(hash),
          ...xrpSpellings(hash),
          ...tonSpellings(account),
        ]
        for (const [family, text] of spellings) {
          expect(readListedAddress(text).map(({ key }) => key)).toContain(read(family, text).key)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('is a key of its own: other bytes never share it', () => {
    fc.assert(
      fc.property(bytes(20), bytes(20), (one, other) => {
        fc.pre(encode.bytesToHex(one) !== encode.bytesToHex(other))
        expect(read('bitcoin', encode.versioned('00', one)).key).not.toBe(
          read('bitcoin', encode.versioned('00', other)).key,
        )
      }),
    )
  })
})

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz:-_+/ '

/** Every text that differs from `text` in one character. */
function* oneCharacterAway(text: string): Generator<string> {
  for (let at = 0; at < text.length; at++) {
    for (const letter of LETTERS) {
      if (letter !== text.charAt(at)) yield text.slice(0, at) + letter + text.slice(at + 1)
    }
  }
}

describe('one wrong character', () => {
  // prettier-ignore
  it.each<[string, ChainFamily, string]>([
    ['base58check', 'bitcoin', '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'],
    ['TRON', 'tron', 'TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq'],
    ['bech32', 'bitcoin', 'bc1qpa78qajm34ypqk6unwwn9tgxrc9evaez76c64s'],
    ['bech32m', 'bitcoin', 'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0'],
    ['cashaddr', 'bitcoin-cash', 'qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq'],
    ['XRP', 'xrp', 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66'],
    ['X-address', 'xrp', 'X75KjMo4pw9UQ9H7hbpCZUDfskq2PLNGsUMNLb58LzRZpGB'],
    ['Stellar', 'stellar', 'GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ'],
    ['Stellar muxed', 'stellar', 'MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK'],
    ['TON', 'ton', 'EQCD39VS5jcptHL8vMjEXrzGaRcCVYto7HUn4bpAOg8xqB2N'],
    ['Zcash', 'zcash', encode.versioned('1cb8', new Uint8Array(20))],
    ['Cosmos', 'cosmos', encode.cosmos('cosmos', new Uint8Array(20))],
  ])('makes an address of %s invalid, whichever it is', (_, family, text) => {
    for (const changed of oneCharacterAway(` ${text}`)) {
      if (changed.trim() !== text) expect([changed, refusal(() => read(family, changed))]).toEqual([changed, 'ADDRESS_INVALID'])
    }
  })

  it.each<[string, ChainFamily, string]>([
    ['Solana, which has no checksum', 'solana', 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v'],
    ['SS58, whose checksum has two bytes', 'substrate', '15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5'],
    ['an opaque chain', 'opaque', 'vee1abcDEF'],
  ])('never keeps the key of %s', (_, family, text) => {
    const { key } = read(family, text)
    for (const changed of oneCharacterAway(text)) {
      if (changed.trim().length !== text.length) continue
      const result = refusal(() => read(family, changed).key)
      if (result !== 'ADDRESS_INVALID') expect(result).not.toEqual({ accepted: key })
    }
  })

  it('keeps the key of an EVM address only when it is the case, and then says so', () => {
    const text = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'
    const { key } = read('evm', text)
    for (const changed of oneCharacterAway(text)) {
      if (refusal(() => read('evm', changed)) === 'ADDRESS_INVALID') continue
      const onlyCase = changed.toLowerCase() === text.toLowerCase()
      expect(read('evm', changed).key === key).toBe(onlyCase)
      expect(read('evm', changed).warnings).toEqual(['ADDRESS_CHECKSUM'])
    }
  })
})

describe('any text', () => {
  const families = fc.constantFrom<ChainFamily>(
    'evm',
    'tron',
    'bitcoin',
    'bitcoin-cash',
    'solana',
    'xrp',
    'stellar',
    'ton',
    'monero',
    'cosmos',
    'substrate',
  )

  it('is read or refused with a code, and never breaks the reader', () => {
    fc.assert(
      fc.property(families, fc.string({ unit: 'binary', maxLength: 120 }), (family, text) => {
        const result = refusal(() => read(family, text).key)
        if (result !== 'ADDRESS_INVALID') expect(result).toMatchObject({ accepted: expect.any(String) as string })
      }),
      { numRuns: 1000 },
    )
  })

  it('in a list is never dropped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (text) => {
        fc.pre(text.replace(/^ +| +$/g, '') !== '')
        expect(readListedAddress(text).length).toBeGreaterThan(0)
      }),
    )
  })
})
