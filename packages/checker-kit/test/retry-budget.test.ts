import { afterAll, beforeAll, expect, test } from 'vitest'
import { startClaimsRig, type Asked, type ClaimsRig } from './claims-rig.ts'

const LAST_ASK_MS = 19 * 180_000
let rig: ClaimsRig
beforeAll(async () => {
  rig = await startClaimsRig()
})
afterAll(() => rig.close())

const later = (txId: string, change: Partial<Asked> = {}): Asked => ({
  txId,
  joint: 'unable',
  lastAskMs: LAST_ASK_MS,
  ...change,
})
const lastRecord = async (): Promise<unknown> => {
  const text = 'select outcome, codes from verdict_record order by record_id desc limit 1'
  return (await rig.database.query({ text }))[0]
}

test('"cannot tell" becomes a rejection when the caller asks for the last time, to the millisecond, and is recorded so', async () => {
  expect(await rig.ask(later('t1'))).toBe('unable LATER: said the test')
  await rig.testDatabase.advance(LAST_ASK_MS - 1)
  expect(await rig.ask(later('t1'))).toBe('unable LATER: said the test')
  await rig.testDatabase.advance(1)
  expect(await rig.ask(later('t1'))).toBe(
    'reject RETRY_BUDGET_SPENT: first asked 3420 s ago, and nobody asks again; LATER: said the test',
  )
  expect(await lastRecord()).toEqual({ outcome: 'reject', codes: ['RETRY_BUDGET_SPENT', 'LATER'] })
  expect(await rig.taken('t1')).toBeUndefined()
})

test('a claim that cannot tell runs out of time as well, and takes nothing', async () => {
  rig.rule.claimSays = () => ({ outcome: 'unable', code: 'BUSY', text: 'said the test' })
  try {
    expect(await rig.ask(later('t2', { joint: 'approve' }))).toBe('unable BUSY: said the test')
    await rig.testDatabase.advance(LAST_ASK_MS)
    expect(await rig.ask(later('t2', { joint: 'approve' }))).toContain('reject RETRY_BUDGET_SPENT')
    expect(await rig.taken('t2')).toBeUndefined()
  } finally {
    rig.rule.claimSays = () => ({ outcome: 'approve' })
  }
})

test('other bytes are the same request; another API user, kind or request has its own time', async () => {
  await rig.ask(later('t3'))
  await rig.testDatabase.advance(LAST_ASK_MS)
  expect(await rig.ask(later('t3', { bytes: 'other' }))).toContain('RETRY_BUDGET_SPENT')
  for (const change of [{ caller: 'cosigner/b' }, { kind: 'tx-signing' }, { requestId: 'other' }] as const)
    expect(await rig.ask(later('t3', change))).toBe('unable LATER: said the test')
})

test('what can be told is told, however late; without a budget "cannot tell" stays what it is', async () => {
  await rig.ask(later('t4'))
  await rig.testDatabase.advance(10 * LAST_ASK_MS)
  expect(await rig.ask(later('t4', { joint: 'approve' }))).toBe('approve')
  expect(await rig.ask({ txId: 't4', joint: 'unable' })).toBe('unable LATER: said the test')
})
