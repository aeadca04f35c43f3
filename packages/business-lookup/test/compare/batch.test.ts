import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareIntent } from '../../src/compare/compare-intent.ts'
import { readPayment } from '../../src/compare/payment.ts'
import { ASSETS, CUSTOMER, payment } from '../lookup-rig.ts'
import { BATCH_MAP, compared, intentOf, NOW, paying, RULES, type Paid } from './records.ts'

const XRP_ACCOUNT = 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66'
const OTHER = '0x8b45b84e2cf29e5f826797df7e1aa93fc71a2bfe'
const rules = { ...RULES, map: BATCH_MAP }

const batchOf = (payments: readonly object[], asset = 'ETH'): object => ({
  state: 'approved',
  asset,
  valid_until: '2026-11-21T13:00:00Z',
  payments,
})

const WEI = 10n ** 18n
const RECORD = batchOf([
  { address: CUSTOMER, amount: '1' },
  { address: CUSTOMER, amount: '2' },
  { address: OTHER, amount: '1' },
])
const PAID: readonly Paid[] = [
  { to: OTHER, amountAtomic: WEI },
  { amountAtomic: 2n * WEI },
  { to: CUSTOMER.toLowerCase(), amountAtomic: WEI },
]

function rowsOf(record: object, outputs: readonly Paid[], asset?: string) {
  const read = readPayment(paying(payment(asset === undefined ? {} : { asset, to: XRP_ACCOUNT }), outputs), rules)
  if ('code' in read) throw new Error(read.code)
  return compareIntent(intentOf(record, BATCH_MAP), read, rules, ASSETS, NOW)
}

const leftOver = (record: object, outputs: readonly Paid[]): unknown => {
  const objections = rowsOf(record, outputs).flatMap(({ objection }) => objection ?? [])
  expect(objections).toHaveLength(1)
  const evidence = objections[0]?.evidence as {
    left_over: Record<'business_system' | 'request', readonly { index: number }[]>
  }
  expect(objections[0]?.code).toBe('OUTPUTS_MISMATCH')
  return {
    intents: evidence.left_over.business_system.map(({ index }) => index),
    outputs: evidence.left_over.request.map(({ index }) => index),
  }
}

const compareBatch = (record: object, outputs: readonly Paid[], asset?: string): string =>
  compared(record, paying(payment(asset === undefined ? {} : { asset, to: XRP_ACCOUNT }), outputs), rules)

describe('a batch', () => {
  test('in another order is equal, and its evidence says what was paired with what', () => {
    expect(compareBatch(RECORD, PAID)).toBe('equal')
    const pairs = rowsOf(RECORD, PAID).filter(({ field }) => field.startsWith('outputs['))
    expect(pairs.map(({ field, actual }) => `${field} ${(actual ?? '').split(' ')[0] ?? ''}`)).toEqual([
      'outputs[0] outputs[2]',
      'outputs[1] outputs[1]',
      'outputs[2] outputs[0]',
    ])
  })

  test('with an output more, or less, or two payments of one intent names who is alone', () => {
    expect(leftOver(RECORD, [...PAID, { to: OTHER, amountAtomic: 5n }])).toEqual({ intents: [], outputs: [3] })
    expect(leftOver(RECORD, PAID.slice(1))).toEqual({ intents: [2], outputs: [] })
    const twice = [PAID[0]!, PAID[0]!, PAID[1]!, PAID[2]!]
    expect(leftOver(RECORD, twice)).toEqual({ intents: [], outputs: [1] })
    expect(leftOver(RECORD, [PAID[1]!, PAID[1]!, PAID[2]!])).toEqual({ intents: [2], outputs: [1] })
  })

  test('with one payment against several, or several against one, is none either', () => {
    expect(leftOver(RECORD, [{ amountAtomic: WEI }])).toEqual({ intents: [1, 2], outputs: [] })
    const one = batchOf([{ address: CUSTOMER, amount: '1' }])
    expect(leftOver(one, [{ amountAtomic: WEI }, { amountAtomic: WEI }])).toEqual({ intents: [], outputs: [1] })
    expect(compareBatch(one, [{ amountAtomic: WEI }])).toBe('equal')
    expect(compareBatch(one, [{ amountAtomic: 2n * WEI }])).toBe('AMOUNT_MISMATCH')
  })

  test('ignores change that is proven ours, and only that', () => {
    expect(compareBatch(RECORD, [...PAID, { to: OTHER, amountAtomic: 9n, own: true }])).toBe('equal')
    expect(compareBatch(RECORD, [...PAID.slice(1), { ...PAID[0]!, own: true }])).toBe('OUTPUTS_MISMATCH')
  })

  test('pays each tag of one account what is meant for it', () => {
    const record = batchOf(
      [
        { address: XRP_ACCOUNT, amount: '1', memo: '7' },
        { address: `xrp:${XRP_ACCOUNT}?dt=8`, amount: '2' },
        { address: XRP_ACCOUNT, amount: '3' },
      ],
      'XRP',
    )
    const paid = (tags: readonly (string | undefined)[]): readonly Paid[] =>
      tags.map((tag, at) => ({
        to: XRP_ACCOUNT,
        amountAtomic: BigInt(at + 1) * 1_000_000n,
        ...(tag === undefined ? {} : { tag }),
      }))
    expect(compareBatch(record, paid(['7', '8', undefined]), 'XRP')).toBe('equal')
    expect(compareBatch(record, paid(['8', '7', undefined]), 'XRP')).toBe('OUTPUTS_MISMATCH')
    expect(compareBatch(record, paid(['7', undefined, '8']), 'XRP')).toBe('OUTPUTS_MISMATCH')
  })

  test.each([
    ['amount', { address: OTHER, amount: '1e0' }, 'outputs[1].amount'],
    ['amount that is a number', { address: OTHER, amount: 1 }, 'outputs[1].amount'],
    ['destination', { address: '0x12', amount: '1' }, 'outputs[1].destination'],
    ['tag', { address: OTHER, amount: '1', memo: {} }, 'outputs[1].tag'],
  ])('with an invalid %s cannot be read, and says which', (_, bad, place) => {
    const record = batchOf([{ address: CUSTOMER, amount: '1' }, bad])
    const outputs = [{ amountAtomic: WEI }, { to: OTHER, amountAtomic: WEI }]
    expect(compareBatch(record, outputs)).toBe('FIELD_INVALID')
    const [objection] = rowsOf(record, outputs).flatMap((row) => row.objection ?? [])
    expect(objection).toMatchObject({ text: expect.stringContaining(place) as string, evidence: { invalid: [place] } })
  })

  test('is compared in status, asset and expiry as well, and all of it is reported', () => {
    const record = { ...RECORD, state: 'held', asset: 'BTC', valid_until: '2026-11-21T11:59:59Z' }
    expect(compareBatch(record, PAID.slice(1))).toBe('INTENT_STATUS ASSET_MISMATCH OUTPUTS_MISMATCH INTENT_EXPIRED')
  })

  test('with a tolerance pairs the amounts so that all fit, if they can', () => {
    const tolerant = { ...rules, compare: { ...rules.compare, amount: { op: 'within', by: '2' } as const } }
    const record = batchOf(['5', '3', '4'].map((amount) => ({ address: CUSTOMER, amount })))
    const paid = (amounts: readonly bigint[]) =>
      paying(
        payment(),
        amounts.map((amount) => ({ amountAtomic: amount * WEI })),
      )
    // 1 fits 3 alone, and 7 fits 5 alone.
    expect(compared(record, paid([7n, 1n, 4n]), tolerant)).toBe('equal')
    expect(compared(record, paid([7n, 1n, 1n]), tolerant)).toBe('OUTPUTS_MISMATCH')
  })
})

describe('of any batch', () => {
  const payments = fc.array(
    fc.record<{ to: string; amount: bigint }>({
      to: fc.constantFrom(CUSTOMER, OTHER),
      amount: fc.bigInt({ min: 1n, max: 4n }),
    }),
    { minLength: 2, maxLength: 8 },
  )
  const recordOf = (list: readonly { to: string; amount: bigint }[]): object =>
    batchOf(list.map(({ to, amount }) => ({ address: to, amount: amount.toString() })))
  const paidOf = (list: readonly { to: string; amount: bigint }[]): readonly Paid[] =>
    list.map(({ to, amount }) => ({ to, amountAtomic: amount * WEI }))
  const shuffled = payments.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
  )

  test('every order is equal', () => {
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        expect(compareBatch(recordOf(list), paidOf(other))).toBe('equal')
      }),
    )
  })

  test('one payment more, or less, or another one is never equal', () => {
    fc.assert(
      fc.property(
        shuffled,
        fc.nat(),
        fc.constantFrom('add', 'drop', 'raise', 'redirect'),
        ([list, other], nth, change) => {
          const at = nth % other.length
          const one = other[at]!
          const changed = {
            add: [...other, one],
            drop: other.toSpliced(at, 1),
            raise: other.with(at, { ...one, amount: one.amount + 5n }),
            redirect: other.with(at, { to: '0x00000000000000000000000000000000000000aa', amount: one.amount }),
          }[change]
          expect(compareBatch(recordOf(list), paidOf(changed))).toBe('OUTPUTS_MISMATCH')
        },
      ),
    )
  })
})
