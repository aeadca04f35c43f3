import type { Question } from '@callback-quorum/checker-kit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PriceBook } from '../src/prices/index.ts'
import { approvalOf, signingOf } from './fireblocks-payments.ts'
import { CUSTOMER, OTHER, outcomeOf, startLimitsRig, type LimitsRig, type WrittenRule } from './limits-rig.ts'

// An approval holds what its description says; the signature after it is counted by its bytes, once for the two of them.
const HOUR_MS = 3_600_000
const day: WrittenRule = {
  id: 'day',
  match: { asset: ['ETH'] },
  window: { rolling: '24h' },
  limit: '0.000000000000001',
}
const costs: WrittenRule = { ...day, id: 'costs', include_fee: true, limit: '0.0000000000001' }
const one = { id: 'one', asset: 'ETH', amountAtomic: 600n } as const
const bytes = { slots: ['nonce:ethereum:VAULT:0:7'], feeAtomic: 21_000n } as const
const next = { ...bytes, id: 'two', slots: ['nonce:ethereum:VAULT:0:8'] } as const

let rig: LimitsRig
beforeEach(async () => {
  rig = await startLimitsRig()
})
afterEach(() => rig.testDatabase.drop())

const ask = async (rules: readonly WrittenRule[], question: Question): Promise<string> =>
  outcomeOf(await rig.claim(rules, question))
const reservations = (): Promise<readonly object[]> =>
  rig.database.query({ text: `select state, facts->>'stage' as stage from reservation order by reservation_id` })

describe('approval and signature are one payment', () => {
  test('each of two approvers and the signature after them: counted once, and committed once', async () => {
    expect(await ask([day], approvalOf(one))).toBe('approve')
    expect(await ask([day], approvalOf(one))).toBe('approve')
    expect(await rig.used()).toEqual(['day 600'])
    expect(await ask([day], signingOf({ ...one, ...bytes }))).toBe('approve')
    expect(await ask([day], signingOf({ ...one, ...bytes }))).toBe('approve')
    expect(await rig.used()).toEqual(['day 600'])
    await rig.commit(signingOf(one))
    expect(await reservations()).toEqual([
      { state: 'released', stage: 'approval' },
      { state: 'committed', stage: 'signing' },
    ])
    expect(await ask([day], approvalOf({ ...one, id: 'two', amountAtomic: 401n }))).toBe('LIMIT_WINDOW')
    expect(await ask([day], approvalOf({ ...one, id: 'two', amountAtomic: 400n }))).toBe('approve')
  })

  test('what is approved side by side is within the limits together, and given back when an approval is let go of', async () => {
    expect(await ask([day], approvalOf(one))).toBe('approve')
    expect(await ask([day], signingOf({ ...one, ...next }))).toBe('LIMIT_WINDOW')
    await rig.release(approvalOf(one))
    expect(await rig.used()).toEqual([])
    expect(await ask([day], signingOf({ ...one, ...next, amountAtomic: 1000n }))).toBe('approve')
    expect(await ask([day], signingOf({ ...one, ...bytes }))).toBe('LIMIT_WINDOW')
  })

  test('an approval is not refused for a fee that it cannot know; its signature counts it', async () => {
    expect(await ask([day, costs], approvalOf(one))).toBe('approve')
    expect(await rig.used()).toEqual(['costs 600', 'day 600'])
    expect(await ask([day, costs], signingOf({ ...one, ...bytes }))).toBe('approve')
    expect(await rig.used()).toEqual(['costs 21600', 'day 600'])
    expect(await ask([day, costs], signingOf(one))).toBe('FEE_MISSING')
  })

  test('a fee in a coin that the approval did not count is counted too', async () => {
    const usdt: WrittenRule = { id: 'usdt', match: { asset: ['USDT-ETHEREUM'] }, window: 'tx', limit: '1' }
    const token = { ...one, asset: 'USDT-ETHEREUM' }
    expect(await ask([usdt, costs], approvalOf(token))).toBe('approve')
    expect(await rig.used()).toEqual([])
    expect(await ask([usdt, costs], signingOf({ ...token, ...bytes }))).toBe('approve')
    expect(await rig.used()).toEqual(['costs 21000'])
  })

  test('a signature that takes more than the approval held takes the difference, or is refused and takes nothing', async () => {
    expect(await ask([day], approvalOf(one))).toBe('approve')
    expect(await ask([day], signingOf({ ...one, ...bytes, amountAtomic: 1001n }))).toBe('LIMIT_WINDOW')
    expect(await rig.used()).toEqual(['day 600'])
    expect(await reservations()).toEqual([{ state: 'held', stage: 'approval' }])
    expect(await ask([day], signingOf({ ...one, ...bytes, amountAtomic: 1000n }))).toBe('approve')
    expect(await rig.used()).toEqual(['day 1000'])
  })

  test('a signature that takes less gives the rest back', async () => {
    expect(await ask([day], approvalOf(one))).toBe('approve')
    expect(await ask([day], signingOf({ ...one, ...bytes, amountAtomic: 200n }))).toBe('approve')
    expect(await rig.used()).toEqual(['day 200'])
  })

  test('an approver who is asked after the signature takes nothing on top, and is held to the limit per transaction', async () => {
    const tx: WrittenRule = { ...day, id: 'tx', window: 'tx', limit: '0.0000000000000007' }
    await ask([day, tx], approvalOf(one))
    await ask([day, tx], signingOf({ ...one, ...bytes, amountAtomic: 300n }))
    expect(await ask([day, tx], approvalOf(one))).toBe('approve')
    expect(await rig.used()).toEqual(['day 300'])
    expect(await ask([day, tx], approvalOf({ ...one, amountAtomic: 701n }))).toBe('LIMIT_TX')
    expect(await ask([day, tx], signingOf({ ...one, ...bytes, amountAtomic: 300n }))).toBe('approve')
    expect(await rig.used()).toEqual(['day 300'])
  })
})

test('a signature for which the platform sends no bytes is counted by its description, in the place of its approval', async () => {
  expect(await ask([day], approvalOf(one))).toBe('approve')
  await rig.testDatabase.advance(HOUR_MS)
  expect(await ask([day], signingOf(one))).toBe('approve')
  expect(await rig.used()).toEqual(['day 600'])
  expect(await reservations()).toEqual([
    { state: 'released', stage: 'approval' },
    { state: 'held', stage: 'signing' },
  ])
})

describe('a signature counts at its own time', () => {
  test('an approval that left its window is no way around the limit', async () => {
    expect(await ask([day], approvalOf(one))).toBe('approve')
    await rig.testDatabase.advance(24 * HOUR_MS)
    expect(await ask([day], signingOf({ ...one, ...next }))).toBe('approve')
    expect(await ask([day], signingOf({ ...one, ...bytes }))).toBe('LIMIT_WINDOW')
    await rig.testDatabase.advance(24 * HOUR_MS)
    expect(await ask([day], signingOf({ ...one, ...bytes }))).toBe('approve')
    expect(await rig.used()).toContain('day 600')
  })

  test('and not a moment longer than from then on', async () => {
    await ask([day], approvalOf(one))
    await rig.testDatabase.advance(HOUR_MS)
    await ask([day], signingOf({ ...one, ...bytes }))
    await rig.testDatabase.advance(23 * HOUR_MS)
    expect(await ask([day], approvalOf({ ...one, id: 'two' }))).toBe('LIMIT_WINDOW')
    await rig.testDatabase.advance(HOUR_MS)
    expect(await ask([day], approvalOf({ ...one, id: 'two' }))).toBe('approve')
  })

  test('and by the prices of its own time, whatever its approval was worth', async () => {
    let price = '2'
    const prices: PriceBook = {
      covers: () => ['desk', 'bank'],
      price: () => ({ result: 'price', used: { currency: 'USD', price, quotes: [] } }),
    }
    const dear = await startLimitsRig({ prices })
    try {
      const usd: WrittenRule = { id: 'usd', measure: 'value', currency: 'USD', window: { rolling: '24h' }, limit: '10' }
      const coin = { ...one, amountAtomic: 10n ** 18n }
      const said = async (question: Question): Promise<string> => outcomeOf(await dear.claim([usd], question))
      expect(await said(approvalOf(coin))).toBe('approve')
      price = '7'
      expect(await said(approvalOf(coin))).toBe('approve')
      expect(await dear.used()).toEqual(['usd 200000000'])
      expect(await said(signingOf({ ...coin, ...bytes }))).toBe('approve')
      price = '11'
      expect(await said(signingOf({ ...coin, ...bytes }))).toBe('approve')
      expect(await dear.used()).toEqual(['usd 700000000'])
      expect(await said(signingOf({ ...coin, ...next }))).toBe('LIMIT_WINDOW')
    } finally {
      await dear.testDatabase.drop()
    }
  })

  test('the distance between payments is that of their signatures', async () => {
    const spacing: WrittenRule = { id: 'spacing', kind: 'min-interval', interval: '60s' }
    const rules = [day, spacing]
    expect(await ask(rules, approvalOf({ ...one, amountAtomic: 1n }))).toBe('approve')
    await rig.testDatabase.advance(1_000)
    expect(await ask(rules, signingOf({ ...one, ...bytes, amountAtomic: 1n }))).toBe('approve')
    await rig.testDatabase.advance(59_500)
    expect(await ask(rules, approvalOf({ ...one, id: 'two', amountAtomic: 1n }))).toBe('MIN_INTERVAL')
    await rig.testDatabase.advance(500)
    expect(await ask(rules, approvalOf({ ...one, id: 'two', amountAtomic: 1n }))).toBe('approve')
  })
})

describe('Co-signers and counters of their own', () => {
  const perCaller: WrittenRule = { ...day, id: 'caller', per: ['caller', 'asset'] }
  const used = async (): Promise<unknown> =>
    rig.database.query({
      text: `select dimensions::jsonb->1->>1 as caller, used::text from counter where used > 0 order by 1`,
    })

  test('what one approved and another one signs counts for the one who signs', async () => {
    await ask([perCaller], approvalOf(one))
    expect(await ask([perCaller], signingOf({ ...one, ...bytes, caller: 'cosigner-2' }))).toBe('approve')
    expect(await used()).toEqual([{ caller: 'cosigner-2', used: '600' }])
    expect(await ask([perCaller], signingOf({ ...one, ...bytes, caller: 'cosigner-1' }))).toBe('approve')
    expect(await used()).toEqual([{ caller: 'cosigner-2', used: '600' }])
  })
})

test('each destination of a payment counts, at its approval and at its signature', async () => {
  const also = [{ to: OTHER, amountAtomic: 300n }]
  const perDestination: WrittenRule = { ...day, id: 'each', per: ['destination'], limit: '0.0000000000000006' }
  const outputs: WrittenRule = {
    id: 'outputs',
    measure: 'count',
    count_unit: 'output',
    window: { rolling: '24h' },
    limit: '2',
  }
  const rules = [perDestination, outputs]
  expect(await ask(rules, approvalOf({ ...one, also, to: CUSTOMER }))).toBe('approve')
  expect((await rig.used()).toSorted()).toEqual(['each 300', 'each 600', 'outputs 2'])
  expect(await ask(rules, signingOf({ ...one, ...bytes, also, to: CUSTOMER }))).toBe('approve')
  expect((await rig.used()).toSorted()).toEqual(['each 300', 'each 600', 'outputs 2'])
  expect(await ask(rules, approvalOf({ ...one, id: 'two', amountAtomic: 1n }))).toBe('LIMIT_WINDOW LIMIT_COUNT')
})

test('an exception that the approval used is used by the signature, and not twice', async () => {
  await ask([day], approvalOf({ ...one, id: 'before', amountAtomic: 900n }))
  await rig.database.query({
    text: `with p as (insert into proposal (kind, body, reason, proposed_by, proposed_at) values ('exception', '{}', 'r', 'a', clock_now()) returning proposal_id)
           insert into limit_exception (proposal_id, rule_id, dimensions, amount, remaining, expires_at)
           select proposal_id, 'day', (select dimensions from counter), 500, 500, clock_now() + interval '1 day' from p`,
  })
  const remaining = async (): Promise<unknown> =>
    (await rig.database.query({ text: 'select remaining::text from limit_exception' }))[0]
  expect(await ask([day], approvalOf(one))).toBe('approve')
  expect(await remaining()).toEqual({ remaining: '0' })
  expect(await ask([day], signingOf({ ...one, ...bytes }))).toBe('approve')
  expect(await remaining()).toEqual({ remaining: '0' })
  await rig.release(signingOf(one))
  expect(await remaining()).toEqual({ remaining: '500' })
  expect(await rig.used()).toEqual(['day 900'])
})

test('rules that change between the two count the payment once', async () => {
  await ask([day], approvalOf(one))
  const other: WrittenRule = { ...day, id: 'other', window: { rolling: '48h' } }
  expect(await ask([day, other], signingOf({ ...one, ...bytes }))).toBe('approve')
  expect(await rig.used()).toEqual(['day 600', 'other 600'])
})
