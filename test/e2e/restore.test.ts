import { createTestDatabase } from '@callback-quorum/service'
import { CUSTODY, makeV2KeySign, type CoboPackage } from '@callback-quorum/simulator'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { read } from './limits-books.ts'
import { startRestoreRig, type RestoreRig } from './restore-rig.ts'
import { CUSTOMER } from './rig.ts'

const TEST_MS = 180_000
const APPROVE = { result: 'approve', status: 0, action: 'APPROVE' }
const refusedFor = (code: string): object => ({
  result: 'reject',
  error: expect.stringContaining(code) as string,
})

let rig: RestoreRig
beforeAll(async () => {
  rig = await startRestoreRig()
}, 300_000)
afterAll(() => rig.close(), 60_000)

let nonce = 0n
/** A transaction of its own each time. */
const payment = (amount: string, reference?: string): CoboPackage =>
  makeV2KeySign({
    to: CUSTOMER,
    amount,
    nonce: (nonce += 1n),
    organisation: CUSTODY.organisation,
    ...(reference === undefined ? {} : { reference }),
  })

/** ETH that the one counter of limits says were spent. */
async function spent(): Promise<readonly unknown[]> {
  const { counters } = await rig.json('viewer', 'limits', 'limits', 'usage')
  return (counters as readonly { readonly used: unknown }[]).map(({ used }) => used)
}

test(
  'a gateway put back has lost its freeze, and asks anew what it had decided: the checkers count that once',
  { timeout: TEST_MS },
  async () => {
    const isFrozen = async (): Promise<unknown> => (await rig.json('viewer', 'gateway', 'freeze', '--status'))['frozen']
    await rig.backUp('gateway', 'before')
    const decided = payment('1')
    expect(await rig.ask('gateway', decided)).toMatchObject(APPROVE)
    expect(await spent()).toEqual(['1'])
    await rig.json('operator', 'gateway', 'freeze', '--reason', 'drill')
    await rig.backUp('gateway', 'frozen')
    expect(await isFrozen()).toBe(true)
    expect(await rig.ask('gateway', decided)).toMatchObject({ result: 'no_answer' })

    await rig.restore('gateway', 'before')
    expect(await isFrozen()).toBe(false)
    expect(await rig.ask('gateway', decided)).toMatchObject(APPROVE)
    expect(await spent()).toEqual(['1'])

    await rig.restore('gateway', 'frozen')
    expect(await isFrozen()).toBe(true)
    expect(await rig.ask('gateway', payment('1'))).toMatchObject({ result: 'no_answer' })
    await rig.json('approver', 'gateway', 'unfreeze', '--reason', 'drill is over')
    expect(await rig.ask('gateway', decided)).toMatchObject(APPROVE)
    expect(await spent()).toEqual(['1'])
  },
)

test('limits put back allow again what was spent, until two people count it', { timeout: TEST_MS }, async () => {
  await rig.backUp('limits', 'before')
  expect(await rig.ask('limits', payment('4'))).toMatchObject(APPROVE)
  expect(await spent()).toEqual(['5'])
  expect(await rig.ask('limits', payment('2'))).toMatchObject(refusedFor('LIMIT_WINDOW'))

  await rig.restore('limits', 'before')
  expect(await spent()).toEqual(['1'])
  expect(await rig.ask('limits', payment('2'))).toMatchObject(APPROVE)
  expect(await spent()).toEqual(['3'])
  // Counters and ledger agree: they never heard of the rest.
  expect(await rig.json('operator', 'limits', 'limits', 'recount')).toEqual({ differences: [] })

  const counter = ['--rule', 'eth-per-day', '--dimension', `wallet=${CUSTODY.walletId}`, '--dimension', 'asset=ETH']
  const correction = ['--amount=4', '--reason', 'spent between copy and restore']
  const { id } = await rig.json('operator', 'limits', 'limits', 'propose', 'adjustment', ...counter, ...correction)
  expect(await spent()).toEqual(['3'])
  await rig.json('approver', 'limits', 'limits', 'approve', String(id))
  expect(await spent()).toEqual(['7'])
  expect(await rig.ask('limits', payment('1'))).toMatchObject(refusedFor('LIMIT_WINDOW'))
})

test(
  'business-lookup put back lets a reference pay twice, unless the business system says that it was paid',
  { timeout: TEST_MS },
  async () => {
    const reference = 'WD-20261121-abcdef-01'
    const ask = (): Promise<object> => rig.ask('business-lookup', payment('2', reference))
    await rig.backUp('business-lookup', 'before')
    expect(await ask()).toMatchObject(APPROVE)
    expect(await ask()).toMatchObject(refusedFor('REF_ALREADY_USED'))

    await rig.restore('business-lookup', 'before')
    rig.state = 'paid'
    expect(await ask()).toMatchObject(refusedFor('INTENT_STATUS'))
    rig.state = 'approved'
    expect(await ask()).toMatchObject(APPROVE)
  },
)

test('a database that a newer program has changed is refused', { timeout: TEST_MS }, async ({ onTestFinished }) => {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), [])
  onTestFinished(() => testDatabase.drop())
  await read(
    testDatabase.url,
    `insert into schema_migration ("set", number, name, sha256) values ('limits', 999, 'from-the-future', repeat('a', 64))`,
  )
  expect(await rig.failedStart('limits', testDatabase.url)).toContain(
    'migration limits 999 (from-the-future) was applied to this database, but this version has no such file',
  )
})
