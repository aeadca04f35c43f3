import { afterEach, describe, expect, test } from 'vitest'
import { createSamplingBudget } from '../../src/tracing/sampling-budget.ts'
import { readTraceParent } from '../../src/tracing/trace-parent.ts'
import { startTraceRig, type TraceRig, type TraceRigOptions } from './trace-rig.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'
const SAMPLED = `00-${TRACE}-${SPAN}-01`

describe('a traceparent', () => {
  test('of version 00 is read', () => {
    expect(readTraceParent(SAMPLED)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled: true })
    expect(readTraceParent(`00-${TRACE}-${SPAN}-02`)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled: false })
    expect(readTraceParent(`00-${TRACE}-${SPAN}-ff`)?.isSampled).toBe(true)
  })

  test.each([
    ['that is missing', undefined],
    ['that is empty', ''],
    ['of another version', `01-${TRACE}-${SPAN}-01`],
    ['of the forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['in upper case', SAMPLED.toUpperCase()],
    ['without a trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['without a span', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['that is too short', SAMPLED.slice(0, -1)],
    ['with a field more', `${SAMPLED}-00`],
    ['twice', `${SAMPLED}, ${SAMPLED}`],
    ['with a space', ` ${SAMPLED}`],
    ['with a line behind it', `${SAMPLED}\nset-cookie: a=b`],
    ['with letters that are not hexadecimal', SAMPLED.replace('4bf9', '4bg9')],
    ['that is long', SAMPLED.repeat(10_000)],
  ])('%s is none', (_, header) => {
    expect(readTraceParent(header)).toBeUndefined()
  })
})

describe('what a parent may choose', () => {
  let rig: TraceRig
  afterEach(() => rig.close())
  const spanOf = async (options: TraceRigOptions, traceparent: string) => {
    rig = await startTraceRig(options)
    rig.begin(traceparent).end({})
    return (await rig.flushed()).map(({ traceId, parentSpanId }) => ({ traceId, parentSpanId }))
  }
  const below = [{ traceId: TRACE, parentSpanId: SPAN }]
  const own = [{ traceId: expect.not.stringMatching(TRACE) as string, parentSpanId: '' }]

  test('is the trace, in a service that a gateway asks', async () => {
    expect(await spanOf({ acceptsParent: true }, SAMPLED)).toEqual(below)
  })

  test('is nothing in a gateway, unless it is told to', async () => {
    expect(await spanOf({ acceptsParent: false }, SAMPLED)).toEqual(own)
    await rig.close()
    expect(await spanOf({ acceptsParent: false, acceptParent: true }, SAMPLED)).toEqual(below)
  })

  test('is nothing in a checker that is told not to', async () => {
    expect(await spanOf({ acceptsParent: true, acceptParent: false }, SAMPLED)).toEqual(own)
  })

  test('is nothing where it is malformed: the request has a trace of its own', async () => {
    expect(await spanOf({ acceptsParent: true }, `${SAMPLED}-00`)).toEqual(own)
  })

  test('is that nothing is kept', async () => {
    expect(await spanOf({ acceptsParent: true }, `00-${TRACE}-${SPAN}-00`)).toEqual([])
  })

  test('is not that more is kept than the ratio allows', async () => {
    expect(await spanOf({ acceptsParent: true, ratio: 0 }, SAMPLED)).toEqual([])
  })
})

describe('the budget for what others want traced', () => {
  const wanted = (ratio: number, asked: number, isWanted: (n: number) => boolean): number => {
    const allows = createSamplingBudget(ratio)
    return Array.from({ length: asked }, (_, n) => allows(isWanted(n))).filter(Boolean).length
  }

  test('is the ratio and 100 more, however often it is asked for', () => {
    expect(wanted(0.1, 10_000, () => true)).toBeGreaterThan(1_000)
    expect(wanted(0.1, 10_000, () => true)).toBeLessThanOrEqual(1_100)
  })

  test('is everything at 1 and nothing at 0', () => {
    expect(wanted(1, 5_000, () => true)).toBe(5_000)
    expect(wanted(0, 5_000, () => true)).toBe(0)
  })

  test('leaves a gateway of the same ratio every trace', () => {
    expect(wanted(0.1, 10_000, (n) => n % 10 === 0)).toBe(1_000)
  })
})
