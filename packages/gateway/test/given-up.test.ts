import { afterEach, expect, test } from 'vitest'
import { sweep } from '../src/record/sweeper.ts'
import { startGatewayRig, type GatewayRig, type RigOptions } from './gateway-rig.ts'
import { payment } from './payment.ts'

let rig: GatewayRig
afterEach(() => rig.close())
const open = async (options?: RigOptions): Promise<void> => {
  rig = await startGatewayRig(options)
}
const eventually = <T>(read: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> =>
  expect.poll(read, { timeout: 15_000, interval: 30 })
const owed = async (): Promise<number> =>
  (await rig.database.query({ text: 'select 1 from outbox where delivered_at is null' })).length

test('content that comes back after other content is rejected: its claims may be on their way to being given back', async () => {
  await open()
  rig.double('beta').setBehaviour('http-500')
  expect(await rig.ask(payment('r1'))).toMatchObject({ result: 'no_answer' })
  expect(await rig.ask(payment('r1', { amount: '2' }))).toMatchObject({ result: 'no_answer' })
  rig.double('beta').setBehaviour('approve')
  const returned = await rig.ask(payment('r1'))
  expect(returned).toMatchObject({ result: 'reject' })
  expect(returned.error).toContain('DIGEST_RETURNED')
  expect(await rig.ask(payment('r1', { amount: '2' }))).toMatchObject({ result: 'reject' })
  expect(await rig.database.query({ text: 'select outcome, codes from record' })).toEqual([
    { outcome: 'rejected', codes: ['DIGEST_RETURNED'] },
  ])
  await eventually(owed).toBe(0)
  // Two contents, each given up once; nobody was ever told that either was approved.
  expect(rig.told('alpha')).toEqual(['abandoned', 'abandoned'])
  expect(new Set(rig.double('alpha').outcomes.map(({ notice }) => notice?.digest)).size).toBe(2)
  const metrics = await (await fetch(`${rig.gateway.metricsUrl ?? ''}/metrics`)).text()
  expect(metrics).toMatch(/callback_quorum_alarms_total\{.*alarm="digest_changed".*\} 1/)
})

test('content given up while it is being asked is not approved by the answers that still come', async () => {
  await open()
  rig
    .double('alpha')
    .setBehaviour(({ requestId }) =>
      requestId === 'r1' && rig.double('alpha').requests.length === 1
        ? { behave: 'late', delayMs: 500, then: 'approve' }
        : 'approve',
    )
  const former = rig.ask(payment('r1'))
  await eventually(() => rig.double('alpha').requests.length).toBe(1)
  expect(await rig.ask(payment('r1', { amount: '2' }))).toMatchObject({ result: 'approve' })
  expect(await former).toMatchObject({ result: 'no_answer' })
  expect(await rig.database.query({ text: 'select outcome from record' })).toEqual([{ outcome: 'approved' }])
  await eventually(owed).toBe(0)
  expect(rig.told('gamma').toSorted()).toEqual(['abandoned', 'approved'])
})

test('a round that died with its process: whoever may have been asked is told, also those it only planned to ask', async () => {
  await open()
  // What a gateway leaves that was killed before anybody answered.
  rig.double('beta').setBehaviour('hang')
  await rig.ask(payment('r1'))
  await rig.database.query({
    text: `update request set asked = '{}', planned = '{alpha,gamma}', abandon_after = clock_now() - interval '1 second'`,
  })
  expect(await sweep({ database: rig.database, wantsOutcome: (name) => name !== 'gamma' })).toHaveLength(1)
  expect(await sweep({ database: rig.database, wantsOutcome: () => true })).toEqual([])
  await eventually(() => rig.told('alpha')).toEqual(['abandoned'])
  await eventually(owed).toBe(0)
  expect([rig.told('beta'), rig.told('gamma')]).toEqual([[], []])
})

test('a deferral is given up only when its caller can no longer ask, by the words of the node itself', async () => {
  await open({ caller: ', retry_times: 2, sleep_seconds: 30, request_timeout: 10s' })
  rig.double('beta').setBehaviour('http-500')
  await rig.ask(payment('r1'))
  const [row] = await rig.database.query<{ window: string }>({
    text: `select extract(epoch from abandon_after - last_asked_at)::text as window from request`,
  })
  // Two more times 30 s of sleep and 10 s of waiting, and the gateway's own deadline of 8 s.
  expect(Number(row?.window)).toBe(88)
  expect(await sweep({ database: rig.database, wantsOutcome: () => true })).toEqual([])
})

test('an answer that comes after its request was given up is the rejection', async () => {
  await open()
  rig.double('alpha').setBehaviour({ behave: 'late', delayMs: 500, then: 'approve' })
  const asking = rig.ask(payment('r1'))
  await eventually(() => rig.double('alpha').requests.length).toBe(1)
  await rig.database.query({ text: `update request set abandon_after = clock_now() - interval '1 second'` })
  await sweep({ database: rig.database, wantsOutcome: () => true })
  expect(await asking).toMatchObject({ result: 'reject' })
  expect(await rig.database.query({ text: 'select 1 from record' })).toEqual([])
  await eventually(() => rig.told('gamma')).toEqual(['abandoned'])
})

test('whoever is first asked when all judge again under a new configuration hears of the approval, the others not twice', async () => {
  await open({ quorum: '  - { callers: [node], kinds: [keysign], require: [alpha, beta] }' })
  expect(await rig.ask(payment('r1'))).toMatchObject({ result: 'approve' })
  await rig.restart((text) => text.replace('require: [alpha, beta]', 'require: [alpha, beta, gamma]'))
  // A first judging again that comes to nothing must not make gamma look told.
  rig.double('beta').setBehaviour('http-500')
  expect(await rig.ask(payment('r1'))).toMatchObject({ result: 'no_answer' })
  rig.double('beta').setBehaviour('approve')
  expect(await rig.ask(payment('r1'))).toMatchObject({ result: 'approve' })
  await eventually(() => rig.told('gamma')).toEqual(['approved'])
  await eventually(owed).toBe(0)
  expect([rig.told('alpha'), rig.told('beta')]).toEqual([['approved'], ['approved']])
  // And once told, not again.
  await rig.restart((text) => text.concat('recall_approve_for: 9m\n'))
  expect(await rig.ask(payment('r1'))).toMatchObject({ result: 'approve' })
  expect(rig.double('gamma').requests).toHaveLength(3)
  expect(await rig.database.query({ text: `select 1 from outbox where checker = 'gamma'` })).toHaveLength(1)
})
