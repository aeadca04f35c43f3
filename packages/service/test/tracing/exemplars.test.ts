import { setTimeout as delay } from 'node:timers/promises'
import type { Registry } from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { createMetricsRegistry } from '../../src/metrics/index.ts'
import { exemplarHistogram, inSpan } from '../../src/tracing/index.ts'
import { startTraceRig, type TraceRig, type TraceRigOptions } from './trace-rig.ts'

let rig: TraceRig
afterEach(() => rig.close())

const declare = (registry: Registry) =>
  exemplarHistogram({
    name: 'callback_quorum_test_seconds',
    help: 'A wait',
    labelNames: ['outcome'] as const,
    buckets: [1, 5],
    registers: [registry],
  })
const bucketsOf = async (registry: Registry): Promise<readonly string[]> =>
  (await registry.metrics()).split('\n').filter((line) => line.startsWith('callback_quorum_test_seconds_bucket'))

async function observeIn(options: TraceRigOptions): Promise<{ traceId: string; buckets: readonly string[] }> {
  rig = await startTraceRig(options)
  const histogram = declare(rig.registry)
  const request = rig.begin()
  await request.run(() =>
    inSpan('ask', {}, async () => {
      await delay(1)
      histogram.observe({ outcome: 'approved' }, 0.5)
      histogram.observe({ outcome: 'approved' }, 7)
      const end = histogram.startTimer({ outcome: 'rejected' })
      end()
    }),
  )
  request.end({})
  histogram.observe({ outcome: 'failed' }, 3)
  const traceId = (await rig.flushed())[0]?.traceId ?? ''
  return { traceId, buckets: await bucketsOf(rig.registry) }
}

test('an observation in a sampled request carries its trace, in OpenMetrics', async () => {
  const { traceId, buckets } = await observeIn({})
  const exemplar = (value: string): string => ` # {trace_id="${traceId}"} ${value} `
  expect(traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(buckets).toEqual([
    expect.stringContaining(`_bucket{le="1",outcome="approved"} 1${exemplar('0.5')}`),
    'callback_quorum_test_seconds_bucket{le="5",outcome="approved"} 1',
    expect.stringContaining(`_bucket{le="+Inf",outcome="approved"} 2${exemplar('7')}`),
    expect.stringMatching(new RegExp(`_bucket{le="1",outcome="rejected"} 1 # {trace_id="${traceId}"} `)),
    'callback_quorum_test_seconds_bucket{le="5",outcome="rejected"} 1',
    'callback_quorum_test_seconds_bucket{le="+Inf",outcome="rejected"} 1',
    'callback_quorum_test_seconds_bucket{le="1",outcome="failed"} 0',
    'callback_quorum_test_seconds_bucket{le="5",outcome="failed"} 1',
    'callback_quorum_test_seconds_bucket{le="+Inf",outcome="failed"} 1',
  ])
})

test('an observation in a request that is not sampled carries none', async () => {
  const { buckets } = await observeIn({ ratio: 0 })
  expect(buckets).toHaveLength(9)
  expect(buckets.join('\n')).not.toContain('#')
})

test('without labels it is observed as ever', async () => {
  rig = await startTraceRig()
  const histogram = exemplarHistogram({
    name: 'callback_quorum_test_seconds',
    help: 'A wait',
    registers: [rig.registry],
  })
  rig.begin().run(() => histogram.observe(0.2))
  expect((await bucketsOf(rig.registry)).filter((line) => line.includes('trace_id'))).toHaveLength(1)
})

test('without tracing the text is that of before, and names no trace', async () => {
  rig = await startTraceRig()
  const registry = createMetricsRegistry('gateway')
  expect(registry.contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
  const histogram = declare(registry)
  rig.begin().run(() => histogram.observe({ outcome: 'approved' }, 0.5))
  const text = await registry.metrics()
  expect(text).toContain('callback_quorum_test_seconds_bucket{le="1",service="gateway",outcome="approved"} 1\n')
  expect(text).not.toMatch(/trace_id|# EOF/)
})

test('with tracing every series keeps its name', async () => {
  rig = await startTraceRig()
  const names = async (exemplars: boolean): Promise<readonly string[]> => {
    const registry = createMetricsRegistry('gateway', { exemplars })
    const lines = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    return [...new Set(lines.map((line) => line.replace(/[{ ].*$/, '')))].toSorted()
  }
  expect(await names(true)).toEqual(await names(false))
})
