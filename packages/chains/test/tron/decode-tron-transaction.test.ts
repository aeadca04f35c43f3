import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import type { Effect } from '../../src/transaction/effect.ts'
import { CONTRACT_NAMES } from '../../src/tron/contract-names.ts'
import { decodeTronTransaction } from '../../src/tron/decode-tron-transaction.ts'
import { tronAccount } from '../../src/tron/tron-account.ts'
import vectors from '../data/transaction-vectors.json' with { type: 'json' }
import { content, number } from './protobuf.ts'
import {
  address,
  answer,
  contract,
  EXPIRATION,
  hex,
  OWNER,
  raw,
  textOf,
  TO,
  TOKEN,
  transfer,
  trigger,
} from './tron-raw.ts'

const MALFORMED = 'TRANSACTION_MALFORMED'
const UNSUPPORTED = 'TRANSACTION_UNSUPPORTED'
const TOO_LARGE = 'TRANSACTION_TOO_LARGE'

const owner = tronAccount(OWNER.slice(1))
const to = tronAccount(TO.slice(1))
const token = tronAccount(TOKEN.slice(1))
const at = 'contracts[0]'
const effectsOf = (bytes: Uint8Array): readonly Effect[] => decodeTronTransaction(bytes).effects

describe("Cobo's vector of a TRX transfer", () => {
  const vector = vectors.cobo_raw_tx.find(({ chain }) => chain === 'tron')
  const bytes = hex(vector?.unsigned_raw_tx.slice(2) ?? '')

  test('pays who the template says, and has the hash that the template says', () => {
    const decoded = decodeTronTransaction(bytes)
    expect(`0x${decoded.toSign[0].hash}`).toBe(vector?.msg_hash)
    expect(decoded.toSign[0].account?.text).toBe('TVpZV9L9v3HzcUiXkws2DWbiAomFQhXSzU')
    expect(decoded.effects).toEqual([
      {
        effect: 'transfer',
        holding: { kind: 'coin' },
        from: { key: 'key20:d9bfdf13be2f3d0409a7c25bf0e0d314f722ba1a', text: 'TVpZV9L9v3HzcUiXkws2DWbiAomFQhXSzU' },
        to: { key: 'key20:2ea8adf8a3b2f667f340268d2622ae06b8b4fde5', text: vector?.destination },
        amountAtomic: 10_000_000n,
        at,
      },
    ])
    expect(decoded.expiresAtMs).toBe(1_741_716_630_000n)
    // The chain does not look at the fee limit of a transfer, which the vector has all the same.
    expect(decoded.fee).toEqual({ isProven: true })
    expect(decoded.call).toBeUndefined()
  })

  test.each([
    ["the template's three bytes", hex('010203')],
    ['no bytes', new Uint8Array()],
    ['a byte behind the end', concatBytes(bytes, Uint8Array.of(0))],
    ['a second transaction behind the end', concatBytes(bytes, bytes)],
    ['an end that is missing', bytes.slice(0, -1)],
    ['the signed transaction around it', content(1, bytes)],
  ])('%s: malformed', (_, changed) => {
    expect(answer(changed)).toBe(MALFORMED)
  })

  test('cut off anywhere, it is refused', () => {
    // Without the fee limit and the timestamp behind its contract, it is another transaction, whole, with another hash.
    const feeLimit = 5
    const timestamp = 7
    const whole = [bytes.length - feeLimit, bytes.length - feeLimit - timestamp]
    for (let length = 0; length < bytes.length; length++) {
      expect([length, answer(bytes.slice(0, length))]).toEqual([length, whole.includes(length) ? 'decoded' : MALFORMED])
    }
  })
})

describe('tronAccount', () => {
  test('writes 20 bytes as base58check and refuses any other number of bytes', () => {
    expect(tronAccount(hex('a614f803b6fd780986a42c78ec9c7f77e6ded13c'))).toEqual({
      key: 'key20:a614f803b6fd780986a42c78ec9c7f77e6ded13c',
      text: 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t',
    })
    expect(tronAccount(TO.slice(1)).text).toBe(textOf(TO))
    for (const length of [0, 19, 21, 32]) expect(() => tronAccount(new Uint8Array(length))).toThrow('not 20 bytes')
  })
})

describe('the transaction around the contracts', () => {
  const head = (first: string, hash: string, expiration: bigint): Uint8Array =>
    concatBytes(content(1, hex(first)), content(4, hex(hash)), ...(expiration > 0n ? [number(8, expiration)] : []))
  const after = (start: Uint8Array): Uint8Array => concatBytes(start, content(11, transfer()))
  const hash = '25a91be86ea2bb1e'

  test.each<[string, Uint8Array, string]>([
    ['as it should be', after(head('4e6e', hash, EXPIRATION)), 'decoded'],
    [
      'a block number, a timestamp and a fee limit',
      concatBytes(
        content(1, hex('4e6e')),
        number(3, 7),
        content(4, hex(hash)),
        number(8, 9),
        content(11, transfer()),
        number(14, 5),
        number(18, 6),
      ),
      'decoded',
    ],
    ['no contract', head('4e6e', hash, EXPIRATION), MALFORMED],
    ['no expiration', after(head('4e6e', hash, 0n)), MALFORMED],
    ['a block reference of one byte', after(head('4e', hash, EXPIRATION)), MALFORMED],
    ['a block reference of three bytes', after(head('4e6e00', hash, EXPIRATION)), MALFORMED],
    ['a block hash of 32 bytes', after(head('4e6e', hash.repeat(4), EXPIRATION)), MALFORMED],
    ['authorities', raw([transfer()], { before: content(9, content(2, 'owner')) }), UNSUPPORTED],
    ['an authority that is empty', raw([transfer()], { before: content(9, '') }), UNSUPPORTED],
    ['scripts', raw([transfer()], { after: content(12, Uint8Array.of(1)) }), UNSUPPORTED],
    ['more than a node takes', raw([transfer()], { before: content(10, new Uint8Array(512_000)) }), TOO_LARGE],
    ['as much as a node takes', raw([transfer()], { before: content(10, new Uint8Array(511_000)) }), 'decoded'],
    ['65 contracts', raw(Array.from({ length: 65 }, () => transfer())), TOO_LARGE],
  ])('%s', (_, bytes, expected) => {
    expect(answer(bytes)).toBe(expected)
  })

  test.each([
    ['text', utf8ToBytes('order 7'), 'order 7'],
    ['text behind a byte order mark, which is not lost', utf8ToBytes('\ufefforder 7'), '\ufefforder 7'],
    ['bytes that are no text', Uint8Array.of(0xff, 0x00), '0xff00'],
  ])('a memo of %s is an effect', (_, data, text) => {
    expect(effectsOf(raw([transfer()], { before: content(10, data) }))).toContainEqual({
      effect: 'memo',
      text,
      at: 'data',
    })
  })
})

describe('the contracts', () => {
  const parts = concatBytes(content(1, OWNER), content(2, TO), number(3, 5))
  const message = (...fields: readonly Uint8Array[]) => raw([contract(1, 'TransferContract', concatBytes(...fields))])

  test.each<[string, Uint8Array, string]>([
    ['a type whose number says something else', raw([contract(31, 'TransferContract', parts)]), MALFORMED],
    ['a type whose name says something else', raw([contract(1, 'TransferAssetContract', parts)]), MALFORMED],
    ['a name in another case', raw([contract(1, 'transferContract', parts)]), MALFORMED],
    [
      'another host of the name',
      raw([contract(1, '', parts, { typeUrl: 'example.org/protocol.TransferContract' })]),
      MALFORMED,
    ],
    ['a name without a host', raw([contract(1, '', parts, { typeUrl: 'protocol.TransferContract' })]), MALFORMED],
    ['a name with something behind it', raw([contract(1, 'TransferContract ', parts)]), MALFORMED],
    ['no parameter', raw([number(1, 1)]), MALFORMED],
    ['an empty message', raw([contract(1, 'TransferContract', new Uint8Array())]), MALFORMED],
    ['an empty contract', raw([new Uint8Array()]), MALFORMED],
    ['a provider', raw([contract(1, 'TransferContract', parts, { rest: content(3, OWNER) })]), UNSUPPORTED],
    ['a contract name', raw([contract(1, 'TransferContract', parts, { rest: content(4, 'x') })]), UNSUPPORTED],
    ['a number that no type has', raw([contract(99, 'TransferContract', parts)]), UNSUPPORTED],
    ['no owner', message(content(2, TO), number(3, 5)), MALFORMED],
    ['no recipient', message(content(1, OWNER), number(3, 5)), MALFORMED],
    ['no amount', message(content(1, OWNER), content(2, TO)), MALFORMED],
    ['a recipient of 20 bytes', message(content(1, OWNER), content(2, TO.slice(1)), number(3, 5)), MALFORMED],
    [
      'a recipient of 22 bytes',
      message(content(1, OWNER), content(2, concatBytes(TO, Uint8Array.of(0))), number(3, 5)),
      MALFORMED,
    ],
    [
      'a recipient with the prefix of another network',
      message(content(1, OWNER), content(2, Uint8Array.from([0xa0, ...TO.slice(1)])), number(3, 5)),
      MALFORMED,
    ],
    ['the owner as the recipient', message(content(1, OWNER), content(2, OWNER), number(3, 5)), MALFORMED],
  ])('%s', (_, bytes, expected) => {
    expect(answer(bytes)).toBe(expected)
  })

  const UNDERSTOOD = [0, 1, 2, 4, 11, 12, 13, 30, 31, 46, 54, 55, 56, 57, 58, 59]
  test.each([...CONTRACT_NAMES].filter(([type]) => !UNDERSTOOD.includes(type)))(
    'type %d, %s, is not understood and refused',
    (type, name) => {
      expect(answer(raw([contract(type, name, content(1, OWNER))]))).toBe(UNSUPPORTED)
    },
  )

  test('a second contract is read too, at its own place, and the call of the first is no longer the call', () => {
    const decoded = decodeTronTransaction(raw([trigger(content(4, hex('deadbeef'))), transfer(7)]))
    expect(decoded.effects).toMatchObject([
      { effect: 'unknown', at: 'contracts[0]' },
      { effect: 'transfer', amountAtomic: 7n, at: 'contracts[1]' },
    ])
    expect(decoded.signers).toEqual([owner])
    expect(decoded.toSign).toHaveLength(1)
    expect(decoded.call).toBeUndefined()
  })

  test('the owners of several contracts all have to sign', () => {
    const another = contract(
      1,
      'TransferContract',
      concatBytes(content(1, address(0x44)), content(2, TO), number(3, 5)),
    )
    const { signers, effects } = decodeTronTransaction(raw([transfer(), another]))
    expect(signers).toEqual([owner, tronAccount(address(0x44).slice(1))])
    expect(effects).toMatchObject([{ from: owner }, { from: { key: `key20:${'44'.repeat(20)}` } }])
  })

  test('a contract that is not understood behind one that is refuses both', () => {
    expect(answer(raw([transfer(), contract(10, 'AccountUpdateContract', content(2, OWNER))]))).toBe(UNSUPPORTED)
  })

  test('keys that the owner gave a permission to are a power', () => {
    expect(effectsOf(raw([concatBytes(transfer(), number(5, 2))]))).toMatchObject([
      { effect: 'transfer' },
      { effect: 'power', power: 'account-permission', subject: owner, detail: 'signed under permission 2' },
    ])
  })
})

describe('a call of a TRC-20 token', () => {
  const data = (selector: string, ...words: readonly string[]): Uint8Array => content(4, hex(selector + words.join('')))
  const word = (text: string): string => text.padStart(64, '0')
  const toWord = word('22'.repeat(20))
  const amount = word('0f4240')

  test('a transfer pays from the owner, with texts in base58', () => {
    const decoded = decodeTronTransaction(
      raw([trigger(data('a9059cbb', toWord, amount))], { after: number(18, 30_000_000) }),
    )
    expect(decoded.effects).toEqual([
      {
        effect: 'transfer',
        holding: { kind: 'token', contract: token },
        from: owner,
        to,
        amountAtomic: 1_000_000n,
        at,
      },
    ])
    expect(to.text).toMatch(/^T[1-9A-HJ-NP-Za-km-z]{33}$/)
    expect(decoded.call).toEqual({ to: token, valueAtomic: 0n, data: `a9059cbb${toWord}${amount}` })
    expect(decoded.fee).toEqual({ maxAtomic: 30_000_000n, isProven: true })
  })

  test('without a fee limit it may burn nothing for energy', () => {
    expect(decodeTronTransaction(raw([trigger(data('a9059cbb', toWord, amount))])).fee).toEqual({
      maxAtomic: 0n,
      isProven: true,
    })
  })

  test('an approval lets the spender take from the owner', () => {
    expect(effectsOf(raw([trigger(data('095ea7b3', toWord, 'f'.repeat(64)))]))).toMatchObject([
      { effect: 'allowance', owner, spender: to, isUnlimited: true, amountAtomic: 2n ** 256n - 1n },
    ])
  })

  test.each([
    ['dirty upper bytes of the recipient', data('a9059cbb', word(`41${'22'.repeat(20)}`), amount)],
    ['a recipient and half an amount', data('a9059cbb', toWord, amount.slice(0, 32))],
    ['the 36 bytes that the template takes', data('a9059cbb', toWord)],
    ['a word too many', data('a9059cbb', toWord, amount, amount)],
    ['a selector cut off', data('a9059c')],
    ['another selector', data('a9059cbc', toWord, amount)],
  ])('%s: unknown, and no transfer', (_, field) => {
    expect(effectsOf(raw([trigger(field)]))).toMatchObject([{ effect: 'unknown', target: token, at }])
  })

  test('coins that go along are a transfer, and the call that takes none is unknown', () => {
    expect(effectsOf(raw([trigger(number(3, 7), data('a9059cbb', toWord, amount))]))).toMatchObject([
      { effect: 'transfer', holding: { kind: 'coin' }, from: owner, to: token, amountAtomic: 7n },
      { effect: 'unknown', target: token },
    ])
  })

  test('without data, coins are paid to the contract', () => {
    expect(effectsOf(raw([trigger(number(3, 7))]))).toEqual([
      { effect: 'transfer', holding: { kind: 'coin' }, from: owner, to: token, amountAtomic: 7n, at },
    ])
    expect(effectsOf(raw([trigger()]))).toMatchObject([{ effect: 'transfer', amountAtomic: 0n }])
  })

  test('TRC-10 tokens that go along are a transfer', () => {
    const along = trigger(data('a9059cbb', toWord, amount), number(5, 9), number(6, 1_000_001))
    expect(effectsOf(raw([along]))).toMatchObject([
      { effect: 'transfer', holding: { kind: 'token' } },
      { effect: 'transfer', holding: { kind: 'trc10', tokenId: '1000001' }, from: owner, to: token, amountAtomic: 9n },
    ])
  })

  test.each([
    ['tokens without a number', [number(5, 9)], MALFORMED],
    ['tokens of the last number that none has', [number(5, 9), number(6, 1_000_000)], MALFORMED],
    ['the number of a token of which none goes along', [number(6, 1_000_001)], UNSUPPORTED],
  ] as const)('%s: refused', (_, fields, expected) => {
    expect(answer(raw([trigger(...fields)]))).toBe(expected)
  })
})
