import { afterEach, beforeEach, expect, test } from 'vitest'
import { codesOf, paymentTo } from '../asking.ts'
import { CLEAN } from '../rule-under-test.ts'
import { ASSETS, refusal, startDeskRig, type DeskRig } from './desk-rig.ts'
import { indexOfRows, rowOf } from './listed-rows.ts'

const LISTED = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'
const CLEAN_PAYMENT = paymentTo(ASSETS.chain('ethereum'), CLEAN)

let rig: DeskRig
beforeEach(async () => {
  rig = await startDeskRig({ index: await indexOfRows([rowOf(LISTED)]) })
})
afterEach(() => rig.testDatabase.drop())

const proposeBlock = async (): Promise<string> =>
  rig.propose('olga', {
    kind: 'block',
    address: CLEAN,
    scope: '*',
    reason: 'seen in a fraud',
    source_ref: 'case 17',
    review_at: await rig.inMs(86_400_000),
  })

/** Resolves when so many sessions wait for a lock. */
async function waiting(sessions: bigint): Promise<void> {
  for (;;) {
    const [row] = await rig.database.query<{ count: bigint }>({
      text: `select count(*) as count from pg_locks join pg_database on pg_database.oid = pg_locks.database
             where not granted and locktype = 'advisory' and datname = current_database()`,
    })
    if (row?.count === sessions) return
  }
}

test('a block approved between judging and claiming wins', async () => {
  const id = await proposeBlock()
  expect((await rig.judge(CLEAN_PAYMENT)).outcome).toBe('approve')
  await rig.approve('anna', id)
  const claimed = await rig.database.transaction((tx) => rig.claimIn(tx, CLEAN_PAYMENT))
  expect(codesOf(claimed)).toEqual(['INTERNAL_BLOCK'])
})

test('an approval under way is through before people are told that the block is made', async () => {
  const id = await proposeBlock()
  const order: string[] = []
  const approval = rig.database.transaction(async (tx) => {
    const judgement = await rig.claimIn(tx, CLEAN_PAYMENT)
    const blocked = rig.approve('anna', id).then(() => order.push('blocked'))
    await waiting(1n)
    order.push(judgement.outcome)
    return { blocked }
  })
  await (
    await approval
  ).blocked
  expect(order).toEqual(['approve', 'blocked'])
})

test('an approval that comes while a block is being made waits for it, and sees it', async () => {
  const id = await proposeBlock()
  // Two approvals hold the desk and the block waits behind them: the third comes after the block.
  const asked = await rig.database.transaction(async (tx) => {
    await rig.claimIn(tx, CLEAN_PAYMENT)
    const blocked = rig.approve('anna', id)
    await waiting(1n)
    const late = rig.database.transaction((other) => rig.claimIn(other, CLEAN_PAYMENT))
    await waiting(2n)
    return { blocked, late }
  })
  await asked.blocked
  expect(codesOf(await asked.late)).toEqual(['INTERNAL_BLOCK'])
})

test('of two who approve one proposal at once, one does', async () => {
  const id = await proposeBlock()
  const results = await Promise.allSettled(['anna', 'arno', 'abel'].map((who) => rig.approve(who, id)))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const result of results)
    if (result.status === 'rejected') expect(result.reason).toMatchObject(refusal(409, /is applied already/))
  const found = await rig.call('vera', 'GET /v1/blocks')
  expect(found.body['blocks']).toHaveLength(1)
})
