import { expect, test } from 'vitest'
import { payment, type WrittenRule } from '../limits-rig.ts'
import { openAdminRig, type Person } from './admin-rig.ts'

const TX: WrittenRule = { id: 'tx', window: 'tx', limit: '0.001' }
const DAY: WrittenRule = { id: 'day', window: { rolling: '24h' }, limit: '0.001' }

test('a counter that differs from the ledger is told with both sums, raises an alarm, and stays as it is', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.claimBy(rig.rule, payment({ amountAtomic: 600n }))
  expect(await rig.post('olga', '/v1/recount')).toEqual({ status: 200, body: { differences: [] } })
  expect(await rig.alarms('drift')).toBe(0)
  await rig.database.query({ text: "update counter set used = 599 where rule_id = 'day'" })
  for (const times of [1, 2]) {
    expect((await rig.post('olga', '/v1/recount')).body).toMatchObject({
      differences: [
        {
          rule: 'day',
          dimensions: { asset: 'USDT-ETHEREUM', wallet: 'hot-1' },
          used_atomic: '599',
          counted_atomic: '600',
        },
      ],
    })
    expect(await rig.alarms('drift')).toBe(times)
  }
})

test('every route needs its role', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  const routes: readonly (readonly [least: Person | 'nobody', method: 'get' | 'post', path: string])[] = [
    ['nobody', 'get', '/v1/usage'],
    ['nobody', 'get', '/v1/reservations'],
    ['nobody', 'get', '/v1/proposals'],
    ['nobody', 'get', '/v1/export?month=2026-01'],
    ['vera', 'post', '/v1/simulate'],
    ['vera', 'post', '/v1/backtest'],
    ['vera', 'post', '/v1/proposals'],
    ['vera', 'post', '/v1/reservations/confirm'],
    ['vera', 'post', '/v1/recount'],
    ['olga', 'post', '/v1/proposals/1/approve'],
    ['olga', 'post', '/v1/proposals/1/refuse'],
  ]
  for (const [tooSmall, method, path] of routes) {
    const unknown = await fetch(`${rig.url}${path}`, { method: method.toUpperCase() })
    expect([path, unknown.status]).toEqual([path, 401])
    if (tooSmall === 'nobody') expect([path, (await rig.get('vera', path)).status]).toEqual([path, 200])
    else expect([path, (await rig[method](tooSmall, path)).status]).toEqual([path, 403])
  }
})
