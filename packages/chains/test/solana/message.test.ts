import { bytesToHex, concatBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import type { ChainsFaultCode } from '../../src/faults.ts'
import { decodeSolanaTransaction } from '../../src/solana/decode-solana-transaction.ts'
import { refusalOf } from './refusal.ts'
import {
  bytesOf,
  compact,
  FRIEND,
  keyOf,
  messageBytes,
  PAYER,
  PLAIN,
  SYSTEM,
  textOf,
  type RawMessage,
} from './solana-raw.ts'

const [MALFORMED, UNSUPPORTED, TOO_LARGE] = [
  'TRANSACTION_MALFORMED',
  'TRANSACTION_UNSUPPORTED',
  'TRANSACTION_TOO_LARGE',
] as const

const plain = messageBytes(PLAIN)
const changed = (change: Partial<RawMessage>): Uint8Array => messageBytes({ ...PLAIN, ...change })
const transfer = PLAIN.instructions[0]
const keys = (count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, at) => keyOf(`key ${String(at)}`))

type Case = readonly [name: string, raw: Uint8Array, code: ChainsFaultCode, detail: string]

describe('a message', () => {
  test('without a signature and as it is: the same slice is signed', () => {
    const places = concatBytes(Uint8Array.of(1), new Uint8Array(64), plain)
    for (const raw of [plain, concatBytes(Uint8Array.of(0), plain), places])
      expect(decodeSolanaTransaction(raw)).toMatchObject({
        form: 'solana-legacy',
        toSign: [{ hash: bytesToHex(plain), scheme: 'eddsa', account: { text: textOf(PAYER) } }],
        effects: [{ effect: 'transfer', to: { text: textOf(FRIEND) }, amountAtomic: 7n, at: 'instructions[0]' }],
        signers: [{ text: textOf(PAYER) }],
        fee: { maxAtomic: 5_000n, isProven: true, payer: { text: textOf(PAYER) } },
      })
  })

  test('cut off anywhere is malformed', () => {
    for (let length = 0; length < plain.length; length += 1)
      expect(refusalOf(plain.slice(0, length))).toMatchObject([MALFORMED, /./])
  })

  const cases: readonly Case[] = [
    ['with a byte behind it', concatBytes(plain, Uint8Array.of(0)), MALFORMED, 'bytes behind the message'],
    [
      'without a signer',
      changed({ version: 0, header: [0, 0, 1], lookups: [] }),
      MALFORMED,
      'more signers than accounts, or none',
    ],
    [
      'without a signer, of no version,',
      concatBytes(Uint8Array.of(0), changed({ header: [0, 0, 1] })),
      MALFORMED,
      'more signers than accounts, or none',
    ],
    [
      'with more signers than accounts',
      changed({ header: [4, 0, 0] }),
      MALFORMED,
      'more signers than accounts, or none',
    ],
    ['whose payer is read-only', changed({ header: [1, 1, 1] }), MALFORMED, 'more read-only accounts than accounts'],
    [
      'with more read-only accounts than there are',
      changed({ header: [1, 0, 3] }),
      MALFORMED,
      'more read-only accounts than accounts',
    ],
    ['with an account twice', changed({ keys: [PAYER, PAYER, bytesOf(SYSTEM)] }), MALFORMED, 'an account stands twice'],
    ['that does nothing', changed({ instructions: [] }), UNSUPPORTED, 'a message that does nothing'],
    ['of version 1', changed({ version: 1, lookups: [] }), UNSUPPORTED, 'a message of a version above 0'],
    ['of version 127', changed({ version: 127, lookups: [] }), UNSUPPORTED, 'a message of a version above 0'],
    ['of version 0 without its list of tables', changed({ version: 0 }), MALFORMED, 'ends too early'],
    ['of no version with a list of tables', changed({ lookups: [] }), MALFORMED, 'bytes behind the message'],
    [
      'whose instruction names an account that is not there',
      changed({ instructions: [{ ...transfer, accounts: [0, 3] }] }),
      MALFORMED,
      'instructions[0] names an account that is not there',
    ],
    [
      'whose instruction names a program that is not there',
      changed({ instructions: [{ ...transfer, program: 3 }] }),
      MALFORMED,
      'instructions[0] names no program',
    ],
    [
      'whose payer is a program',
      changed({ instructions: [transfer, { ...transfer, program: 0 }] }),
      MALFORMED,
      'instructions[1] names no program',
    ],
    ['of more keys than a packet holds', changed({ keys: keys(39) }), TOO_LARGE, 'more than 1232 bytes'],
    [
      'that says it has more keys than a packet holds',
      concatBytes(Uint8Array.of(1, 0, 1), compact(39)),
      TOO_LARGE,
      'more than 38 accounts',
    ],
    [
      'of more instructions than the runtime runs',
      changed({
        instructions: Array.from({ length: 65 }, () => ({ program: 2, accounts: [], data: new Uint8Array() })),
      }),
      TOO_LARGE,
      'more than 64 instructions',
    ],
    [
      'with an instruction of more accounts than a program gets',
      changed({ instructions: [{ ...transfer, accounts: Array.from({ length: 256 }, () => 1) }] }),
      TOO_LARGE,
      'more than 255 accounts of an instruction',
    ],
    ['larger than a packet', concatBytes(plain, new Uint8Array(1_300)), TOO_LARGE, 'more than 1232 bytes'],
    [
      'that fills a packet without its signature',
      changed({ instructions: [{ ...transfer, data: new Uint8Array(1_232 - plain.length + 11) }] }),
      TOO_LARGE,
      'with its signatures more than 1232 bytes',
    ],
  ]
  test.each(cases)('%s is refused', (_, raw, code, detail) => {
    expect(refusalOf(raw)).toEqual([code, detail])
  })

  test('a packet may be filled to its last byte, and no further', () => {
    const sized = (length: number): Uint8Array =>
      changed({ instructions: [{ ...transfer, data: new Uint8Array(length) }] })
    // One byte for the number of signatures, the signature, and a length of two bytes before the data.
    const most = 1_232 - 1 - 64 - (plain.length - 12 + 1)
    expect(sized(most)).toHaveLength(1_232 - 65)
    expect(refusalOf(sized(most))).toBe('decoded')
    expect(refusalOf(sized(most + 1))).toEqual([TOO_LARGE, 'with its signatures more than 1232 bytes'])
  })

  test('every length is written as short as it goes', () => {
    const at = (position: number, ...bytes: readonly number[]): Uint8Array =>
      concatBytes(plain.slice(0, position), Uint8Array.from(bytes), plain.slice(position + 1))
    const [keyCount, instructionCount] = [3, 3 + 1 + 3 * 32 + 32]
    const [accountCount, dataLength] = [instructionCount + 2, instructionCount + 5]
    expect([keyCount, instructionCount, accountCount, dataLength].map((position) => plain[position])).toEqual([
      3, 1, 2, 12,
    ])
    for (const position of [keyCount, instructionCount, accountCount, dataLength]) {
      const length = plain[position] ?? 0
      for (const longer of [at(position, length | 0x80, 0), at(position, length | 0x80, 0x80, 0)])
        expect(refusalOf(longer)).toEqual([MALFORMED, 'a length with a byte too many'])
      expect(refusalOf(at(position, 0xff, 0xff, 0x04))).toEqual([MALFORMED, 'a length of more than 16 bits'])
      expect(refusalOf(at(position, 0xff, 0xff, 0xff))).toEqual([MALFORMED, 'a length of more than three bytes'])
    }
  })
})

describe('signatures', () => {
  const signed = (count: number, fill: number): Uint8Array =>
    concatBytes(Uint8Array.of(count), new Uint8Array(64 * count).fill(fill), plain)
  test('of another number than there are signers are refused', () => {
    expect(refusalOf(signed(2, 0))).toEqual([MALFORMED, 'another number of signatures than of signers'])
    expect(refusalOf(signed(2, 9))).toEqual([MALFORMED, 'another number of signatures than of signers'])
  })
  test('that are there already are refused, even one bit of them', () => {
    expect(refusalOf(signed(1, 9))).toEqual([UNSUPPORTED, 'already signed'])
    for (const at of [1, 33, 64]) {
      const raw = signed(1, 0)
      raw[at] = 1
      expect(refusalOf(raw)).toEqual([UNSUPPORTED, 'already signed'])
    }
  })
  test('bytes that are a message, and a signed transaction at once, are ambiguous', () => {
    // A message of 169 bytes. Where a message would stand behind one signature, its keys, block hash and data spell another one.
    const raw = Uint8Array.from({ length: 169 }, (_, at) => at)
    // 1 signer, 1 read-only account, 3 keys; 1 instruction by key 2 without accounts, with 33 bytes.
    raw.set([1, 0, 1, 3])
    raw.set([1, 2, 0, 33], 132)
    // Inside: 1 signer, 1 read-only account, 2 keys; 1 instruction by key 1 without accounts and data.
    raw.set([1, 0, 1, 2], 65)
    raw.set([1, 1, 0, 0], 165)
    expect(refusalOf(raw.slice(65))).toBe('decoded')
    expect(refusalOf(raw)).toEqual([MALFORMED, 'ambiguous: both a message and a transaction'])
    // Without an inner message it is the outer one.
    raw[165] = 0
    expect(refusalOf(raw)).toBe('decoded')
  })
})

describe('address tables', () => {
  const table = keyOf('table')
  const entries = [keyOf('entry 0'), keyOf('entry 1'), keyOf('entry 2')]
  const known = new Map([[textOf(table), entries.map(textOf)]])
  const lookup = { table, writable: [2], readOnly: [0] }
  // Accounts 3 and 4 stand in the table: first the writable ones, then the read-only ones.
  const message = (change: Partial<RawMessage> = {}): Uint8Array =>
    messageBytes({
      ...PLAIN,
      version: 0,
      instructions: [{ ...transfer, accounts: [0, 3] }],
      lookups: [lookup],
      ...change,
    })

  test('that are supplied name the accounts', () => {
    const decoded = decodeSolanaTransaction(message(), { lookupTables: known })
    expect(decoded.form).toBe('solana-v0')
    expect(decoded.effects).toMatchObject([{ effect: 'transfer', to: { text: textOf(keyOf('entry 2')) } }])
    const other = message({ instructions: [{ ...transfer, accounts: [0, 4] }] })
    expect(decodeSolanaTransaction(other, { lookupTables: known }).effects).toMatchObject([
      { effect: 'transfer', to: { text: textOf(keyOf('entry 0')) } },
    ])
  })

  test('that are not supplied, or hold too little, are never guessed', () => {
    const refusal = [UNSUPPORTED, 'an address table whose content is not known']
    const tables = (...texts: readonly string[]) => ({ lookupTables: new Map([[textOf(table), texts]]) })
    expect(refusalOf(message())).toEqual(refusal)
    expect(refusalOf(message(), { lookupTables: new Map([[textOf(PAYER), entries.map(textOf)]]) })).toEqual(refusal)
    expect(refusalOf(message(), tables())).toEqual(refusal)
    expect(refusalOf(message(), tables(...entries.slice(0, 2).map(textOf)))).toEqual(refusal)
    // Even where no instruction uses it.
    expect(refusalOf(message({ instructions: [transfer] }))).toEqual(refusal)
    for (const text of ['', 'no base58: 0OIl', textOf(PAYER).slice(4), `${textOf(PAYER)}111`])
      expect(refusalOf(message(), tables(text, text, text))).toEqual([
        UNSUPPORTED,
        'an address table with an entry that is no account',
      ])
  })

  test.each<readonly [string, Uint8Array, readonly [ChainsFaultCode, string]]>([
    [
      'an account from a table is no program',
      message({ instructions: [{ ...transfer, program: 3 }] }),
      [MALFORMED, 'instructions[0] names no program'],
    ],
    [
      'an index behind the accounts of the tables',
      message({ instructions: [{ ...transfer, accounts: [0, 5] }] }),
      [MALFORMED, 'instructions[0] names an account that is not there'],
    ],
    ['an entry twice', message({ lookups: [{ ...lookup, readOnly: [2] }] }), [MALFORMED, 'an account stands twice']],
    ['a table twice', message({ lookups: [lookup, lookup] }), [MALFORMED, 'an account stands twice']],
    [
      'a table of which nothing is used',
      message({ lookups: [lookup, { ...lookup, writable: [], readOnly: [] }] }),
      [MALFORMED, 'an address table of which nothing is used'],
    ],
    ['a byte behind the tables', concatBytes(message(), Uint8Array.of(0)), [MALFORMED, 'bytes behind the message']],
    [
      'more accounts than the runtime locks',
      message({ lookups: [{ ...lookup, writable: Array.from({ length: 129 }, (_, at) => at) }] }),
      [TOO_LARGE, 'more than 128 accounts of an address table'],
    ],
  ])('%s is refused', (_, raw, refusal) => {
    expect(refusalOf(raw, { lookupTables: known })).toEqual(refusal)
  })

  test('an account from a table never signs, even where a signature is needed', () => {
    const raw = message({ instructions: [{ ...transfer, accounts: [3, 1] }] })
    expect(decodeSolanaTransaction(raw, { lookupTables: known }).effects).toMatchObject([{ effect: 'unknown' }])
  })

  test('all tables together hold no more accounts than the runtime locks', () => {
    const many = (count: number, first: number): readonly string[] =>
      Array.from({ length: count }, (_, at) => textOf(keyOf(`entry ${String(first + at)} of many`)))
    const second = keyOf('second')
    const tables = new Map([
      [textOf(table), many(63, 0)],
      [textOf(second), many(63, 63)],
    ])
    const all = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)
    const raw = (count: number): Uint8Array =>
      message({
        lookups: [
          { table, writable: all(63), readOnly: [] },
          { table: second, writable: [], readOnly: all(count) },
        ],
      })
    expect(refusalOf(raw(62), { lookupTables: tables })).toBe('decoded')
    expect(refusalOf(raw(63), { lookupTables: tables })).toEqual([TOO_LARGE, 'more than 128 accounts'])
  })
})
