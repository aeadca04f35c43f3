import { expect, test } from 'vitest'
import { payment, type WrittenRule } from '../limits-rig.ts'
import { openAdminRig, type AdminRig } from './admin-rig.ts'

const HOUR_MS = 3_600_000
const TX: WrittenRule = { id: 'tx', window: 'tx', limit: '0.001' }
const DAY: WrittenRule = { id: 'day', window: { rolling: '24h' }, limit: '0.001' }

const countersOf = async (rig: AdminRig, query = ''): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const { status, body } = await rig.get('vera', `/v1/usage${query}`)
  expect(status).toBe(200)
  return body['counters'] as readonly Readonly<Record<string, unknown>>[]
}

test('a rolling window shows what is used, what is left and when the oldest leaves, in whole and atomic units', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.claimBy(rig.rule, payment({ amountAtomic: 600n }))
  await rig.testDatabase.advance(HOUR_MS)
  await rig.claimBy(rig.rule, payment({ amountAtomic: 150n }))
  const dimensions = { asset: 'USDT-ETHEREUM', wallet: 'hot-1' }
  expect(await countersOf(rig)).toEqual([
    {
      rule: 'day',
      mode: 'enforce',
      dimensions,
      measure: 'amount',
      unit: 'USDT',
      window: { kind: 'rolling', span_ms: 24 * HOUR_MS },
      used: '0.00075',
      used_atomic: '750',
      limit: '0.001',
      limit_atomic: '1000',
      remaining: '0.00025',
      remaining_atomic: '250',
      extra: '0',
      extra_atomic: '0',
      at: '2026-01-01T01:00:00.000Z',
      window_start: '2025-12-31T01:00:00.000Z',
      next_free_at: '2026-01-02T00:00:00.000Z',
    },
  ])
  await rig.testDatabase.advance(23 * HOUR_MS)
  expect(await countersOf(rig)).toMatchObject([{ used_atomic: '150', next_free_at: '2026-01-02T01:00:00.000Z' }])
  await rig.testDatabase.advance(HOUR_MS)
  expect(await countersOf(rig)).toMatchObject([{ used_atomic: '0', next_free_at: null }])
  // Looking moves nothing on.
  expect(await rig.database.query({ text: "select used from counter where rule_id = 'day'" })).toEqual([
    { used: '750' },
  ])
})

test('what was given back is not the oldest that counts', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  const first = payment({ amountAtomic: 1n })
  await rig.claimBy(rig.rule, first)
  await rig.testDatabase.advance(HOUR_MS)
  await rig.claimBy(rig.rule, payment({ amountAtomic: 2n }))
  await rig.release(first)
  expect(await countersOf(rig)).toMatchObject([{ used_atomic: '2', next_free_at: '2026-01-02T01:00:00.000Z' }])
})

test.each([
  ['a day of 23 hours', 'day', '2026-03-29T01:00:00Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
  ['a day of 25 hours', 'day', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
  ['a month', 'month', '2026-02-10T12:00:00Z', '2026-01-31T23:00:00.000Z', '2026-02-28T23:00:00.000Z'],
] as const)('a calendar window is free again with the next one: %s', async (_, unit, now, begin, next) => {
  const rig = await openAdminRig({
    rules: [TX, { id: 'c', window: { calendar: unit, tz: 'Europe/Berlin' }, limit: '1' }],
  })
  await rig.testDatabase.setClock(Date.parse(now))
  await rig.claimBy(rig.rule, payment({ amountAtomic: 1n }))
  expect(await countersOf(rig, '?rule=c')).toMatchObject([
    { used_atomic: '1', window_start: begin, next_free_at: next },
  ])
})

test('payments and lifetimes have their own units, and what never leaves is never free', async () => {
  const rig = await openAdminRig({
    rules: [TX, { id: 'ever', measure: 'count', window: 'lifetime', limit: '2', mode: 'shadow' }],
  })
  await rig.claimBy(rig.rule, payment({ amountAtomic: 1n }))
  expect(await countersOf(rig)).toMatchObject([
    {
      rule: 'ever',
      mode: 'shadow',
      dimensions: { wallet: 'hot-1' },
      unit: 'payments',
      used: '1',
      limit: '2',
      remaining: '1',
      window_start: null,
      next_free_at: null,
    },
  ])
})

test('counters are found by rule and by the value of a dimension, and the rest is left out', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY, { ...DAY, id: 'other', limit: '0.002' }] })
  for (const wallet of ['hot-1', 'hot-2']) await rig.claimBy(rig.rule, payment({ amountAtomic: 1n, wallet }))
  const names = async (query: string): Promise<unknown> =>
    (await countersOf(rig, query)).map(
      ({ rule, dimensions }) => `${String(rule)} ${(dimensions as { wallet: string }).wallet}`,
    )
  expect(await names('')).toEqual(['day hot-1', 'day hot-2', 'other hot-1', 'other hot-2'])
  expect(await names('?rule=other')).toEqual(['other hot-1', 'other hot-2'])
  expect(await names('?dimension=wallet:hot-2')).toEqual(['day hot-2', 'other hot-2'])
  expect(await names('?rule=day&dimension=asset:BTC')).toEqual([])
})

test('more than 500 counters come in pages, each once', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.database.query({
    text: `insert into counter (rule_id, shape, dimensions)
           select a.rule_id, a.shape, '[["asset","USDT-ETHEREUM"],["wallet","w-' || n || '"]]' from active_rule a, generate_series(1, 501) n where a.rule_id = 'day'`,
  })
  const first = await rig.get('vera', '/v1/usage')
  const second = await rig.get('vera', `/v1/usage?after=${String(first.body['next'])}`)
  const wallets = [first, second].flatMap(({ body }) =>
    (body['counters'] as readonly { readonly dimensions: { readonly wallet: string } }[]).map(
      ({ dimensions }) => dimensions.wallet,
    ),
  )
  expect([wallets.length, new Set(wallets).size, second.body['next']]).toEqual([501, 501, null])
})

test.each([
  ['?rul=day', /names rul; expected of rule, dimension, after/],
  ['?dimension=wallet', /expected name:value/],
  ['?after=abc', /after is not one that this API gave/],
  ['?rule=a&rule=b', /names rule more than once/],
])('the query %s is refused', async (query, error) => {
  const rig = await openAdminRig({ rules: [TX] })
  expect(await rig.get('vera', `/v1/usage${query}`)).toEqual({
    status: 400,
    body: { error: expect.stringMatching(error) as string },
  })
})
