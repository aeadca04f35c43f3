import type { Judgement, Question } from '@callback-quorum/checker-kit'
import { businessKey } from '@callback-quorum/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { codesOf, outputTo, paymentTo, questionOf } from '../asking.ts'
import { CLEAN } from '../rule-under-test.ts'
import { ASSETS, refusal, startDeskRig, type DeskRig } from './desk-rig.ts'
import { indexOfRows, rowOf } from './listed-rows.ts'

const DAY_MS = 24 * 3_600_000
const LISTED = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'
const ON_TRON = 'TAqg8TXo8tmpaz7TwHS669Tgt8MPSWgoxB'
const ROW = rowOf(LISTED, { partyName: 'Lazarus Group', programs: ['DPRK3', 'CYBER2'] })
const ETH = ASSETS.asset('ETH')
const ETHEREUM = ASSETS.chain('ethereum')
const TRON = ASSETS.chain('tron')

let rig: DeskRig
beforeEach(async () => {
  rig = await startDeskRig({ index: await indexOfRows([ROW]) })
})
afterEach(() => rig.testDatabase.drop())

const override = async (more: object = {}): Promise<Record<string, unknown>> => ({
  kind: 'override',
  address: LISTED,
  organisation: 'acme',
  wallet: 'W1',
  reason: 'release of funds to the estate',
  case_ref: 'case 17',
  licence_ref: 'GL-2026-1',
  expires_at: await rig.inMs(30 * DAY_MS),
  ...more,
})

let transactions = 0
function payment(more: Partial<Question> = {}, to = LISTED): Question {
  const id = `t-${String((transactions += 1))}`
  return questionOf({
    ...paymentTo(ETHEREUM, to),
    ...(ETH !== undefined && { asset: ETH }),
    wallet: 'W1',
    businessKey: businessKey('cobo', 'acme', id),
    transactionId: id,
    ...more,
  })
}
const ask = (more: Partial<Question> = {}, to = LISTED): Promise<Judgement> => rig.claim(payment(more, to))
const metric = async (name: string): Promise<string | undefined> =>
  (await rig.registry.metrics()).split('\n').find((line) => line.startsWith(`callback_quorum_sanctions_${name} `))
const uses = async (id = '1') => (await rig.call('vera', 'GET /v1/overrides/:id', { params: { id } })).body

test('[S26] an override of an address that is listed itself needs a licence, and then holds for its wallet only', async () => {
  const { licence_ref: _, ...without } = await override()
  await expect(rig.propose('olga', without)).rejects.toMatchObject(refusal(409, /licence_ref: is missing/))
  const id = await rig.propose('olga', await override())
  await expect(rig.approve('olga', id)).rejects.toMatchObject(refusal(403, /olga proposed it/))
  expect(codesOf(await ask())).toEqual(['SANCTIONS_MATCH'])
  expect(await rig.approve('anna', id)).toMatchObject({ effect: { override_id: '1' } })

  expect(await ask()).toMatchObject({
    outcome: 'approve',
    evidence: {
      screened: [{ overrideId: '1', matches: [{ strength: 'L1', blocking: true }] }],
      overrides: [{ overrideId: '1', wallet: 'W1', licenceRef: 'GL-2026-1' }],
    },
  })
  const others: readonly Partial<Question>[] = [{ wallet: 'W2' }, { organisation: 'other' }]
  for (const other of others)
    expect(await ask(other)).toMatchObject({
      objections: [
        { code: 'SANCTIONS_MATCH', evidence: { override_not_applied: [{ overrideId: '1', why: 'other-wallet' }] } },
      ],
    })
  const { wallet: __, ...nameless } = payment()
  expect(codesOf(await rig.claim(nameless))).toEqual(['SANCTIONS_MATCH'])
  expect(await metric('overrides_void_total')).toMatch(/ 0$/)
})

test('an override ends by the clock of the database, and between judging and claiming as well', async () => {
  await rig.decide(await override())
  const question = payment()
  await rig.testDatabase.advance(30 * DAY_MS - 1)
  expect((await rig.judge(question)).outcome).toBe('approve')
  await rig.testDatabase.advance(1)
  const claimed = await rig.database.transaction((tx) => rig.claimIn(tx, question))
  expect(codesOf(claimed)).toEqual(['SANCTIONS_MATCH'])
  expect(await uses()).toMatchObject({ state: 'expired', uses: '0' })
})

describe('[S27] what the lists say has changed since', () => {
  const changes = {
    'the address is listed under another party too': [ROW, rowOf(LISTED, { partyId: 'P2', featureId: '200' })],
    'it is listed under another party only': [rowOf(LISTED, { partyId: 'P2', partyName: 'Lazarus Group' })],
    'it is on another program': [{ ...ROW, programs: ['DPRK3', 'CYBER2', 'SDGT'] }],
    'it is on another list': [{ ...ROW, listIds: ['1550', '91512'] }],
    'it is filed under another code': [{ ...ROW, code: 'USDT' }],
    'another encoding of its key is listed too': [ROW, rowOf(ON_TRON, { featureId: '101', code: 'TRX' })],
  }
  test.each(Object.entries(changes))('%s: the override is void, counted and told', async (_, rows) => {
    await rig.decide(await override())
    expect((await ask()).outcome).toBe('approve')
    rig.use(await indexOfRows(rows))
    expect(await ask()).toMatchObject({
      outcome: 'reject',
      objections: [{ code: 'SANCTIONS_MATCH', evidence: { override_void: ['1'] } }],
    })
    expect(await metric('overrides_void_total')).toMatch(/ 1$/)
    expect(rig.logged).toContainEqual(expect.objectContaining({ level: 'error', override: '1', wallet: 'W1' }))
  })

  test('names, dates, the order of programs and a removal that is held are no change', async () => {
    await rig.decide(await override())
    const same = { ...ROW, partyName: 'LAZARUS', designatedOn: '2026-01-01', programs: ['CYBER2', 'DPRK3'] }
    rig.use(await indexOfRows([{ ...same, removedBy: 'ab'.repeat(32) }]))
    expect((await ask()).outcome).toBe('approve')
  })

  test('one that was made anew for the new entries is valid beside the void one', async () => {
    await rig.decide(await override())
    rig.use(await indexOfRows([{ ...ROW, code: 'USDT' }]))
    await rig.decide(await override())
    expect(await ask()).toMatchObject({ outcome: 'approve', evidence: { screened: [{ overrideId: '2' }] } })
    expect(await metric('overrides_void_total')).toMatch(/ 0$/)
  })

  test('between proposal and approval: it is refused then', async () => {
    const id = await rig.propose('olga', await override())
    rig.use(await indexOfRows([{ ...ROW, code: 'USDT' }]))
    await expect(rig.approve('anna', id)).rejects.toMatchObject(refusal(409, /propose it again/))
    rig.use(await indexOfRows([ROW]))
    expect(await rig.approve('anna', id)).toMatchObject({ state: 'applied' })
  })
})

describe('an override without a licence, for another encoding of a listed key', () => {
  beforeEach(async () => {
    const { licence_ref: _, ...without } = await override({ address: ON_TRON })
    await rig.decide(without)
  })
  const onTron = (): Promise<Judgement> =>
    ask({ ...(TRON !== undefined && { chain: TRON, outputs: [outputTo(TRON, ON_TRON)] }) })

  test('allows that encoding', async () => {
    expect(await onTron()).toMatchObject({
      outcome: 'approve',
      evidence: { screened: [{ matches: [{ strength: 'L2' }] }] },
    })
  })

  test('does not allow the listed address itself, which shares its key', async () => {
    expect(await ask()).toMatchObject({
      objections: [{ evidence: { override_not_applied: [{ why: 'licence-missing' }] } }],
    })
  })
})

test('every payment that used it is recorded once, with its verdict or not at all', async () => {
  await rig.decide(await override())
  const question = payment()
  for (let i = 0; i < 2; i += 1) expect((await rig.claim(question)).outcome).toBe('approve')
  await rig.claim(payment())
  await rig.claim(payment({}, CLEAN))
  const rolledBack = rig.database.transaction(async (tx) => {
    expect((await rig.claimIn(tx, payment())).outcome).toBe('approve')
    throw new Error('another rule said no')
  })
  await expect(rolledBack).rejects.toThrow('another rule said no')
  expect(await uses()).toMatchObject({ uses: '2', newest_uses: [{}, { business_key: expect.any(String) as string }] })
})

test('an override lifts no block of our own, and no staleness', async () => {
  await rig.decide(await override())
  rig.age(2 * DAY_MS)
  expect(await ask()).toMatchObject({ outcome: 'unable', code: 'LIST_STALE' })
  rig.age(1_000)
  await rig.decide({
    kind: 'block',
    address: LISTED,
    scope: '*',
    reason: 'no',
    source_ref: 'case 18',
    review_at: await rig.inMs(DAY_MS),
  })
  expect(codesOf(await ask())).toEqual(['INTERNAL_BLOCK'])
})

test('a second listed destination is not allowed by the override of the first', async () => {
  const other = '0x7F367cC41522cE07553e823bf3be79A889DEbe1B'
  rig.use(await indexOfRows([ROW, rowOf(other, { featureId: '300', partyId: 'P3' })]))
  await rig.decide(await override())
  const outputs = [outputTo(ETHEREUM, LISTED), outputTo(ETHEREUM, other)]
  expect(await ask({ outputs })).toMatchObject({
    outcome: 'reject',
    objections: [{ code: 'SANCTIONS_MATCH', evidence: { raw: other } }],
  })
})

test('taken back by two people it allows nothing', async () => {
  await rig.decide(await override())
  const revoke = { kind: 'revoke-override', override_id: '1', reason: 'licence withdrawn' }
  const id = await rig.propose('olga', revoke)
  await expect(rig.approve('olga', id)).rejects.toMatchObject(refusal(403, /another person/))
  expect((await ask()).outcome).toBe('approve')
  await rig.approve('anna', id)
  expect(codesOf(await ask())).toEqual(['SANCTIONS_MATCH'])
  expect(await uses()).toMatchObject({ state: 'revoked', revoked_by: 'olga', revoke_approved_by: 'anna', uses: '1' })
})

describe('an override is refused at its proposal', () => {
  const cases: readonly (readonly [string, object, 400 | 409, RegExp])[] = [
    ['for an address that nothing blocks', { address: CLEAN }, 409, /nothing to override/],
    ['for an address that nobody reads', { address: 'alice' }, 400, /no chain reads it/],
    ['without a wallet', { wallet: '' }, 400, /wallet: /],
    ['without an end', { expires_at: undefined }, 400, /expires_at/],
    ['with an end in the past', { expires_at: '2025-12-31T23:59:59Z' }, 400, /expires_at: is over/],
    ['for more than 90 days', { expires_at: '2026-04-01T00:00:00.001Z' }, 400, /at most 90 days/],
    ['with an amount of no asset', { max_amount_atomic: '5' }, 400, /needs its asset/],
    ['with an asset without amount', { asset: 'ETH' }, 400, /needs its asset/],
    ['with an unknown asset', { max_amount_atomic: '5', asset: 'NONE' }, 400, /asset: is not in the registry/],
    ['with an amount as a number', { max_amount_atomic: 5, asset: 'ETH' }, 400, /max_amount_atomic/],
    ['with an amount of nothing', { max_amount_atomic: '0', asset: 'ETH' }, 400, /max_amount_atomic/],
  ]
  test.each(cases)('%s', async (_, more, status, text) => {
    const written = Object.fromEntries(Object.entries(await override(more)).filter(([, value]) => value !== undefined))
    await expect(rig.propose('olga', written)).rejects.toMatchObject(refusal(status, text))
  })

  test('but exactly 90 days are allowed', async () => {
    expect(await rig.decide(await override({ expires_at: '2026-04-01T00:00:00Z' }))).toEqual({ override_id: '1' })
  })

  test('while a list is stale', async () => {
    rig.age(2 * DAY_MS)
    await expect(rig.propose('olga', await override())).rejects.toMatchObject(refusal(409, /was last checked/))
  })
})

test('the metrics count what is in force now', async () => {
  // What was read is kept for a second.
  const eventually = (name: string) => expect.poll(() => metric(name), { timeout: 10_000, interval: 200 })
  await rig.decide(await override())
  await eventually('override_active').toMatch(/ 1$/)
  await eventually('override_expiring_7d').toMatch(/ 0$/)
  await rig.testDatabase.advance(23 * DAY_MS)
  await eventually('override_expiring_7d').toMatch(/ 1$/)
  await rig.testDatabase.advance(7 * DAY_MS)
  await eventually('override_active').toMatch(/ 0$/)
  await eventually('blocks_active').toMatch(/ 0$/)
})
