import { expect, test } from 'vitest'
import { CUSTOMER, payment, type WrittenRule } from '../limits-rig.ts'
import { openAdminRig, type AdminRig } from './admin-rig.ts'

const TX: WrittenRule = { id: 'tx', window: 'tx', limit: '0.001' }
const DAY: WrittenRule = { id: 'day', window: { rolling: '24h' }, limit: '0.001' }

type Listed = Readonly<Record<string, unknown>>
const list = async (rig: AdminRig, query = ''): Promise<readonly Listed[]> => {
  const { status, body } = await rig.get('vera', `/v1/reservations${query}`)
  expect(status).toBe(200)
  return body['reservations'] as readonly Listed[]
}
const keys = (found: readonly Listed[]) => found.map(({ business_key }) => business_key)
const confirm = (rig: AdminRig, id: string) =>
  rig.post('olga', '/v1/reservations/confirm', { business_key: `cobo:acme:${id}`, evidence: 'final in block 7' })

test('the newest come first, with what each counts of every rule', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.claimBy(rig.rule, payment({ id: 'a', amountAtomic: 600n, tag: 'memo' }))
  const b = payment({ id: 'b', amountAtomic: 300n })
  await rig.claimBy(rig.rule, b)
  await rig.testDatabase.advance(1000)
  await rig.release(b)
  const found = await list(rig)
  expect(keys(found)).toEqual(['cobo:acme:b', 'cobo:acme:a'])
  const dimensions = { asset: 'USDT-ETHEREUM', wallet: 'hot-1' }
  expect(found[1]).toEqual({
    id: '1',
    business_key: 'cobo:acme:a',
    state: 'held',
    wallet: 'hot-1',
    initiator: null,
    operation: 'transfer',
    bound: false,
    parts: [
      {
        asset: 'USDT-ETHEREUM',
        destination: `key20:${CUSTOMER.slice(2).toLowerCase()}`,
        tag: 'memo',
        listed: false,
        fee: false,
        amount: '0.0006',
        amount_atomic: '600',
      },
    ],
    slot: null,
    created_at: '2026-01-01T00:00:00.000Z',
    changed_at: null,
    why: '',
    counted: [
      {
        rule: 'day',
        dimensions,
        active: true,
        unit: 'USDT',
        counted: '0.0006',
        counted_atomic: '600',
        claimed: '0.0006',
        claimed_atomic: '600',
      },
    ],
  })
  expect(found[0]).toMatchObject({
    state: 'released',
    why: 'test',
    changed_at: '2026-01-01T00:00:01.000Z',
    counted: [{ rule: 'day', counted_atomic: '0', claimed_atomic: '300' }],
  })
})

test('what counted for a rule that is gone is shown as it was counted', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  await rig.claimBy(rig.rule, payment({ amountAtomic: 600n }))
  await rig.use({ rules: [TX] })
  expect(await list(rig)).toMatchObject([{ counted: [{ rule: 'day', active: false, counted_atomic: '600' }] }])
})

test('they are found by state and by business key, and come in pages of 100', async () => {
  const rig = await openAdminRig({ rules: [TX, { ...DAY, limit: '1' }] })
  const first = payment({ id: 'first', amountAtomic: 1n })
  await rig.claimBy(rig.rule, first)
  await rig.commit(first)
  for (let n = 0; n < 100; n += 1) await rig.claimBy(rig.rule, payment({ amountAtomic: 1n }))
  expect(keys(await list(rig, '?state=committed'))).toEqual(['cobo:acme:first'])
  expect(keys(await list(rig, '?business_key=cobo:acme:first'))).toEqual(['cobo:acme:first'])
  const page = await rig.get('vera', '/v1/reservations')
  expect((page.body['reservations'] as unknown[]).length).toBe(100)
  const rest = await rig.get('vera', `/v1/reservations?after=${String(page.body['next'])}`)
  expect(rest.body).toMatchObject({ reservations: [{ business_key: 'cobo:acme:first' }], next: null })
})

test.each([
  ['?state=open', /state is not known; expected one of held, committed, confirmed, released/],
  ['?after=x', /after is not an id/],
])('the query %s is refused', async (query, error) => {
  const rig = await openAdminRig({ rules: [TX] })
  expect(await rig.get('vera', `/v1/reservations${query}`)).toEqual({
    status: 400,
    body: { error: expect.stringMatching(error) as string },
  })
})

test('one person confirms what gives back nothing of anybody, once', async () => {
  const rig = await openAdminRig({
    rules: [TX, DAY, { id: 'pending', kind: 'outstanding', measure: 'count', limit: '1' }],
  })
  await rig.claimBy(rig.rule, payment({ id: 'a', amountAtomic: 600n }))
  expect(await rig.used()).toEqual(['day 600', 'pending 1'])
  expect(await confirm(rig, 'a')).toEqual({ status: 200, body: { business_key: 'cobo:acme:a', state: 'confirmed' } })
  expect(await rig.used()).toEqual(['day 600'])
  expect(await list(rig)).toMatchObject([{ state: 'confirmed', why: 'olga: final in block 7' }])
  expect(await confirm(rig, 'a')).toMatchObject({
    status: 409,
    body: { error: expect.stringMatching(/^the reservation is confirmed/) as string },
  })
})

test('what would release another payment needs two people', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  const slots = ['ethereum\nnonce 1']
  await rig.claimBy(rig.rule, payment({ id: 'a', amountAtomic: 600n, slots }))
  const b = payment({ id: 'b', amountAtomic: 700n, slots })
  await rig.claimBy(rig.rule, b)
  const refused = await confirm(rig, 'a')
  expect(refused).toMatchObject({
    status: 409,
    body: { error: expect.stringMatching(/^confirming it releases cobo:acme:b/) as string },
  })
  expect(await rig.used()).toEqual(['day 700'])
  await rig.release(b)
  expect((await confirm(rig, 'a')).status).toBe(200)
  expect(await rig.used()).toEqual(['day 600'])
})

test('what is released, or was never reserved, is not confirmed by one person', async () => {
  const rig = await openAdminRig({ rules: [TX, DAY] })
  const a = payment({ id: 'a', amountAtomic: 600n })
  await rig.claimBy(rig.rule, a)
  await rig.release(a)
  expect(await confirm(rig, 'a')).toMatchObject({
    status: 409,
    body: { error: expect.stringMatching(/^the reservation is released/) as string },
  })
  expect(await confirm(rig, 'b')).toMatchObject({ status: 404 })
  const bare = await rig.post('olga', '/v1/reservations/confirm', { business_key: 'cobo:acme:a', evidence: ' ' })
  expect(bare).toMatchObject({ status: 400, body: { error: expect.stringMatching(/^evidence: /) as string } })
  expect(await rig.used()).toEqual([])
})
