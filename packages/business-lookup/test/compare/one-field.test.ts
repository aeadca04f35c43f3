import fc from 'fast-check'
import type { Question } from '@callback-quorum/checker-kit'
import { describe, expect, test } from 'vitest'
import { ASSETS, CUSTOMER, payment } from '../lookup-rig.ts'
import { compared, MAP, paying, RECORD, RULES } from './records.ts'

const map = {
  ...MAP,
  initiator: { at: '/operator' },
  source: { at: '/from' },
  calldata: { at: '/calldata', optional: true },
}
const rules = {
  map,
  compare: {
    ...RULES.compare,
    initiator: { op: 'equal' as const },
    source: { op: 'equal' as const },
    calldata: { op: 'equal' as const },
  },
}

/** Equal to `record` in every field. */
const pair = fc
  .record({
    amount: fc.bigInt({ min: 0n, max: 10n ** 24n }),
    tag: fc.option(fc.stringMatching(/^[a-z0-9]{1,8}$/), { nil: undefined }),
  })
  .map(({ amount, tag }) => {
    const text = `${String(amount / 10n ** 18n)}.${String(amount % 10n ** 18n).padStart(18, '0')}`
    const record = { ...RECORD, amount: text, operator: 'key-1', from: 'hot-1', memo: tag ?? null }
    const base = payment({ amountAtomic: amount, ...(tag === undefined ? {} : { tag }) })
    const question: Question = { ...base, initiator: { id: 'key-1' }, sources: [CUSTOMER] }
    return { record, question, amount, tag }
  })

type Pair = typeof pair extends fc.Arbitrary<infer T> ? T : never

/** Each changes one field of the record into another one that is valid or not. */
const ofRecord: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  state: fc.string().filter((text) => !['approved', 'ready'].includes(text)),
  asset: fc.string().filter((text) => text !== 'ETH'),
  amount: fc.oneof(fc.string(), fc.bigInt({ min: 0n }).map(String), fc.double(), fc.constant(null)),
  address: fc.oneof(fc.string(), fc.stringMatching(/^0x[0-9a-f]{40}$/)),
  memo: fc.oneof(fc.string(), fc.integer(), fc.constant([])),
  operator: fc.string().filter((text) => text !== 'key-1'),
  from: fc.oneof(fc.string(), fc.stringMatching(/^0x[0-9a-f]{40}$/)).filter((text) => text !== 'hot-1'),
  calldata: fc.oneof(fc.stringMatching(/^0x(?:[0-9a-f]{2}){0,4}$/), fc.string({ minLength: 1 })),
  valid_until: fc.oneof(
    fc.string(),
    fc.date({ max: new Date('2026-11-21T12:00:00Z'), noInvalidDate: true }).map((date) => date.toISOString()),
  ),
}

/** The record may still say the same in other words. */
const saysTheSame = ({ amount, tag }: Pair, name: string, value: unknown): boolean =>
  (name === 'memo' && (value === tag || (tag === undefined && value === ''))) ||
  (name === 'address' && typeof value === 'string' && value.trim().toLowerCase() === CUSTOMER.toLowerCase()) ||
  (name === 'from' && typeof value === 'string' && value.trim().toLowerCase() === CUSTOMER.toLowerCase()) ||
  (name === 'amount' && typeof value === 'string' && /^\d+$/.test(value) && BigInt(value) * 10n ** 18n === amount)

describe('of a record and a request that are equal', () => {
  test('all fields are compared', () => {
    fc.assert(
      fc.property(pair, ({ record, question }) => {
        expect(compared(record, question, rules)).toBe('equal')
      }),
    )
  })

  test.each(Object.entries(ofRecord))('another %s in the record never approves', (name, values) => {
    fc.assert(
      fc.property(pair, values, (equal, value) => {
        fc.pre(!saysTheSame(equal, name, value))
        expect(compared({ ...equal.record, [name]: value }, equal.question, rules)).not.toBe('equal')
      }),
      { numRuns: 300 },
    )
  })

  test.each(Object.keys(ofRecord).filter((name) => name !== 'calldata' && name !== 'memo'))(
    'a record without %s never approves',
    (name) => {
      fc.assert(
        fc.property(pair, ({ record, question }) => {
          const kept = Object.fromEntries(Object.entries(record).filter(([key]) => key !== name))
          expect(compared(kept, question, rules)).toBe('FIELD_INVALID')
        }),
        { numRuns: 20 },
      )
    },
  )

  const other: Readonly<Record<string, (equal: Pair) => Question>> = {
    asset: ({ question }) => ({ ...question, asset: ASSETS.asset('ETH-BASE')! }),
    'amount by one unit': ({ question, amount, tag }) =>
      paying(question, [{ amountAtomic: amount + 1n, ...(tag === undefined ? {} : { tag }) }]),
    destination: ({ question, amount, tag }) =>
      paying(question, [
        { to: CUSTOMER.replace(/d$/, 'e').toLowerCase(), amountAtomic: amount, ...(tag === undefined ? {} : { tag }) },
      ]),
    tag: ({ question, amount, tag }) => paying(question, [{ amountAtomic: amount, tag: `${tag ?? ''}x` }]),
    'number of outputs': ({ question }) => ({ ...question, outputs: [...question.outputs, ...question.outputs] }),
    owner: ({ question }) => ({ ...question, outputs: question.outputs.map((output) => ({ ...output, own: true })) }),
    initiator: ({ question }) => ({ ...question, initiator: { id: 'key-2' } }),
    wallet: ({ question }) => ({ ...question, wallet: 'hot-2' }),
    operation: ({ question }) => ({
      ...question,
      operation: 'contract-call',
      contract: { address: CUSTOMER, calldata: '' },
    }),
  }
  test.each(Object.entries(other))('another %s in the request never approves', (_, change) => {
    fc.assert(
      fc.property(pair, (equal) => {
        expect(compared(equal.record, change(equal), rules)).not.toBe('equal')
      }),
    )
  })
})
