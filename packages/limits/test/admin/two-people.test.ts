import { expect, test } from 'vitest'
import type { WrittenRule } from '../limits-rig.ts'
import { openAdminRig, type AdminRig } from './admin-rig.ts'
import { approve, DIMENSIONS, propose, refusal } from './proposing.ts'

const TX: WrittenRule = { id: 'tx', window: 'tx', limit: '0.001' }
const DAY: WrittenRule = { id: 'day', window: { rolling: '24h' }, limit: '0.001' }
const MORE = { kind: 'adjustment', rule: 'day', dimensions: DIMENSIONS, amount: '0.0003' }

const open = (): Promise<AdminRig> => openAdminRig({ rules: [TX, DAY] })

test('nothing happens until another person approves, and then once', async () => {
  const rig = await open()
  const id = await propose(rig, MORE)
  expect(await rig.used()).toEqual([])
  expect(await approve(rig, id)).toEqual({
    status: 200,
    body: {
      id,
      kind: 'adjustment',
      state: 'applied',
      rule: 'day',
      dimensions: DIMENSIONS,
      unit: 'USDT',
      amount: '0.0003',
      amount_atomic: '300',
      reason: 'ticket 7',
      proposed_by: 'olga',
      proposed_at: '2026-01-01T00:00:00.000Z',
      decided_by: 'anna',
      decided_at: '2026-01-01T00:00:00.000Z',
      effect: { adjusted: '0.0003', adjusted_atomic: '300' },
    },
  })
  expect(await approve(rig, id, 'axel')).toEqual(refusal(409, /^the proposal is applied already, by anna/))
  expect(await rig.post('axel', `/v1/proposals/${id}/refuse`)).toEqual(
    refusal(409, /^the proposal is applied already, by anna/),
  )
  expect(await rig.used()).toEqual(['day 300'])
})

test('whoever proposed it neither approves nor refuses it, whatever the role', async () => {
  const rig = await open()
  const id = await propose(rig, MORE, 'anna')
  for (const what of ['approve', 'refuse'])
    expect(await rig.post('anna', `/v1/proposals/${id}/${what}`)).toEqual(
      refusal(403, /^anna proposed it: another person has to decide/),
    )
  expect(await rig.used()).toEqual([])
  expect((await approve(rig, id, 'axel')).status).toBe(200)
  expect(await rig.used()).toEqual(['day 300'])
})

test('of two that approve at the same time, one does', async () => {
  const rig = await open()
  const id = await propose(rig, MORE)
  const both = await Promise.all([approve(rig, id, 'anna'), approve(rig, id, 'axel')])
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409])
  expect(await rig.used()).toEqual(['day 300'])
})

test('what is refused is never applied', async () => {
  const rig = await open()
  const id = await propose(rig, MORE)
  expect((await rig.post('anna', `/v1/proposals/${id}/refuse`)).body).toMatchObject({
    id,
    state: 'refused',
    decided_by: 'anna',
  })
  expect(await approve(rig, id, 'axel')).toEqual(refusal(409, /^the proposal is refused already, by anna/))
  expect(await rig.used()).toEqual([])
})

test('a failure leaves the proposal open and the ledger as it was', async () => {
  const rig = await open()
  const id = await propose(rig, MORE)
  await rig.database.query({ text: 'alter table entry add constraint none check (amount = 0) not valid' })
  expect(await approve(rig, id)).toEqual(refusal(500, /^it failed/))
  expect((await rig.get('vera', '/v1/proposals?state=open')).body).toMatchObject({ proposals: [{ id }] })
  await rig.database.query({ text: 'alter table entry drop constraint none' })
  expect((await approve(rig, id)).status).toBe(200)
})

test('they are listed newest first, by state, in pages of 100', async () => {
  const rig = await open()
  const first = await propose(rig, MORE)
  await approve(rig, first)
  await rig.database.query({
    text: `insert into proposal (kind, body, reason, proposed_by, proposed_at) select 'release', '{}', 'x', 'olga', clock_now() from generate_series(1, 100)`,
  })
  const page = await rig.get('vera', '/v1/proposals')
  expect(page.body['proposals']).toHaveLength(100)
  const rest = await rig.get('vera', `/v1/proposals?after=${String(page.body['next'])}`)
  expect(rest.body).toMatchObject({ proposals: [{ id: first, state: 'applied' }], next: null })
  expect((await rig.get('vera', '/v1/proposals?state=applied')).body).toMatchObject({ proposals: [{ id: first }] })
  expect(await rig.get('vera', '/v1/proposals?state=closed')).toEqual(refusal(400, /^state is not known/))
})

test('there is no proposal of another id', async () => {
  const rig = await open()
  expect(await approve(rig, '9')).toEqual(refusal(404, /^there is no proposal 9/))
  expect(await approve(rig, 'x')).toEqual(refusal(400, /is not an id/))
})

test('a process whose rules count no more neither proposes nor applies what is about rules', async () => {
  const rig = await open()
  const id = await propose(rig, MORE)
  await rig.use({ rules: [DAY] })
  expect(await approve(rig, id)).toEqual(refusal(409, /^newer rules count/))
  expect(await rig.post('olga', '/v1/proposals', { reason: 'x', ...MORE })).toEqual(refusal(409, /^newer rules count/))
})

test.each([
  [{ kind: 'reset' }, /kind: .*expected/],
  [{ ...MORE, rule: 'none' }, /^rule: no rule none counts now; expected one of tx, day/],
  [{ ...MORE, rule: 'tx' }, /^rule: counts nothing that could be adjusted/],
  [
    { ...MORE, dimensions: { wallet: 'hot-1', colour: 'red' } },
    /^dimensions.asset: is missing\ndimensions.colour: is none of day; expected wallet, asset/,
  ],
  [
    { ...MORE, dimensions: { wallet: '', asset: 'NONE' } },
    /^dimensions.wallet: is empty\ndimensions.asset: is not in the asset registry/,
  ],
  [{ ...MORE, dimensions: { wallet: 1, asset: 'USDT-ETHEREUM' } }, /^dimensions.wallet: is a number/],
  [{ ...MORE, amount: '0.0000001' }, /^amount: is no amount of at most 6 decimals/],
  [{ ...MORE, amount: '0.000' }, /^amount: is nothing/],
  [{ ...MORE, amount: 300 }, /^amount: is a number/],
  [{ ...MORE, amount: '+1' }, /^amount: is not valid/],
  [{ ...MORE, reason: '' }, /^reason: is not valid; expected why/],
  [{ ...MORE, reason: 'two\nlines' }, /^reason: is not valid; expected why/],
])('%j is refused', async (body, error) => {
  const rig = await open()
  expect(await rig.post('olga', '/v1/proposals', { reason: 'x', ...body })).toEqual(refusal(400, error))
  expect((await rig.get('vera', '/v1/proposals')).body).toEqual({ proposals: [], next: null })
})
