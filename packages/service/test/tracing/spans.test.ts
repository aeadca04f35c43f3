import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { createLogger } from '../../src/log.ts'
import { ServiceFault } from '../../src/lifecycle/index.ts'
import { annotate, currentTraceId, inSpan, inSpanSync, traceHeaders } from '../../src/tracing/index.ts'
import { startTraceRig, type TraceRig, type TraceRigOptions } from './trace-rig.ts'

let rig: TraceRig
afterEach(() => rig.close())
const open = async (options?: TraceRigOptions): Promise<void> => {
  rig = await startTraceRig(options)
}

test('work side by side has spans side by side, and what each does stands below its own', async () => {
  await open()
  const request = rig.begin()
  const branch = (name: string, ms: number): Promise<void> =>
    inSpan(`ask ${name}`, { mode: 'enforce' }, async () => {
      await delay(ms)
      await inSpan(`inner ${name}`, {}, () => delay(1))
      annotate({ outcome: name })
    })
  await request.run(() => Promise.all([branch('a', 8), branch('b', 2), branch('c', 5)]))
  request.end({ outcome: 'approved' })
  const spans = await rig.flushed()
  const root = spans.find(({ name }) => name === 'request')
  expect(spans).toHaveLength(7)
  expect(root).toMatchObject({ parentSpanId: '', kind: 2, attributes: { kind: 'keysign', outcome: 'approved' } })
  for (const name of ['a', 'b', 'c']) {
    const asked = spans.find((span) => span.name === `ask ${name}`)
    const inner = spans.find((span) => span.name === `inner ${name}`)
    expect(asked).toMatchObject({ parentSpanId: root?.spanId, attributes: { mode: 'enforce', outcome: name } })
    expect(inner?.parentSpanId).toBe(asked?.spanId)
    if (asked === undefined || inner === undefined || root === undefined) throw new Error('unreachable')
    expect(asked.startNs >= root.startNs && inner.endNs <= asked.endNs && asked.endNs <= root.endNs).toBe(true)
  }
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
})

test('a span ends when its work throws, with the code of the fault and without its words', async () => {
  await open()
  const request = rig.begin()
  const fault = new ServiceFault('ERR_SERVICE_SIGNING_BUSY', 'of customer 4711')
  await expect(request.run(() => inSpan('sign', {}, () => Promise.reject(fault)))).rejects.toBe(fault)
  expect(() =>
    request.run(() =>
      inSpanSync('bind', {}, () => {
        throw new Error('of customer 4711')
      }),
    ),
  ).toThrow('4711')
  request.end({})
  const spans = await rig.flushed()
  expect(spans.map(({ name, isError, attributes }) => [name, isError, attributes['error']])).toEqual([
    ['sign', true, 'ERR_SERVICE_SIGNING_BUSY'],
    ['bind', true, 'unknown'],
    ['request', false, undefined],
  ])
  expect(JSON.stringify(spans, (_, value: unknown) => (typeof value === 'bigint' ? '' : value))).not.toContain('4711')
})

test('what outlives its request still has its span below it, and only the first end counts', async () => {
  await open()
  const request = rig.begin()
  let shadow: Promise<void> | undefined
  request.run(() => {
    shadow = inSpan('ask shadow', {}, () => delay(10))
  })
  request.end({ outcome: 'approved' })
  request.end({ outcome: 'failed' })
  await shadow
  const [root, late] = await rig.flushed()
  expect(root?.attributes['outcome']).toBe('approved')
  expect(late).toMatchObject({ name: 'ask shadow', parentSpanId: root?.spanId })
})

test('log lines of a traced request carry its trace, and lines of what outlived it do not', async () => {
  await open()
  const lines: { trace_id?: string }[] = []
  const log = createLogger({
    name: 'lines',
    level: 'info',
    format: 'json',
    destination: { write: (line) => lines.push(JSON.parse(line) as { trace_id?: string }) },
  })
  const request = rig.begin()
  log.info('before')
  await request.run(() =>
    inSpan('ask', {}, async () => {
      await delay(1)
      log.child({ checker: 'a' }).info('inside')
    }),
  )
  request.end({})
  request.run(() => log.info('later'))
  const traceId = (await rig.flushed())[0]?.traceId
  expect(traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(lines.map(({ trace_id: id }) => id)).toEqual([undefined, traceId, undefined])
})

test('the header for the next service names the current span', async () => {
  await open()
  const request = rig.begin()
  const header = await request.run(() => inSpan('ask', {}, () => Promise.resolve(traceHeaders()), 'call'))
  request.end({})
  const [ask] = await rig.flushed()
  expect(ask?.kind).toBe(3)
  expect(header).toEqual({ traceparent: `00-${ask?.traceId}-${ask?.spanId}-01` })
})

test('of a request that is not sampled nothing is kept, and its ids go on without the flag', async () => {
  await open({ ratio: 0 })
  const request = rig.begin()
  const seen = request.run(() => inSpanSync('ask', {}, () => ({ headers: traceHeaders(), id: currentTraceId() })))
  request.end({})
  expect(seen.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
  expect(seen.id).toBeUndefined()
  expect(await rig.flushed()).toEqual([])
})

test('outside of a request there is nothing to say and no header', async () => {
  await open()
  annotate({ outcome: 'approved' })
  expect(await inSpan('ask', {}, () => Promise.resolve(traceHeaders()))).toEqual({})
  expect(await rig.flushed()).toEqual([])
})
