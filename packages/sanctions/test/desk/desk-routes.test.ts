import { afterAll, beforeAll, expect, test } from 'vitest'
import { paymentTo, questionOf } from '../asking.ts'
import { CLEAN } from '../rule-under-test.ts'
import { ASSETS, refusal, startDeskRig, type DeskRig } from './desk-rig.ts'
import { indexOfRows, rowOf } from './listed-rows.ts'

const DAY_MS = 86_400_000
const LISTED = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'

/** A block of every state and an override of two, with one use. */
let rig: DeskRig
beforeAll(async () => {
  rig = await startDeskRig({ index: await indexOfRows([rowOf(LISTED)]) })
  const block = async (more: object): Promise<void> => {
    const review_at = await rig.inMs(2 * DAY_MS)
    const written = {
      kind: 'block',
      address: CLEAN,
      scope: '*',
      reason: 'no',
      source_ref: 'case 1',
      review_at,
      ...more,
    }
    await rig.decide(written)
  }
  await block({ expires_at: await rig.inMs(DAY_MS) })
  await block({ effective_from: await rig.inMs(9 * DAY_MS) })
  await block({})
  await block({ scope: 'tron', address: 'TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW' })
  await rig.decide({ kind: 'revoke-block', block_id: '4', reason: 'mistaken' })
  const override = async (days: number): Promise<void> => {
    await rig.decide({
      kind: 'override',
      address: LISTED,
      organisation: 'acme',
      wallet: 'W1',
      max_amount_atomic: '9007199254740993',
      asset: 'ETH',
      reason: 'yes',
      case_ref: 'case 2',
      licence_ref: 'GL-1',
      expires_at: await rig.inMs(days * DAY_MS),
    })
  }
  await override(1)
  await override(30)
  const asset = ASSETS.asset('ETH')
  const payment = {
    ...paymentTo(ASSETS.chain('ethereum'), LISTED),
    wallet: 'W1',
    ...(asset !== undefined && { asset }),
  }
  await rig.claim(questionOf(payment))
  await rig.testDatabase.advance(DAY_MS)
})
afterAll(() => rig.testDatabase.drop())

const get = async (path: string, query: Record<string, string> = {}, params: Record<string, string> = {}) =>
  (await rig.call('vera', `GET ${path}`, { query, params })).body
const statesOf = (rows: unknown): unknown =>
  (rows as readonly { id: string; state: string }[]).map(({ id, state }) => `${id} ${state}`)

test('roles: lists are for viewers, proposals for operators, decisions for approvers', async () => {
  expect((await get('/v1/blocks'))['next']).toBeNull()
  expect(rig.routes).toEqual([
    'viewer GET /v1/blocks',
    'viewer GET /v1/overrides',
    'viewer GET /v1/overrides/:id',
    'operator POST /v1/proposals',
    'viewer GET /v1/proposals',
    'approver POST /v1/proposals/:id/approve',
    'approver POST /v1/proposals/:id/refuse',
  ])
})

test('blocks, newest first, with their state by the clock of the database', async () => {
  const { blocks } = await get('/v1/blocks')
  expect(statesOf(blocks)).toEqual(['4 revoked', '3 active', '2 pending', '1 expired'])
  expect(statesOf((await get('/v1/blocks', { state: 'active' }))['blocks'])).toEqual(['3 active'])
  expect(statesOf((await get('/v1/blocks', { after: '3' }))['blocks'])).toEqual(['2 pending', '1 expired'])
  expect((blocks as readonly object[])[0]).toMatchObject({
    address: 'TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW',
    keys: ['key20:e950dc316b836e4eefb8308bf32bf7c72a1358ff'],
    scope: 'tron',
    created_by: 'olga',
    approved_by: 'anna',
    revoked_by: 'olga',
    revoke_approved_by: 'anna',
    review_due: false,
  })
})

test('a block whose review is due says so', async () => {
  await rig.testDatabase.advance(DAY_MS)
  const due = ((await get('/v1/blocks'))['blocks'] as readonly { id: string; review_due: boolean }[])
    .filter(({ review_due }) => review_due)
    .map(({ id }) => id)
  expect(due).toEqual(['3', '2', '1'])
})

test('overrides with their uses; amounts keep every digit', async () => {
  const { overrides } = await get('/v1/overrides')
  expect(statesOf(overrides)).toEqual(['2 active', '1 expired'])
  expect(statesOf((await get('/v1/overrides', { state: 'expired' }))['overrides'])).toEqual(['1 expired'])
  expect(await get('/v1/overrides/:id', {}, { id: '1' })).toMatchObject({
    id: '1',
    uses: '1',
    max_amount_atomic: '9007199254740993',
    asset: 'ETH',
    bound_to: [{ source: 'ofac-sdn', partyId: 'P1', featureId: '100', strength: 'L1' }],
    newest_uses: [{ business_key: 'cobo:acme:t-1', at: '2026-01-01T00:00:00.000Z' }],
  })
})

test('what is not there or not known is refused', async () => {
  await expect(get('/v1/overrides/:id', {}, { id: '9' })).rejects.toMatchObject(refusal(404, /no override 9/))
  await expect(get('/v1/overrides/:id', {}, { id: 'x' })).rejects.toMatchObject(refusal(400, /not an id/))
  await expect(get('/v1/blocks', { state: 'gone' })).rejects.toMatchObject(refusal(400, /state/))
  await expect(get('/v1/overrides', { wallet: 'W1' })).rejects.toMatchObject(refusal(400, /wallet/))
})
