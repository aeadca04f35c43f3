import { createPublicKey } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Database } from '@callback-quorum/service'
import { CUSTODY, makeV2KeySign, startCallbackDouble, type CallbackDouble } from '@callback-quorum/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startE2eRig, CUSTOMER, type E2eRig } from './rig.ts'

const organisation = CUSTODY.organisation
const LISTED = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'
const eventually = <T>(read: () => Promise<T>): ReturnType<typeof expect.poll<T>> =>
  expect.poll(read, { timeout: 20_000, interval: 50 })

/** What limits has counted, and what business-lookup holds. */
const used = async (limits: Database): Promise<readonly string[]> =>
  (
    await limits.query<{ line: string }>({
      text: `select rule_id || ' ' || used as line from counter where used > 0 order by 1`,
    })
  ).map(({ line }) => line)
const held = async (lookup: Database): Promise<readonly string[]> =>
  (
    await lookup.query<{ reference: string }>({ text: `select reference from claim where state = 'held' order by 1` })
  ).map(({ reference }) => reference)
const owed = async (gateway: Database): Promise<number> =>
  (await gateway.query({ text: 'select 1 from outbox where delivered_at is null' })).length

describe('a rejection gives back what the others had claimed', () => {
  let rig: E2eRig
  beforeAll(async () => {
    // sanctions last, so that both claiming checkers have claimed when it rejects.
    rig = await startE2eRig({ stages: { limits: 1, 'business-lookup': 1, sanctions: 2 } })
    await rig.startGatewayHere()
  })
  afterAll(() => rig.close())

  test('counters and claim are as before after sanctions rejected', async () => {
    const node = rig.node(['gateway'])
    await rig.addWithdrawal('WD-00000001', 'ETH', '1')
    await rig.addWithdrawal('WD-00000002', 'ETH', '1.5', LISTED)
    await expect(
      node.ask(makeV2KeySign({ reference: 'WD-00000001', to: CUSTOMER, amount: '1', organisation })),
    ).resolves.toMatchObject({ decision: 'APPROVE' })
    const before = { used: await used(rig.databases.limits), held: await held(rig.databases['business-lookup']) }
    expect(before).toEqual({ used: ['eth-day 1000000000000000000'], held: ['WD-00000001'] })

    const [exchange] = await node.askOnce(
      makeV2KeySign({ reference: 'WD-00000002', to: LISTED, amount: '1.5', organisation }),
    )
    expect(exchange).toMatchObject({ result: 'reject' })
    expect(exchange?.error).toContain('SANCTIONS_MATCH')
    // Both had claimed: the released rows are there.
    await eventually(
      async () =>
        (await rig.databases.limits.query({ text: `select 1 from reservation where state = 'released'` })).length,
    ).toBe(1)
    await eventually(
      async () =>
        (await rig.databases['business-lookup'].query({ text: `select 1 from claim where state = 'released'` })).length,
    ).toBe(1)
    expect({ used: await used(rig.databases.limits), held: await held(rig.databases['business-lookup']) }).toEqual(
      before,
    )
  })

  test('the reference can be paid by another transaction afterwards', async () => {
    await rig.addWithdrawal('WD-00000003', 'ETH', '3')
    const node = rig.node(['gateway'])
    // Over the limit of 2 per transaction: limits rejects, the claim of business-lookup is given back.
    const [rejected] = await node.askOnce(
      makeV2KeySign({ reference: 'WD-00000003', to: CUSTOMER, amount: '3', organisation }),
    )
    expect(rejected?.error).toContain('LIMIT_TX')
    // A cancelled checker may claim late: only a delivered notice says that its claim is gone.
    await eventually(() => owed(rig.databases.gateway)).toBe(0)
    await eventually(() => held(rig.databases['business-lookup'])).toEqual(['WD-00000001'])
    await rig.databases.payouts.query({ text: `update withdrawal set amount = 2 where reference = 'WD-00000003'` })
    await expect(
      node.ask(makeV2KeySign({ reference: 'WD-00000003', to: CUSTOMER, amount: '2', organisation })),
    ).resolves.toMatchObject({ decision: 'APPROVE' })
  })
})

describe('a deferral after limits claimed', () => {
  let rig: E2eRig
  beforeAll(async () => {
    rig = await startE2eRig({ stages: { limits: 1, 'business-lookup': 1, sanctions: 2 } })
    await rig.startGatewayHere()
  })
  afterAll(() => rig.close())

  test('does not charge twice when the node asks again', async () => {
    await rig.addWithdrawal('WD-00000001', 'USDT-ERC20', '400')
    const request = makeV2KeySign({
      reference: 'WD-00000001',
      token: 'ETH_USDT',
      to: CUSTOMER,
      amount: '400',
      organisation,
    })
    const node = rig.node(['gateway'])
    await rig.stopChecker('sanctions')
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const [deferred] = await node.askOnce(request)
      expect(deferred).toMatchObject({ result: 'no_answer' })
    }
    expect(await used(rig.databases.limits)).toEqual(['usdt-day 400000000'])
    await rig.startChecker('sanctions')
    await expect(node.ask(request)).resolves.toMatchObject({ decision: 'APPROVE' })
    expect(await used(rig.databases.limits)).toEqual(['usdt-day 400000000'])
    expect(await rig.databases.limits.query({ text: 'select 1 from entry' })).toHaveLength(1)
  })
})

describe('a gateway killed between claim and record', () => {
  let rig: E2eRig
  let silent: CallbackDouble
  beforeAll(async () => {
    rig = await startE2eRig({
      moreCheckers:
        '  - { name: silent, service_address: "http://127.0.0.1:9", pubkey_path: keys/silent.pub, stage: 3, request_timeout: 1s, outcome: true }',
      require: ['limits', 'sanctions', 'business-lookup', 'silent'],
      caller: ', retry_times: 1, sleep_seconds: 1, request_timeout: 1s',
      gatewayExtra: 'deadline: { cobo: 2s }',
    })
    silent = await startCallbackDouble({
      name: 'silent',
      callerKeys: [createPublicKey(rig.nodeKey)],
      outcomeKeys: [createPublicKey(await readFile(join(rig.folder, 'keys/gateway-internal.pub')))],
      behaviour: 'hang',
    })
    await writeFile(join(rig.folder, 'keys/silent.pub'), silent.publicKey.export({ type: 'spki', format: 'pem' }))
    const file = join(rig.folder, 'gateway.yaml')
    await writeFile(file, (await readFile(file, 'utf8')).replace('http://127.0.0.1:9"', `${silent.url}"`))
  })
  afterAll(async () => {
    await rig.close()
    await silent.close()
  })

  test('gives the claims back by its sweeper, and rejects the request afterwards', async () => {
    await rig.addWithdrawal('WD-00000001', 'ETH', '1')
    const request = makeV2KeySign({ reference: 'WD-00000001', to: CUSTOMER, amount: '1', organisation })
    const node = rig.node(['gateway'])
    const gateway = await rig.startGatewayProcess()
    const asking = node.askOnce(request)
    await eventually(() => Promise.resolve(silent.requests.length)).toBeGreaterThan(0)
    const exited = once(gateway, 'exit')
    gateway.kill('SIGKILL')
    await exited
    expect((await asking)[0]).toMatchObject({ result: 'no_answer' })
    expect(await used(rig.databases.limits)).toEqual(['eth-day 1000000000000000000'])
    expect(await held(rig.databases['business-lookup'])).toEqual(['WD-00000001'])
    expect(await rig.databases.gateway.query({ text: 'select 1 from record' })).toHaveLength(0)

    await rig.startGatewayProcess()
    await eventually(() => used(rig.databases.limits)).toEqual([])
    await eventually(() => held(rig.databases['business-lookup'])).toEqual([])
    await eventually(() => owed(rig.databases.gateway)).toBe(0)
    expect(silent.outcomes.map(({ notice }) => notice?.outcome)).toEqual(['abandoned'])
    const [late] = await node.askOnce(request)
    expect(late).toMatchObject({ result: 'reject' })
    expect(late?.error).toContain('ABANDONED')
  })

  test('approves when the node asks again in time, and counts once', async () => {
    await rig.addWithdrawal('WD-00000002', 'ETH', '1')
    silent.setBehaviour('approve')
    const request = makeV2KeySign({ reference: 'WD-00000002', to: CUSTOMER, amount: '1', organisation })
    await expect(rig.node(['gateway']).ask(request)).resolves.toMatchObject({ decision: 'APPROVE' })
    expect(await used(rig.databases.limits)).toEqual(['eth-day 1000000000000000000'])
  })
})

describe('the same checkers registered directly as several servers of the node', () => {
  let rig: E2eRig
  beforeAll(async () => {
    rig = await startE2eRig()
  })
  afterAll(() => rig.close())
  const ALL = ['limits', 'sanctions', 'business-lookup']

  test('a payment that all approve is approved, and a second transaction of its reference is not', async () => {
    await rig.addWithdrawal('WD-00000001', 'ETH', '1')
    const node = rig.node(ALL)
    const result = await node.ask(makeV2KeySign({ reference: 'WD-00000001', to: CUSTOMER, amount: '1', organisation }))
    expect(result).toMatchObject({ decision: 'APPROVE' })
    expect(result.exchanges.map(({ result: each }) => each)).toEqual(['approve', 'approve', 'approve'])
    const again = await node.askOnce(
      makeV2KeySign({ reference: 'WD-00000001', to: CUSTOMER, amount: '1', organisation }),
    )
    expect(again.find(({ server }) => server === 'business-lookup')).toMatchObject({
      result: 'reject',
      error: expect.stringContaining('REF_ALREADY_USED') as string,
    })
  })

  test.each([
    ['limits', { reference: 'WD-00000011', to: CUSTOMER, amount: '5' }, 'LIMIT_TX'],
    ['sanctions', { reference: 'WD-00000012', to: LISTED, amount: '1' }, 'SANCTIONS_MATCH'],
    ['business-lookup', { reference: 'WD-00000099', to: CUSTOMER, amount: '1' }, 'INTENT_NOT_FOUND'],
  ])('%s alone stops what it is for', async (name, transfer, code) => {
    if (transfer.reference !== 'WD-00000099')
      await rig.addWithdrawal(transfer.reference, 'ETH', transfer.amount, transfer.to)
    const exchanges = await rig.node(ALL).askOnce(makeV2KeySign({ ...transfer, organisation }))
    const refused = exchanges.filter(({ result }) => result !== 'approve')
    expect(refused).toMatchObject([{ server: name }])
    expect(refused[0]?.error).toContain(code)
  })

  test('v1 requests and pings are answered too', async () => {
    const pings = await rig.node(ALL, 'v1').ping()
    expect(pings.map(({ status, action }) => [status, action])).toEqual([
      [0, null],
      [0, null],
      [0, null],
    ])
  })
})
