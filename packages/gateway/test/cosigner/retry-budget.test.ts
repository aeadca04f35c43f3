import { afterEach, beforeEach, expect, test } from 'vitest'
import { setFreeze } from '../../src/freeze.ts'
import { sweep } from '../../src/record/sweeper.ts'
import { transfer } from './cosigner-callbacks.ts'
import { startCosignerRig, type CosignerRig } from './cosigner-rig.ts'

/** The caller `one` asks twice, a minute apart, and waits 30 s for an answer: what comes after half a minute is the second time, the last. */
const LAST_ASK_MS = 30_000

let rig: CosignerRig
beforeEach(async () => {
  rig = await startCosignerRig()
})
afterEach(() => rig.close())

const ask = (content = transfer('r1')) => rig.ask('one', 'signer-c', content)
const cannotTell = (): void => {
  rig.double('beta').says({ outcome: 'unable', codes: ['LIST_STALE'], reason: 'the list is of yesterday' })
}
const told = (name = 'alpha'): readonly string[] => rig.double(name).notices.map(({ outcome }) => outcome)
const records = () => rig.database.query({ text: 'select outcome, codes from record order by chain_sequence' })
const SPENT = [{ outcome: 'rejected', codes: ['RETRY_BUDGET_SPENT'] }]
const eventually = <T>(read: () => T): ReturnType<typeof expect.poll<T>> =>
  expect.poll(read, { timeout: 15_000, interval: 30 })

test('RETRY until the last asking, which is rejected with the reason why it could not be decided, and told', async () => {
  cannotTell()
  expect(await ask()).toMatchObject({ answer: 'defer' })
  await rig.testDatabase.advance(LAST_ASK_MS - 1)
  expect(await ask()).toMatchObject({ answer: 'defer' })
  expect(await records()).toEqual([])
  await rig.testDatabase.advance(1)
  const last = await ask()
  expect(last).toMatchObject({
    answer: 'reject',
    text: expect.stringMatching(
      /gateway: RETRY_BUDGET_SPENT: nobody will ask again; beta \(unable LIST_STALE\): the list is of yesterday$/,
    ) as string,
  })
  expect(await records()).toEqual(SPENT)
  await eventually(() => [told(), told('beta')]).toEqual([['rejected'], ['rejected']])
  // Final, although everybody would approve by now.
  rig.double('beta').says({})
  expect(await ask()).toEqual(last)
  expect(rig.double('beta').asked).toHaveLength(3)
})

test('a last asking that is noted sooner than the first was is the last all the same, and no RETRY that nobody hears', async () => {
  cannotTell()
  await ask()
  await rig.testDatabase.advance(60_000 - 400)
  expect(await ask()).toMatchObject({ answer: 'reject' })
  expect(await records()).toEqual(SPENT)
})

test('an approval at the last asking is an approval, and an objection its own rejection', async () => {
  cannotTell()
  await ask()
  await ask(transfer('r2'))
  await rig.testDatabase.advance(LAST_ASK_MS)
  rig.double('beta').says({})
  expect(await ask()).toEqual({ answer: 'approve' })
  rig.double('beta').says({ outcome: 'reject', codes: ['LIMIT'] })
  expect(await ask(transfer('r2'))).toMatchObject({ answer: 'reject' })
  expect(await records()).toEqual([
    { outcome: 'approved', codes: [] },
    { outcome: 'rejected', codes: ['LIMIT'] },
  ])
})

test('the time counts from the first asking, also when other content came between', async () => {
  cannotTell()
  await ask()
  await rig.testDatabase.advance(LAST_ASK_MS)
  expect(await ask(transfer('r1', { amountStr: '9' }))).toMatchObject({ answer: 'reject' })
  expect(await records()).toEqual(SPENT)
  await eventually(() => told().toSorted()).toEqual(['abandoned', 'rejected'])
})

test('a Cobo node has no such end: it is deferred as before', async () => {
  cannotTell()
  await rig.askAsNode('node-1')
  await rig.testDatabase.advance(60 * 60_000)
  expect(await rig.askAsNode('node-1')).toMatchObject({ answer: 'defer', form: 'no_answer' })
})

test('while frozen a Co-signer hears RETRY without anybody being asked, and at the end REJECT', async () => {
  cannotTell()
  await ask()
  await setFreeze(rig.database, true, 'alice', 'a test')
  rig.double('beta').says({})
  const frozen = { answer: 'defer', text: expect.stringContaining('FROZEN') as string }
  expect(await ask()).toMatchObject(frozen)
  expect(await ask(transfer('new'))).toMatchObject(frozen)
  await rig.testDatabase.advance(LAST_ASK_MS)
  const last = await ask()
  expect(last).toMatchObject({
    answer: 'reject',
    text: expect.stringMatching(/RETRY_BUDGET_SPENT: .* gateway FROZEN: /) as string,
  })
  expect(await records()).toEqual(SPENT)
  expect(rig.double('beta').asked).toHaveLength(1)
  await eventually(() => told()).toEqual(['rejected'])
  await setFreeze(rig.database, false, 'alice', 'a test')
  expect(await ask()).toEqual(last)
  expect(await ask(transfer('new'))).toEqual({ answer: 'approve' })
})

test('while frozen an APPROVE is not recalled, and at the end is no APPROVE any more, yet gives nothing back', async () => {
  expect(await ask()).toEqual({ answer: 'approve' })
  await setFreeze(rig.database, true, 'alice', 'a test')
  expect(await ask()).toMatchObject({ answer: 'defer' })
  await rig.testDatabase.advance(LAST_ASK_MS)
  expect(await ask()).toMatchObject({ answer: 'reject' })
  expect(await records()).toEqual([{ outcome: 'approved', codes: [] }, ...SPENT])
  await eventually(() => told()).toEqual(['approved'])
  // Owed to the two checkers once, and nothing after it.
  expect(await rig.database.query({ text: `select notice->>'outcome' as outcome from outbox` })).toEqual([
    { outcome: 'approved' },
    { outcome: 'approved' },
  ])
})

test('a freeze that comes while the checkers are asked for the last time makes a REJECT of their approval', async () => {
  cannotTell()
  await ask()
  await rig.testDatabase.advance(LAST_ASK_MS)
  rig.double('beta').says({ afterMs: 400 })
  const asking = ask()
  await eventually(() => rig.double('beta').asked.length).toBe(2)
  await setFreeze(rig.database, true, 'alice', 'a test')
  expect(await asking).toMatchObject({ answer: 'reject' })
  expect(await records()).toEqual(SPENT)
})

test('a gateway that dies between asking and recording leaves notices with the API user to the sweeper', async () => {
  cannotTell()
  await ask()
  // What such a gateway leaves behind.
  await rig.database.query({ text: `update request set asked = '{}', planned = '{alpha,beta}'` })
  // Twice a minute of sleep and 30 s of waiting, and the gateway's own 25 s.
  await rig.testDatabase.advance(205_000)
  expect(await sweep({ database: rig.database, wantsOutcome: () => true })).toEqual([])
  await rig.testDatabase.advance(1)
  expect(await sweep({ database: rig.database, wantsOutcome: () => true })).toHaveLength(1)
  await eventually(() => rig.double('alpha').notices).toMatchObject([
    { outcome: 'abandoned', signer_id: 'signer-c', kind: 'tx-signing', business_key: 'fireblocks:acme:r1' },
  ])
  expect(await ask()).toMatchObject({ answer: 'reject', text: expect.stringContaining('ABANDONED') as string })
})

test('a database that does not answer is a RETRY, also at the end', async () => {
  await rig.database.query({ text: 'alter table record rename to elsewhere' })
  await ask()
  await rig.testDatabase.advance(LAST_ASK_MS)
  expect(await ask()).toMatchObject({ answer: 'defer', text: 'gateway: internal error' })
})
