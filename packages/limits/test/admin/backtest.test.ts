import { expect, test } from 'vitest'
import { approvalOf, signingOf } from '../fireblocks-payments.ts'
import { OTHER, payment, type WrittenFile, type WrittenRule } from '../limits-rig.ts'
import { openAdminRig, type AdminRig } from './admin-rig.ts'

const HOUR_MS = 3_600_000
const TX: WrittenRule = { id: 'tx', window: 'tx', limit: '0.001' }
const DAY: WrittenRule = { id: 'day', window: { rolling: '24h' }, limit: '0.01' }
const SPAN = { from: '2026-01-01T00:00:00Z', to: '2026-01-03T00:00:00Z' }

const play = (rig: AdminRig, file: WrittenFile, span: object = SPAN) =>
  rig.post('olga', '/v1/backtest', { ...span, rules: JSON.stringify({ version: 1, ...file }) })

const pay = async (rig: AdminRig, id: string, amountAtomic: bigint, to?: string) => {
  const question = payment({ id, amountAtomic, ...(to !== undefined && { to }) })
  expect((await rig.claimBy(rig.rule, question)).outcome).toBe('approve')
  return question
}

test('history is played again under other rules: what they refuse counts nothing, and what was given back counts until then', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await pay(rig, 'a', 600n)
  await rig.testDatabase.advance(HOUR_MS)
  const b = await pay(rig, 'b', 400n)
  await pay(rig, 'c', 300n)
  await rig.testDatabase.advance(HOUR_MS)
  await rig.release(b)
  await pay(rig, 'd', 400n)
  await rig.testDatabase.advance(24 * HOUR_MS)
  await pay(rig, 'e', 1000n)

  const file: WrittenFile = {
    rules: [TX, { ...DAY, limit: '0.001' }, { id: 'shy', window: 'tx', limit: '0.0005', mode: 'shadow' }],
  }
  const { status, body } = await play(rig, file)
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      considered: 5,
      // At c, a and b are 1000; at d, b was given back and a is 600; at e, a and c have left and d stands exactly at the edge.
      would_refuse: 1,
      by_rule: [
        { rule: 'shy', code: 'LIMIT_TX', mode: 'shadow', count: 2 },
        { rule: 'day', code: 'LIMIT_WINDOW', mode: 'enforce', count: 1 },
      ],
      first: [
        { business_key: 'cobo:acme:c', at: '2026-01-01T01:00:00.000Z', codes: ['LIMIT_WINDOW'], released: false },
      ],
    },
  })
})

test('one that was given back later is played and marked', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.release(await pay(rig, 'a', 600n))
  const { body } = await play(rig, { rules: [{ ...TX, limit: '0.0001' }] })
  expect(body).toMatchObject({
    considered: 1,
    would_refuse: 1,
    first: [{ business_key: 'cobo:acme:a', codes: ['LIMIT_TX'], released: true }],
  })
})

test('replacements stay replacements, and what is confirmed is outstanding no more', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  const slots = ['ethereum\nnonce 1']
  await rig.claimBy(rig.rule, payment({ id: 'a', amountAtomic: 900n, slots }))
  await rig.claimBy(rig.rule, payment({ id: 'b', amountAtomic: 1000n, slots }))
  await rig.database.query({ text: "select limits_confirm('cobo:acme:b', null, 'seen')" })
  await pay(rig, 'c', 1n)
  const outstanding: WrittenRule = { id: 'pending', kind: 'outstanding', measure: 'count', limit: '1' }
  expect((await play(rig, { rules: [TX, { ...DAY, limit: '0.001001' }, outstanding] })).body).toMatchObject({
    considered: 3,
    would_refuse: 0,
  })
  expect((await play(rig, { rules: [TX, { ...DAY, limit: '0.001' }] })).body).toMatchObject({ would_refuse: 1 })
})

test('a new destination is one that history had not seen before', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await pay(rig, 'a', 1n)
  await rig.testDatabase.advance(HOUR_MS)
  await pay(rig, 'b', 1n)
  await pay(rig, 'c', 1n, OTHER)
  const { body } = await play(rig, {
    rules: [TX, { id: 'new', kind: 'new-destination', cooldown: '1h', unlisted: 'first-sight' }],
  })
  expect(body).toMatchObject({
    by_rule: [{ rule: 'new', code: 'DEST_COOLDOWN', count: 2 }],
    first: [{ business_key: 'cobo:acme:a' }, { business_key: 'cobo:acme:c' }],
  })
})

test('nothing of the ledger changes, nothing of one backtest meets the next, and only what lies between from and to is played', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await pay(rig, 'a', 600n)
  await rig.testDatabase.advance(HOUR_MS)
  await pay(rig, 'b', 700n)
  const dump = (): Promise<unknown> =>
    Promise.all(
      ['reservation', 'entry', 'counter', 'ruleset', 'active_rule'].map((table) =>
        rig.database.query({ text: `select t::text from ${table} t order by 1` }),
      ),
    )
  const before = await dump()
  // A session that has temporary tables already keeps the plans that it made for the real ones.
  await rig.adminDatabase.query({ text: 'create temporary table anything ()' })
  const file: WrittenFile = { rules: [TX, { ...DAY, limit: '0.001' }] }
  const first = await play(rig, file)
  expect(first.body).toMatchObject({ considered: 2, would_refuse: 1 })
  // On the same connection: the rules that really count, then another history.
  const simulated = { wallet: 'hot-1', asset: 'USDT-ETHEREUM', amount: '0.0001', destination: OTHER }
  expect((await rig.post('olga', '/v1/simulate', simulated)).body).toMatchObject({
    outcome: 'approve',
    applied: [{ rule: 'tx' }, { rule: 'day', used_atomic: '1300' }],
  })
  expect(await play(rig, file)).toEqual(first)
  expect((await rig.get('vera', '/v1/usage')).body).toMatchObject({ counters: [{ used_atomic: '1300' }] })
  expect((await play(rig, file, { from: '2026-01-01T00:30:00Z', to: '2026-01-01T02:00:00Z' })).body).toMatchObject({
    considered: 1,
    would_refuse: 0,
  })
  expect((await play(rig, file, { from: '2026-01-01T00:00:00Z', to: '2026-01-01T01:00:00Z' })).body).toMatchObject({
    considered: 1,
  })
  expect(await dump()).toEqual(before)
})

test('counters hold over more events than are read at once', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await pay(rig, 'a', 1n)
  await rig.database.query({
    text: `insert into reservation (business_key, state, facts, created_at, counted_at)
           select 'cobo:acme:' || n, 'held', (select facts from reservation), '2026-01-01', '2026-01-01' from generate_series(1, 1199) n`,
  })
  const { body } = await play(rig, {
    rules: [
      { ...TX, limit: '0.000001' },
      { ...DAY, limit: '0.0011' },
    ],
  })
  expect(body).toMatchObject({ considered: 1200, would_refuse: 100, first: { length: 50 } })
})

test('rules with problems are refused with all of them', async () => {
  const rig = await openAdminRig({ rules: [TX] })
  const { status, body } = await play(rig, {
    rules: [
      { id: 'a', window: 'tx' },
      { id: 'b', match: { asset: ['NONE'] }, window: 'tx', limit: '1' },
    ],
  })
  expect(status).toBe(400)
  expect(String(body['error']).split('\n')).toEqual([
    expect.stringMatching(/^rules:\d+:\d+ rules\[0\]\.limit: is missing/),
    expect.stringMatching(/^rules:\d+:\d+ rules\[1\]\.match: names the asset NONE/),
  ])
})

test.each([
  [{ ...SPAN, rules: '{' }, /^rules:1:/],
  [
    { from: SPAN.to, to: SPAN.from, rules: 'version: 1\nrules: [{ id: a, window: tx, limit: "1" }]' },
    /^to: is not after from/,
  ],
  [{ from: '2026-01-01', to: SPAN.to, rules: '' }, /^from: is not valid; expected a time with its zone/],
])('%j is refused', async (body, error) => {
  const rig = await openAdminRig({ rules: [TX] })
  expect(await rig.post('olga', '/v1/backtest', body)).toEqual({
    status: 400,
    body: { error: expect.stringMatching(error) as string },
  })
})

test('more than 100,000 reservations are too many', async () => {
  const rig = await openAdminRig({ rules: [TX] })
  await rig.database.query({
    text: `insert into reservation (business_key, state, facts, created_at, counted_at)
           select 'cobo:acme:' || n, 'held', '{}', '2026-01-01', '2026-01-01' from generate_series(1, 100001) n`,
  })
  expect(await play(rig, { rules: [TX] })).toMatchObject({
    status: 400,
    body: { error: expect.stringMatching(/^more than 100000 reservations/) as string },
  })
})

test('an approval and the signature after it are played as the two askings that they were, and count once', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  const paid = { id: 'a', amountAtomic: 600n, wallet: 'hot-1' }
  await rig.claimBy(rig.rule, approvalOf(paid))
  await rig.testDatabase.advance(HOUR_MS)
  await rig.claimBy(rig.rule, signingOf({ ...paid, slots: ['nonce 1'] }))
  await pay(rig, 'b', 400n)
  const { body } = await play(rig, { rules: [TX, { ...DAY, limit: '0.001' }] })
  expect(body).toMatchObject({ considered: 3, would_refuse: 0 })
  const { body: strict } = await play(rig, { rules: [{ ...TX, limit: '0.0005' }] })
  expect(strict).toMatchObject({
    considered: 3,
    would_refuse: 2,
    first: [
      { business_key: 'fireblocks:acme:a', at: '2026-01-01T00:00:00.000Z', released: true },
      { business_key: 'fireblocks:acme:a', at: '2026-01-01T01:00:00.000Z', released: false },
    ],
  })
})
