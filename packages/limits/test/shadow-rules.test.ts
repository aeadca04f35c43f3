import type { Question } from '@callback-quorum/checker-kit'
import { onTestFinished, describe, expect, test } from 'vitest'
import type { PriceBook } from '../src/prices/index.ts'
import { openAdminRig } from './admin/admin-rig.ts'
import { CUSTOMER, OTHER, outcomeOf, payment, startLimitsRig, type LimitsRig, type WrittenRule } from './limits-rig.ts'

// A rule in shadow mode says what it would say, and decides nothing: not where it is breached, and not where it lacks something either.
type Pricing = ReturnType<PriceBook['price']>
const tx: WrittenRule = { id: 'tx', window: 'tx', limit: '0.001' }
const day = { id: 'day', window: { rolling: '24h' }, limit: '0.001' } as const
const value: WrittenRule = {
  ...day,
  id: 'value',
  match: { asset: ['USDT-ETHEREUM'] },
  measure: 'value',
  currency: 'USD',
}

async function open(pricing: { now: Pricing } = { now: { result: 'missing', text: 'no price' } }): Promise<LimitsRig> {
  const rig = await startLimitsRig({ prices: { covers: () => ['one', 'two'], price: () => pricing.now } })
  onTestFinished(() => rig.testDatabase.drop())
  return rig
}

const plain = (): Question => payment({ amountAtomic: 400n })
const unread = (): Question => ({
  ...plain(),
  outputs: [{ addressText: 'somebody', amountAtomic: 400n, own: false }],
})

describe.each<[string, WrittenRule, () => Question, string, Pricing]>([
  ['a dimension', { ...day, per: ['initiator', 'asset'] }, plain, 'DIMENSION_MISSING', { result: 'missing', text: '' }],
  [
    'a canonical destination',
    { ...day, per: ['destination', 'asset'] },
    unread,
    'DIMENSION_MISSING',
    { result: 'missing', text: '' },
  ],
  ['a price', value, plain, 'PRICE_MISSING', { result: 'missing', text: 'no price' }],
  ['a fresh price', value, plain, 'PRICE_STALE', { result: 'stale', text: 'an old price' }],
  ['one price', value, plain, 'PRICE_UNRELIABLE', { result: 'unreliable', text: 'two prices' }],
  ['the fee', { ...day, include_fee: true }, plain, 'FEE_MISSING', { result: 'missing', text: '' }],
])('a rule that lacks %s', (_, rule, question, code, pricing) => {
  test('does not approve where it enforces', async () => {
    const rig = await open({ now: pricing })
    const outcome = outcomeOf(await rig.claim([tx, rule], question()))
    expect(outcome.replace(/^unable /, '')).toBe(code)
  })

  test('is told of and decides nothing where it is in shadow mode, however long that lasts', async () => {
    const rig = await open({ now: pricing })
    const rules: WrittenRule[] = [tx, { ...rule, mode: 'shadow' }]
    const told = {
      outcome: 'approve',
      evidence: { rules: expect.arrayContaining(['tx']) as string[], shadow: [{ code }] },
    }
    expect(await rig.claim(rules, question())).toMatchObject(told)
    expect(await rig.claim(rules, question(), { firstAskedAt: new Date(0) })).toMatchObject(told)
    expect(await rig.registry.getSingleMetricAsString('callback_quorum_limits_refusals_total')).toContain(
      `code="${code}",rule="${rule.id}",mode="shadow"} 2`,
    )
  })

  test('in shadow mode it takes no objection away', async () => {
    const rig = await open({ now: pricing })
    const over: WrittenRule = { ...tx, limit: '0.0001' }
    expect(await rig.claim([over, { ...rule, mode: 'shadow' }], question())).toMatchObject({
      outcome: 'reject',
      objections: [{ code: 'LIMIT_TX' }],
      evidence: { shadow: [{ code }] },
    })
    const bare: WrittenRule = { ...tx, match: { wallet: ['cold-1'] } }
    expect(await rig.claim([bare, { ...rule, mode: 'shadow' }], question())).toMatchObject({
      outcome: 'reject',
      objections: [{ code: 'NO_APPLICABLE_RULE' }],
      evidence: { shadow: [{ code }] },
    })
  })
})

test('a simulation tells it beside the outcome', async () => {
  const shy: WrittenRule = { ...day, id: 'shy', per: ['initiator', 'asset'], mode: 'shadow' }
  const rig = await openAdminRig({ rules: [tx, shy] })
  const made = { wallet: 'hot-1', asset: 'USDT-ETHEREUM', amount: '0.0004', destination: CUSTOMER }
  expect((await rig.post('olga', '/v1/simulate', made)).body).toMatchObject({
    outcome: 'approve',
    objections: [],
    shadow: [{ code: 'DIMENSION_MISSING', evidence: { rule: 'shy' } }],
  })
})

test('what a shadow rule could not count, it counts from the facts when it is to refuse', async () => {
  const pricing: { now: Pricing } = { now: { result: 'stale', text: 'an old price' } }
  const rig = await open(pricing)
  const shy: WrittenRule = { ...value, limit: '0.001', mode: 'shadow' }
  await rig.claim([tx, shy], payment({ amountAtomic: 600n, to: OTHER }))
  expect(await rig.used()).toEqual([])
  // Not to be known is no reason to begin from nothing.
  await expect(rig.use({ rules: [tx, { ...shy, mode: 'enforce' }] })).rejects.toThrow(/cannot be counted in a currency/)
  pricing.now = { result: 'price', used: { currency: 'USD', price: '1', quotes: [] } }
  expect(await rig.ask([tx, { ...shy, mode: 'enforce' }, { ...tx, id: 'again' }], { amountAtomic: 600n })).toBe(
    'LIMIT_WINDOW',
  )
  expect(await rig.used()).toEqual(['value 60000'])
})
