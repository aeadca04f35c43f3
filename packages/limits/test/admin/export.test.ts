import { expect, test } from 'vitest'
import { payment, type WrittenRule } from '../limits-rig.ts'
import { openAdminRig, type AdminRig } from './admin-rig.ts'

const TX: WrittenRule = { id: 'tx', window: 'tx', limit: '0.001' }
const DAY: WrittenRule = { id: 'day', window: { rolling: '24h' }, limit: '10' }

type Line = Readonly<Record<string, unknown>>
async function exported(rig: AdminRig, month: string): Promise<readonly (readonly Line[])[]> {
  const pages: Line[][] = []
  let after: string | null = ''
  while (after !== null) {
    const { status, body } = await rig.get('vera', `/v1/export?month=${month}${after === '' ? '' : `&after=${after}`}`)
    expect(status).toBe(200)
    pages.push((body['lines'] as readonly string[]).map((line) => JSON.parse(line) as Line))
    after = body['next'] as string | null
  }
  return pages
}

test('a month is everything that stands in it, in UTC, and all that is needed to read it', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  const a = payment({ id: 'a', amountAtomic: 600n, slots: ['ethereum\nnonce 1'] })
  await rig.testDatabase.setClock(Date.parse('2026-01-31T23:59:59.999Z'))
  await rig.claimBy(rig.rule, a)
  await rig.testDatabase.setClock(Date.parse('2026-02-01T00:00:00Z'))
  await rig.claimBy(rig.rule, payment({ id: 'b', amountAtomic: 1n }))
  await rig.release(a)
  const lines = (await exported(rig, '2026-01')).flat()
  const common = {
    reservation_id: '1',
    rule: 'day',
    dimensions: [
      ['asset', 'USDT-ETHEREUM'],
      ['wallet', 'hot-1'],
    ],
  }
  const at = '2026-01-31T23:59:59.999+00:00'
  expect(lines).toMatchObject([
    {
      kind: 'reservation',
      reservation_id: '1',
      business_key: 'cobo:acme:a',
      state: 'released',
      counted_at: at,
      slots: ['ethereum\nnonce 1'],
      facts: { wallet: 'hot-1' },
    },
    { kind: 'entry', ...common, amount: '600', claimed: '600', at, reason: 'reserve', proposal_id: null },
    {
      kind: 'entry',
      ...common,
      amount: '-600',
      claimed: '0',
      at,
      reason: 'release',
      recorded_at: '2026-02-01T00:00:00+00:00',
    },
  ])
  expect((await exported(rig, '2026-02')).flat()).toMatchObject([{ business_key: 'cobo:acme:b' }, { amount: '1' }])
  expect((await exported(rig, '2025-12')).flat()).toEqual([])
})

test('pages hold at most 1,000 lines, and every line comes once', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.claimBy(rig.rule, payment({ amountAtomic: 1n }))
  await rig.database.query({
    text: `with r as (insert into reservation (business_key, state, facts, created_at, counted_at)
             select 'cobo:acme:' || n, 'held', '{}', '2026-01-01', '2026-01-01' from generate_series(1, 2100) n returning reservation_id)
           insert into entry (reservation_id, counter_id, amount, claimed, at, reason)
             select reservation_id, (select counter_id from counter where rule_id = 'day'), 1, 1, '2026-01-01', 'reserve' from r`,
  })
  const pages = await exported(rig, '2026-01')
  expect(pages.map((page) => page.length)).toEqual([1000, 1000, 101, 1000, 1000, 101])
  const ids = (kind: string) =>
    pages
      .flat()
      .filter((line) => line['kind'] === kind)
      .map((line) => line['reservation_id'])
  for (const kind of ['reservation', 'entry']) expect(new Set(ids(kind)).size).toBe(2101)
})

test('what is written while it is exported comes with the next export', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.claimBy(rig.rule, payment({ amountAtomic: 1n }))
  const first = await rig.get('vera', '/v1/export?month=2026-01')
  await rig.testDatabase.advance(1)
  await rig.claimBy(rig.rule, payment({ amountAtomic: 2n }))
  const { body } = await rig.get('vera', `/v1/export?month=2026-01&after=${String(first.body['next'])}`)
  expect((body['lines'] as readonly string[]).map((line) => (JSON.parse(line) as Line)['amount'])).toEqual(['1'])
})

const forged = (values: readonly string[]): string => Buffer.from(JSON.stringify(values)).toString('base64url')
test.each([
  ['', /^month is not one; expected for example 2026-10/],
  ['?month=2026-13', /^month is not one/],
  ['?month=2026-10&after=x', /^after is not one/],
  [`?month=2026-10&after=${forged(['now()', 'entries', '1', '', ''])}`, /^after is not one/],
  [`?month=2026-10&after=${forged(['2026-01-01 00:00:00+00', 'entries', '1', 'then', '(0,1)'])}`, /^after is not one/],
  [`?month=2026-10&after=${forged(['2026-01-01 00:00:00+00', 'entries', '-1', '', ''])}`, /^after is not one/],
])('the query %s is refused', async (query, error) => {
  const rig = await openAdminRig({ rules: [TX] })
  expect(await rig.get('vera', `/v1/export${query}`)).toEqual({
    status: 400,
    body: { error: expect.stringMatching(error) as string },
  })
})
