import { createHash } from 'node:crypto'
import {
  CUSTODY,
  makeV2KeyGen,
  makeV2KeyReshare,
  makeV2KeySign,
  type CallbackDouble,
  type CoboPackage,
  type TransferOptions,
} from '@callback-quorum/simulator'
import { afterEach, describe, expect, test } from 'vitest'
import { startGatewayRig, type GatewayRig, type RigOptions } from './gateway-rig.ts'
import { sweep } from '../src/record/sweeper.ts'

let rig: GatewayRig
afterEach(() => rig.close())

const open = async (options?: RigOptions): Promise<void> => {
  rig = await startGatewayRig(options)
}
const request = (id: string, change: Partial<TransferOptions> = {}): CoboPackage =>
  makeV2KeySign({
    requestId: id,
    transactionId: id,
    coboId: id,
    to: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
    amount: '1',
    organisation: CUSTODY.organisation,
    seed: 3,
    createdAtMs: 1_760_000_000_000,
    ...change,
  })
const double = (name: string): CallbackDouble => {
  const found = rig.doubles.get(name)
  if (found === undefined) throw new Error(`no double ${name}`)
  return found
}
const asked = (name: string): number => double(name).requests.length
const eventually = <T>(read: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> =>
  expect.poll(read, { timeout: 15_000, interval: 30 })
const told = (name: string): readonly string[] =>
  double(name).outcomes.map(({ notice, problem }) => notice?.outcome ?? problem ?? '?')
const metric = async (name: string): Promise<string> => {
  const text = await (await fetch(`${rig.gateway.metricsUrl ?? ''}/metrics`)).text()
  return text
    .split('\n')
    .filter((line) => line.startsWith(name))
    .join('\n')
}

describe('requests that nobody needs to be asked about', () => {
  test.each([
    ['a keygen, which no quorum entry names', makeV2KeyGen({ requestId: 'k1' }), 'NO_QUORUM'],
    ['a keyreshare', makeV2KeyReshare({ requestId: 'k2' }), 'NO_QUORUM'],
    [
      'a request whose detail is no JSON',
      { request_id: 'k3', request_type: 2, request_detail: 'test_task_detail', extra_info: '{}' },
      'DETAIL_INVALID',
    ],
    [
      'an unknown request type',
      { request_id: 'k4', request_type: 4, request_detail: '{}', extra_info: '{}' },
      'REQUEST_TYPE_UNKNOWN',
    ],
    [
      'a ping that carries a detail',
      { request_id: 'k5', request_type: 0, request_detail: '{"a":1}' },
      'PING_WITH_CONTENT',
    ],
  ])('%s is rejected, recorded, and answered the same again', async (_, content, code) => {
    await open()
    for (let times = 0; times < 2; times += 1) {
      const exchange = await rig.ask(content)
      expect(exchange).toMatchObject({ result: 'reject', http: 200, status: 0 })
      expect(exchange.error).toContain(code)
    }
    expect(await rig.database.query({ text: 'select outcome, codes from record' })).toEqual([
      { outcome: 'rejected', codes: [code] },
    ])
    expect(asked('alpha')).toBe(0)
  })
})

describe('memory', () => {
  test('an APPROVE is answered from the record while it is young and the configuration the same, then everybody judges again', async () => {
    await open({ extra: 'recall_approve_for: 1m' })
    expect(await rig.ask(request('r1'))).toMatchObject({ result: 'approve' })
    expect(await rig.ask(request('r1'))).toMatchObject({ result: 'approve' })
    expect(asked('alpha')).toBe(1)
    await rig.database.query({ text: `update request set decided_at = decided_at - interval '2 minutes'` })
    expect(await rig.ask(request('r1'))).toMatchObject({ result: 'approve' })
    expect(asked('alpha')).toBe(2)
    // Rejected when judged again: REJECT from now on, but what was approved is not given back.
    await rig.database.query({ text: `update request set decided_at = decided_at - interval '2 minutes'` })
    double('beta').setBehaviour('reject')
    expect(await rig.ask(request('r1'))).toMatchObject({ result: 'reject' })
    await eventually(() => told('alpha')).toEqual(['approved'])
    await expect.poll(() => rig.database.query({ text: 'select 1 from outbox where delivered_at is null' })).toEqual([])
    expect(await rig.database.query({ text: 'select outcome from record order by round' })).toEqual([
      { outcome: 'approved' },
      { outcome: 'approved' },
      { outcome: 'rejected' },
    ])
  })

  test('an APPROVE under another configuration is judged again', async () => {
    await open()
    await rig.ask(request('r1'))
    await rig.database.query({ text: `update request set config_digest = repeat('0', 64)` })
    await rig.ask(request('r1'))
    expect(asked('alpha')).toBe(2)
  })

  test('a REJECT is final, also for other content', async () => {
    await open()
    double('alpha').setBehaviour('reject')
    expect(await rig.ask(request('r1'))).toMatchObject({ result: 'reject' })
    double('alpha').setBehaviour('approve')
    expect(await rig.ask(request('r1'))).toMatchObject({ result: 'reject' })
    expect(await rig.ask(request('r1', { amount: '2' }))).toMatchObject({ result: 'reject' })
    expect(asked('alpha')).toBe(1)
  })

  test('other content after an APPROVE is a REJECT and an alarm', async () => {
    await open()
    await rig.ask(request('r1'))
    const exchange = await rig.ask(request('r1', { amount: '2' }))
    expect(exchange).toMatchObject({ result: 'reject' })
    expect(exchange.error).toContain('DIGEST_CHANGED')
    expect(await metric('callback_quorum_alarms_total')).toMatch(/alarm="digest_changed".* 1/)
    expect(await rig.ask(request('r1'))).toMatchObject({ result: 'approve' })
  })

  test('other content before a decision is asked anew, and the former content is abandoned', async () => {
    await open()
    double('beta').setBehaviour('http-500')
    expect(await rig.ask(request('r1'))).toMatchObject({ result: 'no_answer' })
    double('beta').setBehaviour('approve')
    expect(await rig.ask(request('r1', { amount: '2' }))).toMatchObject({ result: 'approve' })
    await eventually(() => told('alpha').toSorted()).toEqual(['abandoned', 'approved'])
    const digests = double('alpha').outcomes.map(({ notice }) => notice?.digest)
    expect(new Set(digests).size).toBe(2)
  })

  test('the same request at the same time is asked once and answered to everybody', async () => {
    await open()
    double('alpha').setBehaviour({ behave: 'late', delayMs: 200, then: 'approve' })
    const exchanges = await Promise.all(Array.from({ length: 8 }, () => rig.ask(request('r1'))))
    expect(exchanges.map(({ result }) => result)).toEqual(Array.from({ length: 8 }, () => 'approve'))
    expect(asked('alpha')).toBe(1)
    expect(await rig.database.query({ text: 'select 1 from record' })).toHaveLength(1)
  })
})

describe('outcome notices', () => {
  test('everybody who was asked hears the decision, again and again until it is acknowledged, over a restart', async () => {
    await open()
    for (const name of ['alpha', 'beta', 'gamma']) double(name).setOutcomeStatus(500)
    await rig.ask(request('r1'))
    await eventually(() => told('alpha').length).toBeGreaterThan(0)
    await rig.restart()
    for (const name of ['alpha', 'beta', 'gamma']) double(name).setOutcomeStatus(200)
    await rig.database.query({ text: 'update outbox set next_attempt_at = clock_now() where delivered_at is null' })
    await eventually(
      async () => (await rig.database.query({ text: 'select 1 from outbox where delivered_at is null' })).length,
    ).toBe(0)
    expect(new Set(told('gamma'))).toEqual(new Set(['approved']))
  })

  test('a stage that was never asked hears nothing, and is not asked when the one before rejects', async () => {
    await open({ checkers: [{ name: 'alpha' }, { name: 'beta' }, { name: 'gamma', entry: 'outcome: true, stage: 2' }] })
    double('alpha').setBehaviour('reject')
    expect(await rig.ask(request('r1'))).toMatchObject({ result: 'reject' })
    await eventually(() => told('beta')).toEqual(['rejected'])
    expect(asked('gamma')).toBe(0)
    expect(await rig.database.query({ text: `select 1 from outbox where checker = 'gamma'` })).toEqual([])
  })

  test('a shadow is asked, recorded and told, but neither counted nor waited for', async () => {
    await open({ quorum: '  - { callers: [node], kinds: [keysign], require: [alpha, beta], shadow: [gamma] }' })
    double('gamma').setBehaviour({ behave: 'late', delayMs: 300, then: 'reject' })
    const exchange = await rig.ask(request('r1'))
    expect(exchange).toMatchObject({ result: 'approve' })
    await eventually(() => told('gamma')).toEqual(['approved'])
    await eventually(() => rig.database.query({ text: 'select checker, result from shadow_verdict' })).toEqual([
      { checker: 'gamma', result: 'rejected' },
    ])
  })
})

describe('a freeze', () => {
  const admin = (path: string, token = rig.adminToken, method = 'POST'): Promise<Response> =>
    fetch(`${rig.gateway.adminUrl ?? ''}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: JSON.stringify({ reason: 'a test' }) } : {}),
    })

  test('stops approvals and recalled approvals, over a restart, but not rejections', async () => {
    await open()
    await rig.ask(request('before'))
    double('alpha').setBehaviour('reject')
    await rig.ask(request('rejected'))
    double('alpha').setBehaviour('approve')
    expect((await admin('/v1/freeze')).status).toBe(200)
    await rig.restart()
    expect(await (await admin('/v1/freeze', rig.adminToken, 'GET')).json()).toMatchObject({
      frozen: true,
      who: 'alice',
      reason: 'a test',
    })
    expect(await rig.ask(request('before'))).toMatchObject({ result: 'no_answer' })
    expect(await rig.ask(request('new'))).toMatchObject({ result: 'no_answer' })
    expect(await rig.ask(request('rejected'))).toMatchObject({ result: 'reject' })
    expect((await admin('/v1/unfreeze')).status).toBe(200)
    expect(await rig.ask(request('new'))).toMatchObject({ result: 'approve' })
  })

  test('that comes while checkers are asked stops the approval under way', async () => {
    await open()
    double('alpha').setBehaviour({ behave: 'late', delayMs: 400, then: 'approve' })
    const asking = rig.ask(request('r1'))
    await eventually(() => asked('alpha')).toBe(1)
    await admin('/v1/freeze')
    expect(await asking).toMatchObject({ result: 'no_answer' })
    expect(await rig.database.query({ text: 'select 1 from record' })).toEqual([])
  })

  test('needs a token', async () => {
    await open()
    expect((await admin('/v1/freeze', 'cqadm_wrong')).status).toBe(401)
    expect(await rig.ask(request('r1'))).toMatchObject({ result: 'approve' })
  })
})

describe('deferrals', () => {
  test.each([
    ['no_answer', { result: 'no_answer' }],
    ['http_503', { result: 'http', http: 503 }],
    ['status_30', { result: 'status', http: 200, status: 30, action: null }],
  ])('in the form %s', async (form, expected) => {
    await open({ extra: `deferral: { cobo: ${form} }` })
    double('beta').setBehaviour('unable')
    expect(await rig.ask(request('r1'))).toMatchObject(expected)
  })

  test('that nobody asks about again are abandoned, everybody is told, and a late asking is rejected', async () => {
    await open()
    double('beta').setBehaviour('hang')
    await rig.ask(request('r1'))
    await rig.database.query({ text: `update request set abandon_after = clock_now() - interval '1 second'` })
    await sweep({ database: rig.database, wantsOutcome: () => true })
    await eventually(() => told('alpha')).toEqual(['abandoned'])
    double('beta').setBehaviour('approve')
    const late = await rig.ask(request('r1'))
    expect(late).toMatchObject({ result: 'reject' })
    expect(late.error).toContain('ABANDONED')
  })
})

describe('records', () => {
  test('are chained: each hash covers its row and the hash before it', async () => {
    await open()
    for (const id of ['r1', 'r2', 'r3']) await rig.ask(request(id))
    const rows = await rig.database.query<{
      chain_sequence: bigint
      previous_hash: string
      record_hash: string
      content: Record<string, unknown>
    }>({
      text: `select chain_sequence, previous_hash, record_hash, json_build_object('record_id', record_id, 'round', round, 'caller', caller, 'dialect', dialect, 'kind', kind,
               'request_id', request_id, 'digest', digest, 'business_key', business_key, 'outcome', outcome, 'codes', codes, 'reason', reason,
               'accept_unbound', accept_unbound, 'config_digest', config_digest, 'request_token', request_token, 'verdicts', verdicts,
               'decided_at', to_char(decided_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'replica', replica) as content from record order by chain_sequence`,
    })
    expect(rows.map(({ chain_sequence }) => chain_sequence)).toEqual([1n, 2n, 3n])
    let previous = '0'.repeat(64)
    for (const row of rows) {
      expect(row.previous_hash).toBe(previous)
      expect(row.record_hash).toBe(
        createHash('sha256').update(previous).update(JSON.stringify(row.content)).digest('hex'),
      )
      previous = row.record_hash
    }
  })

  test('cannot be changed, and without one nothing is approved', async () => {
    await open()
    await rig.ask(request('r1'))
    await expect(rig.database.query({ text: `update record set outcome = 'approved'` })).rejects.toThrow()
    await expect(rig.database.query({ text: 'delete from record' })).rejects.toThrow()
    await rig.database.query({ text: 'alter table record rename to elsewhere' })
    expect(await rig.ask(request('r2'))).toMatchObject({ result: 'no_answer' })
    await rig.database.query({ text: 'alter table elsewhere rename to record' })
    expect(await rig.ask(request('r2'))).toMatchObject({ result: 'approve' })
  })
})

describe('third-party servers, bound by the request id alone', () => {
  const thirdParty = (status: 'reject' | 'defer'): RigOptions => ({
    checkers: [{ name: 'alpha' }, { name: 'beta', entry: `binding: request_id, on_error_status: ${status}` }],
  })
  test.each([
    ['approves without a verdict', 'no-verdict', 'approve'],
    ['rejects with HTTP 400', 'reject-with-http-400', 'reject'],
    ['rejects without a verdict', 'no-verdict-reject', 'reject'],
    ['approves with HTTP 400', 'approve-with-http-400', 'no_answer'],
    ['answers another request', 'wrong-request-id', 'no_answer'],
    ['knows another action', 'unknown-action', 'no_answer'],
    ['approves with status 30', 'approve-with-status-30', 'no_answer'],
    ['is signed by a stranger', 'wrong-key', 'no_answer'],
  ] as const)('one that %s', async (_, behaviour, expected) => {
    await open(thirdParty('defer'))
    double('beta').setBehaviour(behaviour)
    expect(await rig.ask(request('r1'))).toMatchObject({ result: expected })
  })

  test.each([
    ['reject', 'reject'],
    ['defer', 'no_answer'],
  ] as const)('a status that is not 0 without an action means %s as configured', async (status, expected) => {
    await open(thirdParty(status))
    double('beta').setBehaviour('status-30')
    expect(await rig.ask(request('r1'))).toMatchObject({ result: expected })
  })
})

describe('binding', () => {
  const unbound: RigOptions['checkers'] = [
    { name: 'alpha', bound: 'description' },
    { name: 'beta', bound: 'none' },
  ]
  test('a payment whose bytes nobody bound is rejected', async () => {
    await open({ checkers: unbound })
    const exchange = await rig.ask(request('r1'))
    expect(exchange).toMatchObject({ result: 'reject' })
    expect(exchange.error).toContain('UNBOUND')
  })
  test('unless the quorum entry accepts that, which stands in the record', async () => {
    await open({
      checkers: unbound,
      quorum: '  - { callers: [node], kinds: [keysign], require: [alpha, beta], accept_unbound: true }',
    })
    expect(await rig.ask(request('r1'))).toMatchObject({ result: 'approve' })
    expect(await rig.database.query({ text: 'select accept_unbound from record' })).toEqual([{ accept_unbound: true }])
  })
})
