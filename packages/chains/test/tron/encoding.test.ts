import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ChainsFault } from '../../src/faults.ts'
import { decodeTronTransaction } from '../../src/tron/decode-tron-transaction.ts'
import { readMessage } from '../../src/tron/read-message.ts'
import { canonical, content, fieldsOf, number, varint, type Field } from './protobuf.ts'
import { randomTransactions } from './random-transactions.ts'
import { answer, contract, hex, OWNER, raw, TO, transfer, trigger, EXPIRATION } from './tron-raw.ts'

/** CALLBACK_QUORUM_RUNS for the long run; fast-check prints the seed of what failed. */
const RUNS = Number(process.env['CALLBACK_QUORUM_RUNS'] ?? 2_000)
const MALFORMED = 'TRANSACTION_MALFORMED'

/** Two of every contract type, always the same. */
const RAWS = randomTransactions(20_251_121, 2).map(({ raw: text }) => hex(text))

/** Each level of a transfer with one thing changed; `fields` are those of the level, in their order. */
const levels: readonly (readonly [
  name: string,
  build: (change: (fields: Uint8Array[]) => Uint8Array[]) => Uint8Array,
])[] = [
  [
    'transaction',
    (change) =>
      concatBytes(
        ...change([content(1, hex('4e6e')), content(4, hex('25a91be86ea2bb1e')), number(8, EXPIRATION)]),
        content(11, transfer()),
      ),
  ],
  [
    'contract',
    (change) => {
      const fields = fieldsOf(transfer()).map(encode)
      return raw([concatBytes(...change(fields))])
    },
  ],
  [
    'parameter',
    (change) => {
      const [type, parameter] = fieldsOf(transfer())
      const fields = fieldsOf(parameter?.value instanceof Uint8Array ? parameter.value : new Uint8Array()).map(encode)
      return raw([
        concatBytes(
          ...[type].flatMap((each) => (each === undefined ? [] : [encode(each)])),
          content(2, concatBytes(...change(fields))),
        ),
      ])
    },
  ],
  [
    'message',
    (change) => {
      const fields = [content(1, OWNER), content(2, TO), number(3, 5)]
      return raw([contract(1, 'TransferContract', concatBytes(...change(fields)))])
    },
  ],
]

function encode({ field, value }: Field): Uint8Array {
  return typeof value === 'bigint' ? number(field, value) : content(field, value)
}

describe.each(levels)('in the fields of the %s', (_, build) => {
  test('nothing changed is read', () => {
    expect(answer(build((fields) => fields))).toBe('decoded')
  })

  test.each<[string, (fields: Uint8Array[]) => Uint8Array[]]>([
    ['another order', (fields) => fields.toReversed()],
    ['a field twice', (fields) => fields.flatMap((field, index) => (index === 0 ? [field, field] : [field]))],
    ['the last field twice', (fields) => [...fields, ...fields.slice(-1)]],
    ['an unknown field', (fields) => [...fields, number(99, 1)]],
    ['an unknown field before all others', (fields) => [number(99, 1), ...fields]],
    ['field number zero', (fields) => [number(0, 1), ...fields]],
    ['a first field of another wire type', ([first = new Uint8Array(), ...rest]) => [swapWireType(first), ...rest]],
    ['a fixed 64-bit number', (fields) => [...fields, Uint8Array.from([(15 << 3) | 1, 1, 2, 3, 4, 5, 6, 7, 8])]],
    ['a group', (fields) => [...fields, Uint8Array.of((15 << 3) | 3, (15 << 3) | 4)]],
    [
      'a tag with a byte more than it needs',
      ([first = new Uint8Array(), ...rest]) => [concatBytes(varint(BigInt(first[0] ?? 0), 1), first.slice(1)), ...rest],
    ],
    [
      'a value or length with a byte more than it needs',
      ([first = new Uint8Array(), ...rest]) => [
        concatBytes(first.slice(0, 1), varint(BigInt(first[1] ?? 0), 1), first.slice(2)),
        ...rest,
      ],
    ],
    ['a tag that never ends', (fields) => [...fields, new Uint8Array(11).fill(0x80)]],
    ['a tag that is cut off', (fields) => [...fields, Uint8Array.of(0x80)]],
  ])('%s is malformed', (_change, change) => {
    expect(answer(build(change))).toBe(MALFORMED)
  })
})

function swapWireType(field: Uint8Array): Uint8Array {
  const [tag = 0, ...rest] = field
  return Uint8Array.from([tag ^ 2, ...rest])
}

describe('a default that is written out', () => {
  const message = (...fields: readonly Uint8Array[]) => raw([contract(1, 'TransferContract', concatBytes(...fields))])
  test.each<[string, Uint8Array]>([
    ['a fee limit of zero', raw([transfer()], { after: number(18, 0) })],
    ['an empty memo', raw([transfer()], { before: content(10, '') })],
    ['empty scripts', raw([transfer()], { after: content(12, '') })],
    ['permission zero', raw([concatBytes(transfer(), number(5, 0))])],
    ['an empty provider', raw([concatBytes(transfer(), content(3, ''))])],
    ['a call value of zero', raw([trigger(number(3, 0))])],
    ['empty call data', raw([trigger(content(4, ''))])],
    ['contract type zero', raw([concatBytes(number(1, 0), transfer().slice(2))])],
    ['an amount of zero', message(content(1, OWNER), content(2, TO), number(3, 0))],
  ])('%s is malformed', (_, bytes) => {
    expect(answer(bytes)).toBe(MALFORMED)
  })
})

describe('a number out of its range', () => {
  test.each<[string, Uint8Array]>([
    ['a negative amount', raw([transfer(-1)])],
    ['an amount of 2^63', raw([transfer(2n ** 63n)])],
    ['a negative fee limit', raw([transfer()], { after: number(18, -1) })],
    ['a negative call value', raw([trigger(number(3, -1))])],
    ['permission 2^32, whose low 32 bits are zero', raw([concatBytes(transfer(), number(5, 2n ** 32n))])],
    ['a negative permission', raw([concatBytes(transfer(), number(5, -1))])],
    [
      'contract type 2^32 + 1, whose low 32 bits are a transfer',
      raw([concatBytes(number(1, 2n ** 32n + 1n), transfer().slice(2))]),
    ],
    [
      'a number of 70 bits',
      raw([transfer()], { after: concatBytes(varint(144n), new Uint8Array(9).fill(0xff), Uint8Array.of(0x7f)) }),
    ],
  ])('%s is malformed', (_, bytes) => {
    expect(answer(bytes)).toBe(MALFORMED)
  })

  test('the largest amount is one', () => {
    const [effect] = decodeTronTransaction(raw([transfer(2n ** 63n - 1n)])).effects
    expect(effect).toMatchObject({ effect: 'transfer', amountAtomic: 2n ** 63n - 1n })
  })
})

describe('a truth value and a text', () => {
  const layout = { flag: [1, 'bool'], text: [2, 'text'] } as const
  const read = (bytes: Uint8Array) => () => readMessage(bytes, layout)

  test('are read', () => {
    expect(readMessage(concatBytes(number(1, 1), content(2, '\ufeffä')), layout)).toEqual({
      flag: true,
      text: '\ufeffä',
    })
    expect(readMessage(new Uint8Array(), layout)).toEqual({ flag: false, text: '' })
  })

  test.each<[string, Uint8Array]>([
    ['neither true nor false', number(1, 2)],
    ['a text that is not UTF-8', content(2, Uint8Array.of(0xc3, 0x28))],
    ['a text with a surrogate', content(2, Uint8Array.of(0xed, 0xa0, 0x80))],
  ])('%s is malformed', (_, bytes) => {
    expect(read(bytes)).toThrow(ChainsFault)
  })
})

describe('changed somewhere', () => {
  const anyRaw = fc.constantFrom(...RAWS)

  test('a transaction is refused, or is its own canonical encoding and asks for another hash', () => {
    fc.assert(
      fc.property(anyRaw, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, place, flip) => {
        const changed = Uint8Array.from(bytes)
        changed[place % bytes.length] = (changed[place % bytes.length] ?? 0) ^ flip
        if (answer(changed) !== 'decoded') return
        expect(canonicalTransaction(changed)).toEqual(changed)
        expect(decodeTronTransaction(changed).toSign[0].hash).toBe(Buffer.from(sha256(changed)).toString('hex'))
      }),
      { numRuns: RUNS },
    )
  })

  test('cut, spliced or filled with noise, nothing but a refusal is thrown, and what is read is canonical', () => {
    fc.assert(
      fc.property(
        anyRaw,
        anyRaw,
        fc.nat(),
        fc.nat(),
        fc.uint8Array({ maxLength: 12 }),
        (left, right, from, to, noise) => {
          const spliced = concatBytes(
            left.slice(0, from % (left.length + 1)),
            noise,
            right.slice(to % (right.length + 1)),
          )
          if (answer(spliced) === 'decoded') expect(canonicalTransaction(spliced)).toEqual(spliced)
        },
      ),
      { numRuns: RUNS },
    )
  })

  test('every transaction of tronweb is its own canonical encoding', () => {
    for (const bytes of RAWS) expect(canonicalTransaction(bytes)).toEqual(bytes)
  })
})

type Rewrite = (message: Uint8Array) => Uint8Array
interface Shape {
  /** Fields that may stand several times. */
  readonly lists?: readonly number[]
  /** Messages that may be there and empty. */
  readonly kept?: readonly number[]
  readonly inner?: Readonly<Record<number, Rewrite>>
}

/** The canonical encoding of a message, and of the messages in it. */
function rewritten({ inner = {}, ...shape }: Shape = {}): Rewrite {
  return (bytes) =>
    canonical(
      fieldsOf(bytes).map(({ field, value }) => ({
        field,
        value: typeof value === 'bigint' ? value : (inner[field]?.(value) ?? value),
      })),
      shape,
    )
}

const permission = rewritten({ lists: [7], inner: { 7: rewritten() } })

/** By contract type; the others have fields of bytes and numbers only. */
const MESSAGES: Readonly<Record<number, Rewrite>> = {
  4: rewritten({ lists: [2], inner: { 2: rewritten() } }),
  30: rewritten({ inner: { 2: rewritten({ kept: [3] }) } }),
  46: rewritten({ lists: [4], inner: { 2: permission, 3: permission, 4: permission } }),
}

function canonicalContract(bytes: Uint8Array): Uint8Array {
  const type = Number(fieldsOf(bytes).find(({ field }) => field === 1)?.value ?? 0)
  return rewritten({ inner: { 2: rewritten({ inner: { 2: MESSAGES[type] ?? rewritten() } }) } })(bytes)
}

function canonicalTransaction(bytes: Uint8Array): Uint8Array {
  return rewritten({ lists: [11], inner: { 11: canonicalContract } })(bytes)
}
