import { createPublicKey } from 'node:crypto'
import { ConfigError } from '@callback-quorum/service'
import { createTssNode, makeV2KeyGen, makeV2Ping, type CoboPackage } from '@callback-quorum/simulator'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { rejects, scriptedRule, startCheckerRig, transfer, type CheckerRig, type ScriptedRule } from './checker-rig.ts'

let first: ScriptedRule
let second: ScriptedRule
let rig: CheckerRig
beforeEach(async () => {
  first = scriptedRule('first')
  second = scriptedRule('second')
  rig = await startCheckerRig([first, second])
})
afterEach(() => rig.close())

const records = (text = 'outcome'): Promise<readonly { value: string }[]> =>
  rig.database.query({ text: `select ${text} as value from verdict_record order by record_id` })
const errorOf = (request: CoboPackage) => rig.ask(request).then(({ error }) => error ?? '')

test('an approval carries a verdict in which every member answers the question', async () => {
  const request = transfer('t1')
  const exchange = await rig.ask(request)
  expect(exchange).toMatchObject({ result: 'approve', http: 200, status: 0 })
  expect(rig.verdictOf(exchange, request)).toMatchObject({
    outcome: 'approve',
    judged: true,
    bound: 'description',
    codes: [],
    data_version: 'data-7',
    policy_digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  })
  expect(await records()).toEqual([{ value: 'approve' }])
  expect(await rig.taken()).toEqual(['first', 'second'])
})

test('all objections of all rules are told, and nothing is claimed', async () => {
  first.judgeSays = () => Promise.resolve(rejects('FIRST_NO'))
  second.judgeSays = () => Promise.resolve(rejects('SECOND_NO'))
  const request = transfer('t1')
  const exchange = await rig.ask(request)
  expect(exchange).toMatchObject({ result: 'reject', status: 0 })
  expect(exchange.error).toContain('checker: FIRST_NO')
  expect(rig.verdictOf(exchange, request)).toMatchObject({ outcome: 'reject', codes: ['FIRST_NO', 'SECOND_NO'] })
  expect(await rig.taken()).toEqual([])
  expect(first.seen).toEqual(['judge'])
})

test('"cannot tell" is status 30 without an action, with its code in the verdict', async () => {
  second.judgeSays = () => Promise.resolve({ outcome: 'unable', code: 'LIST_STALE', text: 'the list is old' })
  const request = transfer('t1')
  const exchange = await rig.ask(request)
  expect(exchange).toMatchObject({ result: 'status', status: 30, action: null })
  expect(rig.verdictOf(exchange, request)).toMatchObject({ outcome: 'unable', codes: ['LIST_STALE'] })
})

test('an objection outweighs "cannot tell"', async () => {
  first.judgeSays = () => Promise.resolve({ outcome: 'unable', code: 'LIST_STALE', text: 'the list is old' })
  second.judgeSays = () => Promise.resolve(rejects('SECOND_NO'))
  expect(await rig.ask(transfer('t1'))).toMatchObject({ result: 'reject' })
})

test.each([
  ['throws', () => Promise.reject(new Error('a bug')), 'RULE_FAILED'],
  ['never answers', () => new Promise<never>(() => undefined), 'RULE_TIMEOUT'],
])('a rule that %s cannot tell', async (_, judgeSays, code) => {
  first.judgeSays = judgeSays
  const request = transfer('t1')
  const exchange = await rig.ask(request)
  expect(exchange).toMatchObject({ status: 30, action: null })
  expect(rig.verdictOf(exchange, request).codes).toEqual([code])
  expect(await rig.taken()).toEqual([])
})

test('an objection in a later claim takes back the earlier one, and is recorded', async () => {
  second.claimSays = () => rejects('SECOND_FULL')
  expect(await rig.ask(transfer('t1'))).toMatchObject({ result: 'reject' })
  expect(await rig.taken()).toEqual([])
  expect(await records('codes[1]')).toEqual([{ value: 'SECOND_FULL' }])
})

test('without its database a checker cannot tell, and nothing is approved', async () => {
  await rig.database.query({ text: 'alter table verdict_record rename to elsewhere' })
  const request = transfer('t1')
  const exchange = await rig.ask(request)
  expect(exchange).toMatchObject({ status: 30, action: null })
  expect(rig.verdictOf(exchange, request).codes).toEqual(['STORE_UNAVAILABLE'])
  expect(await rig.taken()).toEqual([])
})

test('records cannot be changed or removed', async () => {
  await rig.ask(transfer('t1'))
  await expect(rig.database.query({ text: `update verdict_record set outcome = 'approve'` })).rejects.toThrow()
  await expect(rig.database.query({ text: 'delete from verdict_record' })).rejects.toThrow()
})

test('several callers with keys of their own are answered; a key past its last day and a stranger are not', async () => {
  const request = transfer('t1')
  expect(rig.verdictOf(await rig.ask(request, 'node-2'), request, 'node-2').outcome).toBe('approve')
  for (const name of ['node-1-old', 'stranger']) {
    const privateKey = rig.keys[name]
    const checkerKey = rig.keys.checker
    if (privateKey === undefined || checkerKey === undefined) throw new Error('the rig has this key')
    const node = createTssNode({
      name,
      privateKey,
      servers: [{ serviceAddress: `${rig.url}/v2/check`, publicKey: createPublicKey(checkerKey) }],
    })
    expect((await node.askOnce(transfer('t2')))[0]).toMatchObject({ status: 20, action: null })
    await node.close()
  }
})

test('a ping is answered without an action and leaves nothing behind', async () => {
  expect(await rig.ask(makeV2Ping())).toMatchObject({ status: 0, action: null })
  expect(await records()).toEqual([])
})

test('a kind that no rule is for is rejected and says that it was not judged', async () => {
  const exchange = await rig.ask(makeV2KeyGen({ requestId: 'ceremony' }))
  expect(exchange).toMatchObject({ result: 'reject', verdict: { judged: false, codes: ['OUTSIDE_REMIT'] } })
})

test('a request that cannot be read is rejected and recorded', async () => {
  const exchange = await rig.ask({ request_id: 'odd', request_type: 2, request_detail: 'no json', extra_info: '{}' })
  expect(exchange).toMatchObject({ result: 'reject', verdict: { judged: true, outcome: 'reject' } })
  expect(await records()).toEqual([{ value: 'reject' }])
})

describe('one transaction, one claim', () => {
  test('asking again, by the same or another caller, claims once', async () => {
    for (const node of ['node-1', 'node-1', 'node-2'] as const)
      expect(await rig.ask(transfer('t1'), node)).toMatchObject({ result: 'approve' })
    expect(await rig.taken()).toEqual(['first', 'second'])
  })

  test('the same transaction with other content, or other hashes to sign, is rejected', async () => {
    await rig.ask(transfer('t1'))
    expect(await errorOf(transfer('t1', { requestId: 'r2', amount: '2' }))).toContain('IDEMPOTENCY_CONFLICT')
    expect(await errorOf(transfer('t1', { requestId: 'r3', nonce: 99n }))).toContain('SECOND_SIGNATURE')
  })
})

describe('outcomes', () => {
  test.each(['rejected', 'abandoned'] as const)('%s gives back once; repeating it changes nothing', async (outcome) => {
    const request = transfer('t1')
    await rig.ask(request)
    expect(await rig.tell(request, outcome)).toBe(200)
    expect(await rig.taken()).toEqual([])
    expect(await rig.tell(request, outcome)).toBe(200)
    expect(first.seen.filter((call) => call === 'release')).toHaveLength(1)
    // The attempt is over; the transaction may be asked in a new one, with other content.
    expect(await errorOf(request)).toContain('ATTEMPT_CLOSED')
    expect(await rig.ask(transfer('t1', { requestId: 'again', amount: '2' }))).toMatchObject({ result: 'approve' })
  })

  test('approved keeps the claim for good, whatever is said afterwards', async () => {
    const request = transfer('t1')
    await rig.ask(request)
    expect(await rig.tell(request, 'approved')).toBe(200)
    expect(await rig.tell(request, 'rejected')).toBe(200)
    expect(await rig.taken()).toEqual(['first', 'second'])
    expect(await rig.ask(request)).toMatchObject({ result: 'approve' })
  })

  test('a notice that overtakes its check is a tombstone: that attempt claims nothing', async () => {
    const request = transfer('t1')
    expect(await rig.tell(request, 'abandoned')).toBe(200)
    expect(await errorOf(request)).toContain('ATTEMPT_CLOSED')
    expect(await rig.taken()).toEqual([])
  })

  test('closes only its own attempt: what another one holds stays', async () => {
    const request = transfer('t1')
    const other = transfer('t1', { requestId: 'other' })
    await rig.ask(request)
    await rig.ask(other)
    await rig.tell(request, 'rejected')
    expect(await rig.taken()).toEqual(['first', 'second'])
    await rig.tell(other, 'rejected')
    expect(await rig.taken()).toEqual([])
  })

  test('is refused when somebody else signed it, it is for another checker, it is old, or its caller is unknown', async () => {
    const request = transfer('t1')
    await rig.ask(request)
    const { stranger } = rig.keys
    if (stranger === undefined) throw new Error('the rig has a stranger')
    expect(await rig.tell(request, 'rejected', { signer: stranger })).toBe(401)
    expect(await rig.tell(request, 'rejected', { aud: 'another-checker' })).toBe(401)
    expect(await rig.tell(request, 'rejected', { nowMs: Date.now() - 120_000 })).toBe(401)
    expect(await rig.tell(request, 'rejected', { caller: 'f'.repeat(64) })).toBe(400)
    expect(await rig.taken()).toEqual(['first', 'second'])
  })
})

test('what is outside its remit can be approved by configuration, and is marked as not judged', async () => {
  const own = await startCheckerRig([scriptedRule('only')], 'outside_remit: { approve: [keygen] }')
  try {
    expect(await own.ask(makeV2KeyGen({ requestId: 'ceremony' }))).toMatchObject({
      result: 'approve',
      verdict: { judged: false },
    })
  } finally {
    await own.close()
  }
})

test.each([
  ['no rule', []],
  ['two rules of one name', [scriptedRule('same'), scriptedRule('same')]],
  ['a rule that can say nothing', [{ name: 'mute', kinds: ['keysign'] as const }]],
])('refuses to start with %s, and leaves nothing running', async (_, rules) => {
  const stopped: string[] = []
  const watcher = {
    name: 'watcher',
    stop: () => {
      stopped.push('watcher')
      return Promise.resolve()
    },
  }
  await expect(startCheckerRig(rules, '', { parts: [watcher] })).rejects.toThrow(ConfigError)
  expect(stopped).toEqual(['watcher'])
})
