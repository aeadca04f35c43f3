import { afterEach, beforeEach, expect, test } from 'vitest'
import { scriptedRule, startCheckerRig, transfer, type CheckerRig, type ScriptedRule } from './checker-rig.ts'

let first: ScriptedRule
let second: ScriptedRule
let rig: CheckerRig
beforeEach(async () => {
  first = scriptedRule('first')
  second = scriptedRule('second')
  rig = await startCheckerRig([first, second])
})
afterEach(() => rig.close())

const committed = async (): Promise<readonly number[]> => {
  const rows = await rig.database.query<{ committed: number }>({ text: 'select committed from taken order by rule' })
  return rows.map((row) => row.committed)
}
const stateOf = async (requestId: string): Promise<unknown> => {
  const text = 'select state, holds from attempt where request_id = $1'
  return (await rig.database.query({ text, values: [requestId] }))[0]
}

test('an outcome approved commits every rule once, however often it is told', async () => {
  const request = transfer('t1')
  await rig.ask(request)
  for (let time = 0; time < 3; time += 1) expect(await rig.tell(request, 'approved')).toBe(200)
  expect(await committed()).toEqual([1, 1])
})

test('each attempt that holds the transaction commits for itself', async () => {
  const [one, other] = [transfer('t1'), transfer('t1', { requestId: 'other' })]
  await rig.ask(one)
  await rig.ask(other)
  await rig.tell(one, 'approved')
  await rig.tell(other, 'approved')
  expect(await committed()).toEqual([2, 2])
})

test.each(['rejected', 'abandoned'] as const)('an outcome %s commits nothing', async (outcome) => {
  const request = transfer('t1')
  await rig.ask(request)
  await rig.tell(request, outcome)
  expect([...first.seen, ...second.seen]).not.toContain('commit')
})

test('an attempt that holds nothing commits nothing: it was rejected here, or never asked', async () => {
  second.claimSays = () => ({ outcome: 'reject', objections: [{ code: 'SECOND_FULL', text: 'full' }] })
  const request = transfer('t1')
  await rig.ask(request)
  expect(await rig.tell(request, 'approved')).toBe(200)
  expect(await rig.tell(transfer('t2'), 'approved')).toBe(200)
  expect([...first.seen, ...second.seen]).not.toContain('commit')
})

test('a commit that throws takes all of it back, and the gateway that tells it again is heard', async () => {
  const request = transfer('t1')
  await rig.ask(request)
  second.commitSays = () => {
    throw new Error('a bug')
  }
  expect(await rig.tell(request, 'approved')).toBe(500)
  expect(await committed()).toEqual([0, 0])
  expect(await stateOf('request-t1')).toEqual({ state: 'open', holds: true })
  second.commitSays = () => undefined
  expect(await rig.tell(request, 'approved')).toBe(200)
  expect(await committed()).toEqual([1, 1])
  expect(await stateOf('request-t1')).toEqual({ state: 'approved', holds: true })
})
