import { afterAll, beforeAll, expect, test } from 'vitest'
import { CUSTOMER, outcomeOf } from '../lookup-rig.ts'
import { newReference, record, startInboxRig, type InboxRig } from '../connectors/inbox/inbox-rig.ts'
import { block, claim, judge, ruleOf, whitelisting } from './whitelisting-rig.ts'

const SETTINGS = block({
  query: undefined,
  map: { status: { at: '/state' }, asset: { at: '/asset' }, destination: { at: '/address' }, tag: { at: '/memo' } },
  compare: { status: { in: ['released'] }, no_expiry: true },
})

let rig: InboxRig
beforeAll(async () => {
  rig = await startInboxRig({ whitelisting: SETTINGS })
})
afterAll(() => rig.close())

const recorded = (more: object = {}): object => ({
  state: 'released',
  asset: 'ETH',
  address: CUSTOMER,
  memo: null,
  ...more,
})
const put = (walletId: string, version: number, data: unknown) => rig.put(`whitelisting:${walletId}`, version, data)

test('a whitelisting is pushed under a name of its own, without an amount, and looked up by the wallet', async () => {
  const rule = ruleOf(rig.inbox, SETTINGS)
  expect((await put('w-1', 1, recorded())).status).toBe(201)
  expect(outcomeOf(await judge(rule, whitelisting({ walletId: 'w-1' })))).toBe('approve')
  expect(outcomeOf(await judge(rule, whitelisting({ walletId: 'w-1', asset: 'POL' })))).toBe('ASSET_MISMATCH')
  expect(outcomeOf(await judge(rule, whitelisting({ walletId: 'w-2' })))).toBe('unable INTENT_NOT_FOUND')
  expect((await put('w-3', 1, recorded({ memo: 7 }))).status).toBe(422)
})

test('its own words approve, and what they approved is never changed', async () => {
  const rule = ruleOf(rig.inbox, SETTINGS)
  expect((await put('w-4', 1, recorded({ state: 'approved' }))).status).toBe(201)
  expect(outcomeOf(await judge(rule, whitelisting({ walletId: 'w-4' })))).toBe('INTENT_STATUS')
  expect((await put('w-4', 2, recorded({ asset: 'POL' }))).status).toBe(200)
  expect((await put('w-4', 3, recorded())).status).toBe(409)
})

test('a payment of the same name is no whitelisting, and a whitelisting is no payment', async () => {
  const rule = ruleOf(rig.inbox, SETTINGS)
  const reference = newReference()
  expect((await rig.put(reference, 1, record({ state: 'released', memo: null }))).status).toBe(201)
  expect(outcomeOf(await judge(rule, whitelisting({ walletId: reference })))).toBe('unable INTENT_NOT_FOUND')
  expect((await rig.put('w-5', 1, recorded())).status).toBe(422)
})

test('a cancel that came while it was compared is seen by the claim', async () => {
  await put('w-6', 1, recorded())
  const rule = ruleOf(rig.inbox, SETTINGS)
  const question = whitelisting({ walletId: 'w-6', id: 'r-6' })
  expect(outcomeOf(await judge(rule, question))).toBe('approve')
  expect((await rig.cancel('whitelisting:w-6', 2)).status).toBe(200)
  const times = { now: new Date(), firstAskedAt: new Date(), alreadyClaimed: false }
  const late = await rig.database.transaction(async (tx) => rule.claim?.(question, tx, times))
  expect(late).toMatchObject({ outcome: 'unable', code: 'INTENT_MOVED' })
  expect(outcomeOf(await claim(rig.database, rule, question))).toBe('INTENT_STATUS')
})

test('without the block of the configuration no whitelisting is taken', async () => {
  const plain = await rig.open()
  const data = recorded()
  expect(await rig.put('whitelisting:w-7', 1, data, plain)).toMatchObject({ status: 422 })
})
