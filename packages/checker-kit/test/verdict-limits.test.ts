import { createPublicKey } from 'node:crypto'
import { createTssNode, makeV1KeySign, type CoboPackage } from '@callback-quorum/simulator'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  CUSTOMER,
  rejects,
  scriptedRule,
  startCheckerRig,
  transfer,
  type CheckerRig,
  type ScriptedRule,
} from './checker-rig.ts'

let only: ScriptedRule
let rig: CheckerRig
beforeEach(async () => {
  only = scriptedRule('only')
  rig = await startCheckerRig([only])
})
afterEach(() => rig.close())

test('more codes than a verdict can hold are still a rejection that the gateway can read', async () => {
  const objections = Array.from({ length: 100 }, (_, index) => ({ code: `NO_${String(index)}`, text: 'said the test' }))
  const [first, ...more] = objections
  if (first === undefined) throw new Error('a hundred objections')
  only.judgeSays = () => Promise.resolve({ outcome: 'reject', objections: [first, ...more] })
  const request = transfer('t1')
  const exchange = await rig.ask(request)
  expect(exchange).toMatchObject({ result: 'reject' })
  const { codes, outcome } = rig.verdictOf(exchange, request)
  expect(outcome).toBe('reject')
  expect(codes).toHaveLength(64)
  expect(codes[0]).toBe('NO_0')
})

test.each(['with spaces', 'ÄÖÜ', '', 'X'.repeat(200)])(
  'a code %j that no verdict may hold is still a rejection',
  async (code) => {
    only.judgeSays = () => Promise.resolve(rejects(code))
    const request = transfer('t1')
    const exchange = await rig.ask(request)
    expect(exchange).toMatchObject({ result: 'reject' })
    expect(rig.verdictOf(exchange, request).codes).toEqual(['CODE_INVALID'])
  },
)

test('what PostgreSQL cannot hold in a text is judged and recorded all the same', async () => {
  only.judgeSays = () => Promise.resolve({ outcome: 'reject', objections: [{ code: 'NO', text: 'a \u0000 b' }] })
  const request = describedAs(transfer('t1'), 'a \u0000 b')
  expect(await rig.ask(request)).toMatchObject({ result: 'reject' })
  const [record] = await rig.database.query<{ reason: string; question: { description: string } }>({
    text: 'select reason, question from verdict_record',
  })
  expect(record?.reason).toBe('NO: a \ufffd b')
  expect(record?.question.description).toBe('a \ufffd b')
})

test('answers v1 with a v1 verdict', async () => {
  const node = createTssNode({
    name: 'node-1',
    privateKey: keyOf('node-1'),
    servers: [{ serviceAddress: `${rig.url}/v1/check`, publicKey: createPublicKey(keyOf('checker')) }],
  })
  const request = makeV1KeySign({ requestId: 'one', coboId: 'one', to: CUSTOMER, amount: '1', seed: 7 })
  const [exchange] = await node.askOnce(request)
  await node.close()
  expect(exchange).toMatchObject({
    result: 'approve',
    verdict: { dialect: 'cobo-v1', kind: 'keysign', request_id: 'one', outcome: 'approve' },
  })
  // node-2 is configured for v2 only.
  const other = createTssNode({
    name: 'node-2',
    privateKey: keyOf('node-2'),
    servers: [{ serviceAddress: `${rig.url}/v1/check`, publicKey: createPublicKey(keyOf('checker')) }],
  })
  expect((await other.askOnce(request))[0]).toMatchObject({ status: 20, action: null })
  await other.close()
})

test('the verdicts of requests asked at once are each about their own', async () => {
  const requests = Array.from({ length: 20 }, (_, index) => transfer(`t${String(index)}`))
  const exchanges = await Promise.all(requests.map((request) => rig.ask(request)))
  for (const [index, exchange] of exchanges.entries()) {
    const request = requests[index]
    if (request === undefined) throw new Error('one answer for each request')
    expect(rig.verdictOf(exchange, request).outcome).toBe('approve')
  }
})

test('one request asked twenty times at once is claimed once', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => rig.ask(transfer('t1'))))
  expect(new Set(answers.map(({ result }) => result))).toEqual(new Set(['approve']))
  expect(await rig.taken()).toEqual(['only'])
  expect(await rig.database.query({ text: 'select holds from attempt' })).toEqual([{ holds: true }])
})

test('of two payments under one transaction id asked at once, one is approved', async () => {
  const answers = await Promise.all([
    rig.ask(transfer('t1')),
    rig.ask(transfer('t1', { requestId: 'other', amount: '2' })),
  ])
  expect(answers.map(({ result }) => result).sort()).toEqual(['approve', 'reject'])
})

test('approved before the check is asked: what is then approved is held for good', async () => {
  const request = transfer('t1')
  expect(await rig.tell(request, 'approved')).toBe(200)
  expect(await rig.ask(request)).toMatchObject({ result: 'approve' })
  expect(await rig.tell(request, 'rejected')).toBe(200)
  expect(await rig.taken()).toEqual(['only'])
})

test('a claim that cannot tell takes nothing, and may be asked again', async () => {
  only.claimSays = () => ({ outcome: 'unable', code: 'LATER', text: 'said the test' })
  expect(await rig.ask(transfer('t1'))).toMatchObject({ status: 30, action: null })
  expect(await rig.taken()).toEqual([])
  only.claimSays = () => ({ outcome: 'approve' })
  expect(await rig.ask(transfer('t1'))).toMatchObject({ result: 'approve' })
})

test('a claim that throws takes nothing and approves nothing', async () => {
  only.claimSays = () => {
    throw new Error('a bug')
  }
  const request = transfer('t1')
  const exchange = await rig.ask(request)
  expect(rig.verdictOf(exchange, request)).toMatchObject({ outcome: 'unable', codes: ['STORE_UNAVAILABLE'] })
  expect(await rig.taken()).toEqual([])
})

test('a business key that another session holds locked is "cannot tell" in time, and free again afterwards', async () => {
  await rig.ask(transfer('t1'))
  const locked = Promise.withResolvers<undefined>()
  const freed = Promise.withResolvers<undefined>()
  const holder = rig.database.transaction(async (tx) => {
    await tx.query({ text: 'select 1 from business for update' })
    locked.resolve(undefined)
    await freed.promise
  })
  await locked.promise
  expect(await rig.ask(transfer('t1'))).toMatchObject({ status: 30, action: null })
  freed.resolve(undefined)
  await holder
  expect(await rig.ask(transfer('t1'))).toMatchObject({ result: 'approve' })
})

function describedAs(request: CoboPackage, description: string): CoboPackage {
  const extra = JSON.parse(request.extra_info ?? '') as { readonly transaction: object }
  return { ...request, extra_info: JSON.stringify({ ...extra, transaction: { ...extra.transaction, description } }) }
}

function keyOf(name: string) {
  const key = rig.keys[name]
  if (key === undefined) throw new Error(`no key ${name}`)
  return key
}
