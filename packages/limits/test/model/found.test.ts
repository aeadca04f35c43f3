import { afterEach, beforeEach, expect, test } from 'vitest'
import { confirm } from '../../src/ledger/life-cycle.ts'
import { outcomeOf, payment, startLimitsRig, type LimitsRig, type WrittenRule } from '../limits-rig.ts'

// What the model found, each shrunk to what is needed to see it.
const NONCE = ['nonce:ethereum:key20:aa:7']
const DAY_MS = 24 * 3_600_000

let rig: LimitsRig
beforeEach(async () => {
  rig = await startLimitsRig()
})
afterEach(() => rig.testDatabase.drop())

const day: WrittenRule = { id: 'day', window: { rolling: '24h' }, limit: '0.0001' }
const original = payment({ id: 'original', amountAtomic: 60n, slots: NONCE })
const speedUp = payment({ id: 'speed-up', amountAtomic: 60n, slots: NONCE })
const drop = payment({ id: 'drop', amountAtomic: 0n, slots: NONCE })

test('a speed-up of the same amount that is released leaves the original something to give back', async () => {
  await rig.claim([day], original)
  await rig.claim([day], speedUp)
  await rig.release(speedUp)
  expect(await rig.used()).toEqual(['day 60'])
  await rig.release(original)
  expect(await rig.used()).toEqual([])
})

test('an original that is final instead of a speed-up of the same amount holds what it counts itself', async () => {
  await rig.claim([day], original)
  await rig.claim([day], speedUp)
  expect(await rig.inTransaction((tx) => confirm(tx, original.businessKey, { why: 'seen' }))).toBe(true)
  expect(await rig.used()).toEqual(['day 60'])
  await rig.release(original)
  expect(await rig.used()).toEqual([])
})

test('a drop moves nothing: an original that left the window does not come back above the limit', async () => {
  await rig.claim([day], original)
  await rig.testDatabase.advance(DAY_MS)
  const next = payment({ amountAtomic: 100n })
  await rig.claim([day], next)
  expect(outcomeOf(await rig.claim([day], drop))).toBe('approve')
  expect(await rig.used()).toEqual(['day 100'])
  expect(outcomeOf(await rig.claim([day], next))).toBe('approve')
})

test('two payments that replace one another and are asked about at once count once', async () => {
  for (let round = 0; round < 10; round += 1) {
    const slots = [`nonce:ethereum:key20:aa:${String(round)}`]
    const pair = ['one', 'other'].map((name) =>
      payment({ id: `${name}-${String(round)}`, wallet: `hot-${String(round)}`, amountAtomic: 60n, slots }),
    )
    const rule = await rig.use({ rules: [day] })
    expect((await Promise.all(pair.map((question) => rig.claimBy(rule, question)))).map(outcomeOf)).toEqual([
      'approve',
      'approve',
    ])
  }
  expect(await rig.used()).toEqual(Array.from({ length: 10 }, () => 'day 60'))
})

test('those that replace one another and are released or final at once never wait for one another in a circle', async () => {
  const rule = await rig.use({ rules: [{ ...day, limit: '1' }] })
  for (let round = 0; round < 20; round += 1) {
    const slots = [`nonce:ethereum:key20:aa:${String(round)}`]
    const group = Array.from({ length: 6 }, () => payment({ amountAtomic: 1n, slots }))
    for (const question of group) await rig.claimBy(rule, question)
    await Promise.all(
      group
        .toReversed()
        .map((question, n) =>
          n === 3
            ? rig.inTransaction((tx) => confirm(tx, question.businessKey, { why: 'seen' }))
            : rig.release(question),
        ),
    )
  }
  await rig.database.close()
  const fresh = await rig.testDatabase.open()
  expect(
    await fresh.query({ text: 'select deadlocks from pg_stat_database where datname = current_database()' }),
  ).toEqual([{ deadlocks: 0n }])
})
