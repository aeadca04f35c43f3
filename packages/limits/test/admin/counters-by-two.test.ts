import { expect, test } from 'vitest'
import { OTHER, payment, type WrittenRule } from '../limits-rig.ts'
import { openAdminRig } from './admin-rig.ts'
import { approve, byTwo, DIMENSIONS, propose, refusal } from './proposing.ts'

const DAY_MS = 86_400_000
const TX: WrittenRule = { id: 'tx', window: 'tx', limit: '0.001' }
const DAY: WrittenRule = { id: 'day', window: { rolling: '24h' }, limit: '0.001' }
const EXTRA = {
  kind: 'exception',
  rule: 'day',
  dimensions: DIMENSIONS,
  amount: '0.0005',
  expires_at: '2026-01-01T06:00:00Z',
}
const FIX = { kind: 'adjustment', rule: 'day', dimensions: DIMENSIONS }

test('an exception lets something extra through once, and shows beside the limit', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  const ask = async (amountAtomic: bigint) => (await rig.claimBy(rig.rule, payment({ amountAtomic }))).outcome
  expect(await ask(1000n)).toBe('approve')
  expect(await byTwo(rig, EXTRA)).toMatchObject({
    effect: { extra: '0.0005', extra_atomic: '500', expires_at: '2026-01-01T06:00:00.000Z' },
  })
  expect((await rig.get('vera', '/v1/usage')).body).toMatchObject({ counters: [{ remaining: '0', extra: '0.0005' }] })
  expect(await ask(501n)).toBe('reject')
  expect(await ask(500n)).toBe('approve')
  expect(await ask(1n)).toBe('reject')
  expect(await rig.used()).toEqual(['day 1500'])
})

test('an exception is of one counter and until its time', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await byTwo(rig, EXTRA)
  const ask = async (wallet: string) => (await rig.claimBy(rig.rule, payment({ amountAtomic: 501n, wallet }))).outcome
  for (const wallet of ['hot-1', 'hot-2']) expect(await ask(wallet)).toBe('approve')
  expect(await ask('hot-2')).toBe('reject')
  await rig.testDatabase.setClock(Date.parse(EXTRA.expires_at))
  expect(await ask('hot-1')).toBe('reject')
})

test.each([
  ['2026-01-01T00:00:00Z', /^expires_at: is over/],
  ['2026-02-01T00:00:01Z', /^expires_at: is too far away; expected at most 31 days/],
  ['tomorrow', /^expires_at: is not valid/],
])('an exception until %s is refused', async (expires_at, error) => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  expect(await rig.post('olga', '/v1/proposals', { reason: 'x', ...EXTRA, expires_at })).toEqual(refusal(400, error))
})

test('an exception of nothing, or below nothing, is refused', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  for (const amount of ['0', '-1'])
    expect(await rig.post('olga', '/v1/proposals', { reason: 'x', ...EXTRA, amount })).toEqual(
      refusal(400, /^amount: /),
    )
})

test('an exception whose time is over when it is approved is not given', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  const id = await propose(rig, EXTRA)
  await rig.testDatabase.advance(DAY_MS)
  expect(await approve(rig, id)).toEqual(
    refusal(409, /^the exception was for a time until 2026-01-01T06:00:00.000Z, which is over/),
  )
})

test('a correction that counts less takes what is there and no more, and leaves with its window', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.claimBy(rig.rule, payment({ amountAtomic: 600n }))
  expect(await byTwo(rig, { ...FIX, amount: '-0.0002' })).toMatchObject({
    amount: '-0.0002',
    amount_atomic: '-200',
    effect: { adjusted: '-0.0002', adjusted_atomic: '-200' },
  })
  expect(await rig.used()).toEqual(['day 400'])
  expect(await byTwo(rig, { ...FIX, amount: '-1' })).toMatchObject({ effect: { adjusted_atomic: '-400' } })
  expect(await rig.used()).toEqual([])
  expect(await byTwo(rig, { ...FIX, amount: '0.0001' })).toMatchObject({ effect: { adjusted_atomic: '100' } })
  expect(await rig.used()).toEqual(['day 100'])
  await rig.testDatabase.advance(DAY_MS)
  expect((await rig.get('vera', '/v1/usage')).body).toMatchObject({ counters: [{ used: '0' }] })
})

test('counters per destination are named by an address, in whatever spelling, or by the key of one that is there', async () => {
  const rig = await openAdminRig({ rules: [TX, { ...DAY, id: 'to', per: ['destination', 'asset'] }] })
  const of = (destination: string) => ({
    ...FIX,
    rule: 'to',
    amount: '0.0001',
    dimensions: { asset: 'USDT-ETHEREUM', destination },
  })
  const key = `key20:${OTHER.slice(2)}`
  expect(await rig.post('olga', '/v1/proposals', { reason: 'x', ...of(key) })).toEqual(
    refusal(400, /^dimensions.destination: is not an address of ethereum/),
  )
  expect(await byTwo(rig, of(OTHER.toUpperCase().replace('0X', '0x')))).toMatchObject({
    dimensions: { destination: key },
  })
  expect(await byTwo(rig, of(key))).toMatchObject({ dimensions: { destination: key } })
  expect(await rig.used()).toEqual(['to 200'])
})

test('groups, callers and organisations are those that are configured', async () => {
  const per = ['wallet-group', 'caller', 'organisation', 'chain', 'asset', 'operation', 'initiator', 'tag'] as const
  const rig = await openAdminRig({ wallet_groups: { hot: ['hot-1'] }, rules: [TX, { ...DAY, per: [...per] }] })
  const right = {
    'wallet-group': 'hot',
    caller: 'node',
    organisation: 'acme',
    chain: 'ethereum',
    asset: 'USDT-ETHEREUM',
    operation: 'transfer',
    initiator: 'key-1',
    tag: '',
  }
  await byTwo(rig, { ...FIX, amount: '0.0001', dimensions: right })
  const wrong = {
    ...right,
    'wallet-group': 'cold',
    caller: 'other',
    organisation: 'evil',
    chain: 'none',
    initiator: '',
  }
  expect(await rig.post('olga', '/v1/proposals', { reason: 'x', ...FIX, amount: '0.0001', dimensions: wrong })).toEqual(
    refusal(
      400,
      /wallet-group: is not among[^]*caller: is not[^]*organisation: is not[^]*chain: is not[^]*initiator: is empty/,
    ),
  )
})
