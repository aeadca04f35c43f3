import { expect, test } from 'vitest'
import { ASSETS, CUSTOMER, payment, type WrittenRule } from '../limits-rig.ts'
import { openAdminRig, type AdminRig } from './admin-rig.ts'

const TX: WrittenRule = { id: 'tx', window: 'tx', limit: '0.001' }
const DAY: WrittenRule = { id: 'day', window: { rolling: '24h' }, limit: '0.001' }
const asked = { wallet: 'hot-1', asset: 'USDT-ETHEREUM', amount: '0.0004', destination: CUSTOMER }

const traces = (rig: AdminRig): Promise<unknown> =>
  rig.database.query({
    text: `select (select count(*) from reservation) as reservations, (select count(*) from entry) as entries,
             (select coalesce(sum(used), 0) from counter)::text as used`,
  })

test('says what would be said and what every counter holds, and leaves no trace', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.claimBy(rig.rule, payment({ amountAtomic: 600n }))
  const before = await traces(rig)
  const approved = await rig.post('olga', '/v1/simulate', asked)
  const dimensions = { asset: 'USDT-ETHEREUM', wallet: 'hot-1' }
  const figures = { amount: '0.0004', amount_atomic: '400', limit: '0.001', limit_atomic: '1000' }
  expect(approved).toEqual({
    status: 200,
    body: {
      outcome: 'approve',
      objections: [],
      shadow: [],
      bound: false,
      applied: [
        {
          rule: 'tx',
          mode: 'enforce',
          dimensions,
          unit: 'USDT',
          window: { kind: 'tx' },
          ...figures,
          used: '0',
          used_atomic: '0',
          remaining: '0.001',
          remaining_atomic: '1000',
        },
        {
          rule: 'day',
          mode: 'enforce',
          dimensions,
          unit: 'USDT',
          window: { kind: 'rolling', span_ms: 86_400_000 },
          ...figures,
          used: '0.0006',
          used_atomic: '600',
          remaining: '0.0004',
          remaining_atomic: '400',
        },
      ],
    },
  })
  expect(await rig.post('olga', '/v1/simulate', asked)).toEqual(approved)
  expect(await traces(rig)).toEqual(before)
})

test('tells all objections as a claim does, shadow rules beside them', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY, { id: 'shy', window: 'tx', limit: '0.0001', mode: 'shadow' }] })
  await rig.claimBy(rig.rule, payment({ amountAtomic: 600n }))
  const { body } = await rig.post('olga', '/v1/simulate', { ...asked, amount: '0.002' })
  expect(body).toMatchObject({
    outcome: 'reject',
    objections: [{ code: 'LIMIT_TX' }, { code: 'LIMIT_WINDOW', evidence: { used: '600', remaining: '400' } }],
    shadow: [{ code: 'LIMIT_TX', evidence: { rule: 'shy' } }],
    applied: [
      { rule: 'tx' },
      { rule: 'day', used_atomic: '600', remaining_atomic: '400' },
      { rule: 'shy', mode: 'shadow' },
    ],
  })
})

test('what no rule limits is rejected, and a list that the address book has is seen', async () => {
  const key = `ethereum\n${ASSETS.asset('ETH') === undefined ? '' : `key20:${CUSTOMER.slice(2).toLowerCase()}`}`
  const rig = await openAdminRig({ rules: [{ ...TX, match: { destination: 'listed' } }] }, { listed: new Set([key]) })
  expect((await rig.post('olga', '/v1/simulate', asked)).body).toMatchObject({ outcome: 'approve' })
  expect((await rig.post('olga', '/v1/simulate', { ...asked, tag: 'memo' })).body).toMatchObject({
    outcome: 'reject',
    objections: [{ code: 'NO_APPLICABLE_RULE' }],
  })
})

test('a rule that includes the fee needs one to be said', async () => {
  const rig = await openAdminRig({
    rules: [{ id: 'eth', match: { asset: ['ETH'] }, include_fee: true, window: 'tx', limit: '1' }],
  })
  const eth = { ...asked, asset: 'ETH', amount: '1' }
  expect((await rig.post('olga', '/v1/simulate', eth)).body).toMatchObject({ objections: [{ code: 'FEE_MISSING' }] })
  expect((await rig.post('olga', '/v1/simulate', { ...eth, fee: '0' })).body).toMatchObject({ outcome: 'approve' })
  expect((await rig.post('olga', '/v1/simulate', { ...eth, fee: '0.1' })).body).toMatchObject({
    objections: [{ code: 'LIMIT_TX' }],
  })
})

test('values in a currency without a price, and rules that are not active any more, are told', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.use({ rules: [DAY] })
  expect((await rig.post('olga', '/v1/simulate', asked)).body).toMatchObject({
    outcome: 'unable',
    objections: [{ code: 'RULES_SUPERSEDED' }],
  })
})

test.each([
  [{ ...asked, asset: 'NONE' }, /^asset: is not in the registry/],
  [{ ...asked, amount: '0.0000001' }, /^amount: is no amount of at most 6 decimals/],
  [{ ...asked, amount: 1 }, /^amount: is a number; expected a decimal string/],
  [{ ...asked, amount: '-1' }, /^amount: is not valid; expected a decimal string/],
  [{ ...asked, destination: '0x12' }, /^destination: is not an address of ethereum/],
  [{ ...asked, caller: 'nobody' }, /^caller: is not configured; expected one of node/],
  [{ ...asked, operation: 'message' }, /^operation: /],
  [{ ...asked, colour: 'red' }, /^colour: is not a known key/],
  [{ wallet: 'hot-1' }, /^asset: is missing.*\namount: is missing.*\ndestination: is missing/],
])('%j is refused', async (body, error) => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  expect(await rig.post('olga', '/v1/simulate', body)).toEqual({
    status: 400,
    body: { error: expect.stringMatching(error) as string },
  })
})
