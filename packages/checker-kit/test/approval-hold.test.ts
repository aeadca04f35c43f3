import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { businessKey } from '@callback-quorum/protocol'
import { HOLD_MS, startClaimsRig, type Asked, type ClaimsRig } from './claims-rig.ts'

let rig: ClaimsRig
let txId = ''
let count = 0
beforeAll(async () => {
  rig = await startClaimsRig()
})
beforeEach(async () => {
  // What earlier tests left lapses first.
  await rig.testDatabase.advance(2 * HOLD_MS)
  await rig.letGo()
  txId = `tx-${String((count += 1))}`
  rig.rule.seen.length = 0
})
afterAll(() => rig.close())

const approval = (change: Partial<Asked> = {}): Asked => ({ txId, ...change })
const signing = (change: Partial<Asked> = {}): Asked => ({
  txId,
  kind: 'tx-signing',
  caller: 'cosigner/signer',
  hashes: ['aa'],
  ...change,
})
const lapse = async (afterMs: number): Promise<void> => {
  await rig.testDatabase.advance(afterMs)
  await rig.letGo()
}
const counted = async (effect: string): Promise<number> => {
  const metric = await rig.registry.getSingleMetric('callback_quorum_approvals_let_go_total')?.get()
  return metric?.values.find(({ labels }) => labels.effect === effect)?.value ?? 0
}

test.each(['approved', 'nothing yet'])(
  'an approval of which the outcome is %s holds for approval_hold to the millisecond, and the signing claims anew',
  async (outcome) => {
    await rig.ask(approval())
    if (outcome === 'approved') await rig.tell(approval(), outcome)
    await lapse(HOLD_MS - 1)
    expect(await rig.taken(txId)).toBe(0)
    const before = await counted('released')
    await lapse(1)
    expect(await rig.taken(txId)).toBeUndefined()
    expect(await counted('released')).toBe(before + 1)
    expect(await rig.ask(signing())).toBe('approve')
    await rig.tell(signing(), 'approved')
    expect(await rig.taken(txId)).toBe(1)
    expect(rig.rule.seen).toEqual(['claim', 'release', 'claim', 'commit'])
  },
)

test('what a signing holds stays, with its content and its hashes, however old the approval is', async () => {
  await rig.ask(approval())
  await rig.ask(signing())
  const before = await counted('kept')
  await lapse(100 * HOLD_MS)
  expect(await rig.taken(txId)).toBe(0)
  expect(await counted('kept')).toBe(before + 1)
  expect(rig.rule.seen).not.toContain('release')
  expect(await rig.ask(signing({ requestId: 'other', hashes: ['bb'] }))).toContain('SECOND_SIGNATURE')
  // The approval does not count any more: what the signing gives back is free.
  await rig.tell(signing(), 'rejected')
  expect(await rig.taken(txId)).toBeUndefined()
})

test('an approval that was given again holds from then on; of two, the later one holds', async () => {
  await rig.ask(approval())
  await rig.testDatabase.advance(HOLD_MS / 2)
  await rig.ask(approval())
  await lapse(HOLD_MS / 2)
  expect(await rig.taken(txId)).toBe(0)
  await rig.ask(approval({ caller: 'cosigner/b' }))
  await lapse(HOLD_MS - 1)
  expect(await rig.taken(txId)).toBe(0)
  await lapse(1)
  expect(await rig.taken(txId)).toBeUndefined()
})

test('an approval that lapsed may be given again, and its late outcome gives back nothing twice', async () => {
  await rig.ask(approval())
  await lapse(HOLD_MS)
  expect(await rig.ask(approval())).toBe('approve')
  await lapse(HOLD_MS)
  expect(await rig.tell(approval(), 'rejected')).toBe('closed')
  expect(rig.rule.seen).toEqual(['claim', 'release', 'claim', 'release'])
})

test('a change of the workspace, and an approval without a signing to follow, hold for good', async () => {
  await rig.ask(approval({ kind: 'config-change' }))
  await lapse(1_000 * HOLD_MS)
  expect(await rig.taken(txId)).toBe(0)
  await expect(
    rig.database.query({ text: `update attempt set lapses_at = first_asked_at where kind <> 'tx-approval'` }),
  ).rejects.toThrow('attempt_lapses')
})

test('a key that another session has locked is left for the next run, and so is one whose rule fails to release', async () => {
  await rig.ask(approval())
  await rig.testDatabase.advance(HOLD_MS)
  await rig.database.transaction(async (tx) => {
    const key = businessKey('fireblocks', 'acme', txId)
    await tx.query({ text: 'select 1 from business where business_key = $1 for update', values: [key] })
    expect(await rig.letGo()).toBe(false)
  })
  expect(await rig.taken(txId)).toBe(0)
  const { release } = rig.rule
  rig.rule.release = () => Promise.reject(new Error('a bug'))
  try {
    expect(await rig.letGo()).toBe(false)
    expect(await rig.taken(txId)).toBe(0)
  } finally {
    if (release !== undefined) rig.rule.release = release
  }
  await rig.letGo()
  expect(await rig.taken(txId)).toBeUndefined()
})

test('more than one batch is let go of batch by batch, the oldest first', async () => {
  for (let each = 0; each < 101; each += 1) await rig.ask(approval({ txId: `${txId}-${String(each)}` }))
  await rig.testDatabase.advance(HOLD_MS)
  expect(await rig.letGo()).toBe(true)
  expect(await rig.letGo()).toBe(false)
  expect(await rig.taken(`${txId}-100`)).toBeUndefined()
})
