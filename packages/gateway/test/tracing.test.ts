import { CUSTODY, makeV2KeySign, makeV2Ping, signRequestToken, type CoboPackage } from '@callback-quorum/simulator'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../../../test/otlp-receiver.ts'
import { startGatewayRig, type GatewayRig, type RigOptions } from './gateway-rig.ts'

let receiver: OtlpReceiver
let rig: GatewayRig
beforeEach(async () => {
  receiver = await startOtlpReceiver()
})
afterEach(async () => {
  await rig.close()
  await receiver.close()
})

const open = async (options: RigOptions = {}, block = 'ratio: 1'): Promise<void> => {
  rig = await startGatewayRig({ ...options, extra: `tracing: { otlp: "${receiver.url}", ${block} }` })
}
const request = (id: string): CoboPackage =>
  makeV2KeySign({
    ...{ requestId: id, transactionId: id, coboId: id, organisation: CUSTODY.organisation },
    ...{ to: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd', amount: '1', seed: 3, createdAtMs: 1_760_000_000_000 },
  })
const named = (name: string): ReceivedSpan | undefined => receiver.spans.find((span) => span.name === name)
const sentTo = (checker: string): unknown => rig.double(checker).requests[0]?.headers['traceparent']
const eventually = <T>(read: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> =>
  expect.poll(read, { timeout: 15_000, interval: 30 })

test('a checker is told the span of the very call that asks it', async () => {
  await open()
  expect(await rig.ask(request('r1'))).toMatchObject({ result: 'approve' })
  await eventually(() => named('request')).toBeDefined()
  for (const name of ['alpha', 'beta', 'gamma']) {
    const span = named(`ask ${name}`)
    expect(span).toMatchObject({ parentSpanId: named('request')?.spanId, kind: 3 })
    expect(sentTo(name)).toBe(`00-${span?.traceId}-${span?.spanId}-01`)
  }
})

test('a server of somebody else is told nothing', async () => {
  await open({
    checkers: [
      { name: 'alpha' },
      { name: 'beta', entry: 'outcome: false, binding: request_id, on_error_status: defer' },
    ],
  })
  expect(await rig.ask(request('r1'))).toMatchObject({ result: 'approve' })
  expect(sentTo('alpha')).toMatch(/^00-/)
  expect(rig.double('beta').requests).toHaveLength(1)
  expect(sentTo('beta')).toBeUndefined()
  await eventually(() => named('ask beta')?.attributes['outcome']).toBe('approved')
})

test('a shadow that is not waited for has its span below the request that ended before it', async () => {
  await open({ quorum: '  - { callers: [node], kinds: [keysign], require: [alpha, beta], shadow: [gamma] }' })
  rig.double('gamma').setBehaviour('hang')
  expect(await rig.ask(request('r1'))).toMatchObject({ result: 'approve' })
  await eventually(() => named('ask gamma')).toBeDefined()
  const [shadow, above] = [named('ask gamma'), named('request')]
  expect(shadow).toMatchObject({
    parentSpanId: above?.spanId,
    attributes: { mode: 'shadow', outcome: 'failed', cause: 'timeout' },
  })
  expect((shadow?.endNs ?? 0n) > (above?.endNs ?? 0n)).toBe(true)
})

test('requests side by side have traces apart', async () => {
  await open()
  const ids = ['r1', 'r2', 'r3', 'r4', 'r5']
  await Promise.all(ids.map((id) => rig.ask(request(id))))
  await eventually(() => receiver.spans.filter(({ name }) => name === 'request').length).toBe(5)
  const traces = Map.groupBy(receiver.spans, ({ traceId }) => traceId)
  expect([...traces.values()].map((spans) => spans.map(({ name }) => name).toSorted())).toEqual(
    ids.map(() => ['admit', 'ask alpha', 'ask beta', 'ask gamma', 'record', 'request', 'sign', 'verify']),
  )
})

test('strangers and pings fill no queue', async () => {
  await open()
  await rig.ask(makeV2Ping())
  await fetch(`${rig.url}/v2/check`, { method: 'POST', body: new URLSearchParams({ TSS_JWT_MSG: 'a.b.c' }) })
  expect(await rig.ask(request('r1'))).toMatchObject({ result: 'approve' })
  await rig.restart()
  expect(receiver.spans.filter(({ name }) => name === 'request')).toHaveLength(1)
})

test('at ratio 0 checkers hear that nothing is kept, and nothing is', async () => {
  await open({}, 'ratio: 0')
  expect(await rig.ask(request('r1'))).toMatchObject({ result: 'approve' })
  expect(sentTo('alpha')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
  await rig.restart()
  expect(receiver.headers).toEqual([])
})

test('without the block no header is sent', async () => {
  rig = await startGatewayRig()
  expect(await rig.ask(request('r1'))).toMatchObject({ result: 'approve' })
  expect(rig.double('alpha').requests).toHaveLength(1)
  expect(sentTo('alpha')).toBeUndefined()
})

describe('the trace that a node names', () => {
  const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
  const ask = async (id: string): Promise<void> => {
    const token = await signRequestToken(request(id), { privateKey: rig.nodeKey })
    const response = await fetch(`${rig.url}/v2/check`, {
      method: 'POST',
      headers: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` },
      body: new URLSearchParams({ TSS_JWT_MSG: token }),
    })
    expect(response.status).toBe(200)
    await eventually(() => named('request')).toBeDefined()
  }

  test('is not believed', async () => {
    await open()
    await ask('r1')
    expect(named('request')).toMatchObject({ parentSpanId: '', attributes: { outcome: 'approved' } })
    expect(named('request')?.traceId).not.toBe(TRACE)
  })

  test('is believed where the configuration says so', async () => {
    await open({}, 'ratio: 1, accept_parent: true')
    await ask('r1')
    expect(named('request')).toMatchObject({ parentSpanId: '00f067aa0ba902b7', traceId: TRACE })
  })
})

describe('a collector that does not work', () => {
  test.each([
    ['is down', 'down'],
    ['never answers', 'silent'],
    ['refuses', 500],
  ] as const)('and %s changes no decision, and keeps no stop waiting', async (_, how) => {
    await open()
    if (how === 'down') await receiver.close()
    else receiver.behave(how)
    for (const id of ['r1', 'r2', 'r3'])
      expect(await rig.ask(request(id))).toMatchObject({ result: 'approve', http: 200 })
    rig.double('beta').setBehaviour('reject')
    expect(await rig.ask(request('r4'))).toMatchObject({ result: 'reject', http: 200 })
    expect(receiver.spans).toEqual([])
    const startedMs = performance.now()
    await rig.restart()
    // The flush has 2 s; the rest is what a stop and a start always take.
    expect(performance.now() - startedMs).toBeLessThan(8_000)
  })
})
