import { expect, test } from 'vitest'
import { CUSTOMER, OTHER, payment, type WrittenRule } from '../limits-rig.ts'
import type { PriceBook } from '../../src/prices/index.ts'
import { openAdminRig, type AdminRig } from './admin-rig.ts'
import { approve, byTwo, propose, refusal } from './proposing.ts'

const TX: WrittenRule = { id: 'tx', window: 'tx', limit: '0.001' }
const DAY: WrittenRule = { id: 'day', window: { rolling: '24h' }, limit: '0.001' }
const KEY = { business_key: 'cobo:acme:a', evidence: 'own node, block 7' }
const SLOTS = ['ethereum\nnonce 1']
const USDT = { asset: 'USDT-ETHEREUM', destination: CUSTOMER }
const refused = (rig: AdminRig, body: object) => rig.post('olga', '/v1/proposals', { reason: 'x', ...KEY, ...body })
const stateOf = async (rig: AdminRig, key = 'cobo:acme:a') => {
  const { body } = await rig.get('vera', `/v1/reservations?business_key=${key}`)
  const [found] = body['reservations'] as readonly {
    readonly state: string
    readonly why: string
    readonly parts: readonly object[]
  }[]
  return found
}

test('L21: a release with evidence gives back once', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  const a = payment({ id: 'a', amountAtomic: 600n })
  await rig.claimBy(rig.rule, a)
  await rig.commit(a)
  const [first, second] = [
    await propose(rig, { kind: 'release', ...KEY }),
    await propose(rig, { kind: 'release', ...KEY }),
  ]
  expect((await approve(rig, first)).body).toMatchObject({ effect: { business_key: 'cobo:acme:a', state: 'released' } })
  expect(await rig.used()).toEqual([])
  expect(await stateOf(rig)).toMatchObject({
    state: 'released',
    why: `proposal ${first} of olga, approved by anna: own node, block 7`,
  })
  expect(await approve(rig, second)).toEqual(refusal(409, /^the reservation is released/))
  expect(await refused(rig, { kind: 'release' })).toEqual(refusal(409, /^the reservation is released/))
  expect(
    await rig.database.query({ text: "select amount::text, proposal_id from entry where reason = 'release'" }),
  ).toEqual([{ amount: '-600', proposal_id: BigInt(first) }])
})

test('what is confirmed is neither released nor confirmed again, and what was never reserved is not found', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.claimBy(rig.rule, payment({ id: 'a', amountAtomic: 600n }))
  const late = await propose(rig, { kind: 'confirm', ...KEY })
  await byTwo(rig, { kind: 'confirm', ...KEY })
  for (const kind of ['release', 'confirm'])
    expect(await refused(rig, { kind })).toEqual(refusal(409, /^the reservation is confirmed/))
  expect(await approve(rig, late)).toEqual(refusal(409, /^the reservation is confirmed/))
  for (const kind of ['release', 'confirm'])
    expect(await refused(rig, { kind, business_key: 'cobo:acme:none' })).toEqual(
      refusal(404, /^nothing was ever reserved/),
    )
  expect(await rig.used()).toEqual(['day 600'])
})

test('L22: a confirmation with less gives back the difference, and the facts follow', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.claimBy(rig.rule, payment({ id: 'a', amountAtomic: 600n, also: [{ to: OTHER, amountAtomic: 100n }] }))
  await byTwo(rig, { kind: 'confirm', ...KEY, amounts: [{ ...USDT, amount: '0.0002' }] })
  expect(await rig.used()).toEqual(['day 300'])
  expect(await stateOf(rig)).toMatchObject({
    state: 'confirmed',
    parts: [{ amount_atomic: '200' }, { amount_atomic: '100' }],
  })
  expect(await rig.alarms('over_limit_by_confirmation')).toBe(0)
  // A rule of another shape counts what really moved.
  await rig.use({ rules: [TX, { ...DAY, window: { rolling: '48h' } }] })
  expect(await rig.used()).toEqual(['day 300'])
})

test('L22: a confirmation with more counts above the limit, with an alarm', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.claimBy(rig.rule, payment({ id: 'a', amountAtomic: 600n }))
  await byTwo(rig, { kind: 'confirm', ...KEY, amounts: [{ ...USDT, amount: '0.0021' }] })
  expect(await rig.used()).toEqual(['day 2100'])
  expect(await rig.alarms('over_limit_by_confirmation')).toBe(1)
  expect((await rig.claimBy(rig.rule, payment({ amountAtomic: 1n }))).outcome).toBe('reject')
})

test('a transaction that is final and moved nothing uses nothing but its fee', async () => {
  const rule: WrittenRule = {
    id: 'eth',
    match: { asset: ['ETH'] },
    include_fee: true,
    window: { rolling: '24h' },
    limit: '1',
  }
  const rig = await openAdminRig({ rules: [rule] })
  await rig.claimBy(rig.rule, payment({ id: 'a', asset: 'ETH', amountAtomic: 1000n, slots: SLOTS }))
  expect(await rig.used()).toEqual(['eth 22000'])
  const amounts = [
    { asset: 'ETH', destination: CUSTOMER, amount: '0' },
    { asset: 'ETH', fee: true, amount: '0.000000000000019' },
  ]
  await byTwo(rig, { kind: 'confirm', ...KEY, amounts })
  expect(await rig.used()).toEqual(['eth 19000'])
})

test('a confirmation releases what it replaces', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.claimBy(rig.rule, payment({ id: 'a', amountAtomic: 600n, slots: SLOTS }))
  await rig.claimBy(rig.rule, payment({ id: 'b', amountAtomic: 700n, slots: SLOTS }))
  await byTwo(rig, { kind: 'confirm', ...KEY })
  expect(await rig.used()).toEqual(['day 600'])
  expect(await stateOf(rig, 'cobo:acme:b')).toMatchObject({ state: 'released', why: 'replaced by one that is final' })
})

test('what was released and is confirmed all the same counts again, with an alarm', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  const a = payment({ id: 'a', amountAtomic: 600n })
  await rig.claimBy(rig.rule, a)
  await rig.release(a)
  await rig.claimBy(rig.rule, payment({ amountAtomic: 1000n }))
  await byTwo(rig, { kind: 'confirm', ...KEY, amounts: [{ ...USDT, amount: '0.0005' }] })
  expect(await rig.used()).toEqual(['day 1500'])
  expect(await stateOf(rig)).toMatchObject({ state: 'confirmed' })
  expect([await rig.alarms('released_but_seen'), await rig.alarms('over_limit_by_confirmation')]).toEqual([1, 0])
})

test('a value is counted by the price of its time, and one that nobody knows cannot be', async () => {
  const price: { text?: string } = { text: '2' }
  const prices: PriceBook = {
    covers: () => ['one', 'two'],
    price: (_asset, currency) =>
      price.text === undefined
        ? { result: 'missing', text: 'no price' }
        : { result: 'price', used: { currency, price: price.text, quotes: [] } },
  }
  const value: WrittenRule = {
    id: 'usd',
    match: { asset: ['USDT-ETHEREUM'] },
    measure: 'value',
    currency: 'USD',
    window: { rolling: '24h' },
    limit: '100',
  }
  const rig = await openAdminRig({ rules: [value] }, { prices })
  await rig.claimBy(rig.rule, payment({ id: 'a', amountAtomic: 3_000_000n }))
  expect(await rig.used()).toEqual(['usd 600000000'])
  price.text = '9'
  const id = await propose(rig, { kind: 'confirm', ...KEY, amounts: [{ ...USDT, amount: '1' }] })
  await rig.database.query({ text: `update reservation set facts = facts || '{"prices": []}'` })
  delete price.text
  expect(await approve(rig, id)).toEqual(refusal(409, /^what it used cannot be counted now: no price/))
  expect(await rig.used()).toEqual(['usd 600000000'])
  await rig.database.query({
    text: `update reservation set facts = facts || '{"prices": [{"asset": "USDT-ETHEREUM", "currency": "USD", "price": "2", "quotes": []}]}'`,
  })
  expect((await approve(rig, id)).status).toBe(200)
  expect(await rig.used()).toEqual(['usd 200000000'])
})

test.each([
  [[{ ...USDT, destination: OTHER, amount: '1' }], /^amounts: the payment moves no USDT-ETHEREUM to key20:/],
  [[{ asset: 'USDT-ETHEREUM', amount: '1' }], /^amounts: the payment moves no USDT-ETHEREUM to nobody/],
  [[{ asset: 'ETH', fee: true, amount: '1' }], /^amounts: the payment moves no ETH as a fee/],
  [
    [
      { ...USDT, amount: '1' },
      { ...USDT, amount: '2' },
    ],
    /^amounts: one place is named twice/,
  ],
  [[{ ...USDT, asset: 'NONE', amount: '1' }], /^amounts\[0\].asset: is not in the registry/],
  [[{ ...USDT, amount: '0.0000001' }], /^amounts\[0\].amount: is no amount of at most 6 decimals/],
  [[], /^amounts: /],
])('amounts of %j are refused', async (amounts, error) => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.claimBy(rig.rule, payment({ id: 'a', amountAtomic: 600n }))
  expect(await refused(rig, { kind: 'confirm', amounts })).toEqual(refusal(400, error))
})

test('several movements to one place are one amount', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.claimBy(rig.rule, payment({ id: 'a', amountAtomic: 300n, also: [{ to: CUSTOMER, amountAtomic: 300n }] }))
  await byTwo(rig, { kind: 'confirm', ...KEY, amounts: [{ ...USDT, amount: '0.0006' }] })
  expect(await rig.used()).toEqual(['day 600'])
  expect(await rig.alarms('over_limit_by_confirmation')).toBe(0)
})

test('slots are locked before rows, as a decision locks them', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.claimBy(rig.rule, payment({ id: 'a', amountAtomic: 600n, slots: SLOTS }))
  const id = await propose(rig, { kind: 'confirm', ...KEY })
  const waiting =
    "select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())"
  const approving = await rig.inTransaction(async (tx) => {
    await tx.query({ text: 'select limits_lock_slots($1)', values: [SLOTS] })
    const approval = approve(rig, id)
    await expect.poll(() => rig.database.query({ text: waiting })).toEqual([{ n: 1 }])
    await tx.query({ text: 'select from reservation for no key update nowait' })
    return { approval }
  })
  expect((await approving.approval).status).toBe(200)
})
