import { makeV1KeySign, makeV2KeyGen, CUSTODY, createTssNode } from '@callback-quorum/simulator'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { startGatewayRig, type GatewayRig, type RigOptions } from './gateway-rig.ts'
import { payment } from './payment.ts'

let rig: GatewayRig
afterEach(() => rig.close())
const open = async (options?: RigOptions): Promise<void> => {
  rig = await startGatewayRig(options)
}
const eventually = <T>(read: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> =>
  expect.poll(read, { timeout: 15_000, interval: 30 })
const asked = (): readonly number[] => ['alpha', 'beta', 'gamma'].map((name) => rig.double(name).requests.length)

describe('who is asked', () => {
  test('nobody about a request that names no transaction, which is rejected', async () => {
    await open({ quorum: '  - { callers: [node], kinds: [keygen], require: [alpha, beta, gamma] }' })
    const content = makeV2KeyGen({ requestId: 'k1' })
    const detail = JSON.parse(content.request_detail ?? '') as Record<string, unknown>
    delete detail.biz_task_id
    const exchange = await rig.ask({ ...content, request_detail: JSON.stringify(detail) })
    expect(exchange).toMatchObject({ result: 'reject', status: 0 })
    expect(exchange.error).toContain('TRANSACTION_ID_MISSING')
    expect(asked()).toEqual([0, 0, 0])
    expect(await rig.ask({ ...content, request_id: 'k2' })).toMatchObject({ result: 'approve' })
    expect(asked()).toEqual([1, 1, 1])
  })

  test('every checker hears the original token, byte for byte, on the path of its dialect', async () => {
    await open()
    const gatewayKey = createPublicKey(createPrivateKey(await readFile(join(rig.folder, 'keys/gateway.pem'))))
    const node = createTssNode({
      name: 'node',
      privateKey: rig.nodeKey,
      servers: [{ serviceAddress: `${rig.url}/v1/check`, publicKey: gatewayKey }],
    })
    const content = makeV1KeySign({
      requestId: 'v1',
      to: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
      amount: '1',
      organisation: CUSTODY.organisation,
    })
    const token = await node.mint(content)
    const [exchange] = await node.askOnce(content, { token })
    await node.close()
    expect(exchange).toMatchObject({ result: 'approve' })
    for (const name of ['alpha', 'beta', 'gamma'])
      expect(rig.double(name).requests).toMatchObject([{ path: '/v1/check', token }])
  })

  test('all of a stage, although one of them rejected first: the one cut off counts for nothing and is told the outcome', async () => {
    await open()
    rig.double('alpha').setBehaviour('hang')
    rig.double('beta').setBehaviour('reject')
    expect(await rig.ask(payment('r1'))).toMatchObject({ result: 'reject' })
    await eventually(() => rig.told('alpha')).toEqual(['rejected'])
    const [record] = await rig.database.query<{ verdicts: { checker: string; result: string; token?: string }[] }>({
      text: 'select verdicts from record',
    })
    expect(record?.verdicts.map(({ checker, result }) => `${checker} ${result}`)).toEqual(
      expect.arrayContaining(['alpha cancelled', 'beta rejected']),
    )
    // What was said stands in the record as it was signed.
    expect(record?.verdicts.find(({ checker }) => checker === 'beta')?.token).toBe(
      rig.double('beta').requests[0]?.answerBody,
    )
  })

  test('the second stage only after all of the first approved', async () => {
    const stages = [{ name: 'alpha' }, { name: 'beta' }, { name: 'gamma', entry: 'outcome: true, stage: 2' }]
    await open({ checkers: stages })
    rig.double('alpha').setBehaviour('unable')
    expect(await rig.ask(payment('r1'))).toMatchObject({ result: 'no_answer' })
    expect(asked()).toEqual([1, 1, 0])
    rig.double('alpha').setBehaviour({ behave: 'late', delayMs: 200, then: 'approve' })
    const asking = rig.ask(payment('r2'))
    await eventually(() => rig.double('beta').requests.length).toBe(2)
    expect(rig.double('gamma').requests).toEqual([])
    expect(await asking).toMatchObject({ result: 'approve' })
    expect(asked()).toEqual([2, 2, 1])
    await eventually(() => rig.told('gamma')).toEqual(['approved'])
  })

  test('a shadow that never answers is not waited for, and its silence is recorded after the decision', async () => {
    await open({ quorum: '  - { callers: [node], kinds: [keysign], require: [alpha, beta], shadow: [gamma] }' })
    rig.double('gamma').setBehaviour('hang')
    expect(await rig.ask(payment('r1'))).toMatchObject({ result: 'approve' })
    await eventually(() =>
      rig.database.query({
        text: `select checker, result, received_at > decided_at as "isLater" from shadow_verdict join record using (request_key)`,
      }),
    ).toEqual([{ checker: 'gamma', result: 'failed', isLater: true }])
  })

  test('a shadow that approves does not stand in for a required one', async () => {
    await open({ quorum: '  - { callers: [node], kinds: [keysign], require: [alpha, beta], shadow: [gamma] }' })
    rig.double('beta').setBehaviour('http-500')
    expect(await rig.ask(payment('r1'))).toMatchObject({ result: 'no_answer' })
    // Nor does it bind for those who did not.
    rig.double('alpha').setBehaviour({ behave: 'verdict-member', member: 'bound', value: 'description' })
    rig.double('beta').setBehaviour({ behave: 'verdict-member', member: 'bound', value: 'none' })
    expect((await rig.ask(payment('r2'))).error).toContain('UNBOUND')
  })
})

describe('a quorum of third-party servers alone', () => {
  const checkers = ['alpha', 'beta'].map((name) => ({
    name,
    entry: 'binding: request_id, on_error_status: defer',
  }))
  test('approves a payment only with accept_unbound, which stands in the record', async () => {
    await open({
      checkers,
      quorum: '  - { callers: [node], kinds: [keysign], require: [alpha, beta], accept_unbound: true }',
    })
    rig.double('alpha').setBehaviour('no-verdict')
    rig.double('beta').setBehaviour('no-verdict')
    expect(await rig.ask(payment('r1'))).toMatchObject({ result: 'approve' })
    expect(await rig.database.query({ text: 'select accept_unbound from record' })).toEqual([{ accept_unbound: true }])
    rig.double('beta').setBehaviour('no-verdict-reject')
    expect(await rig.ask(payment('r2'))).toMatchObject({ result: 'reject' })
    // They take no outcomes.
    expect(await rig.database.query({ text: 'select 1 from outbox' })).toEqual([])
  })
})

describe('a database that does not take the decision', () => {
  test.each(['request', 'record', 'outbox', 'chain_head', 'freeze_state'])(
    'without its table %s nothing is approved, and afterwards it is',
    async (table) => {
      await open()
      await rig.database.query({ text: `alter table ${table} rename to elsewhere` })
      expect(await rig.ask(payment('r1'))).toMatchObject({ result: 'no_answer' })
      await rig.database.query({ text: `alter table elsewhere rename to ${table}` })
      expect(await rig.database.query({ text: 'select 1 from record' })).toEqual([])
      expect(await rig.ask(payment('r1'))).toMatchObject({ result: 'approve' })
    },
  )

  test('while the records are locked the answer is a deferral, in time', async () => {
    await open()
    const exchange = await rig.database.transaction(async (tx) => {
      await tx.query({ text: 'lock table record in access exclusive mode' })
      return rig.ask(payment('r1'))
    })
    expect(exchange).toMatchObject({ result: 'no_answer' })
    expect(exchange.ms).toBeLessThan(8_000)
    expect(await rig.ask(payment('r1'))).toMatchObject({ result: 'approve' })
  })
})
