import { afterEach, beforeEach, expect, test } from 'vitest'
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../../../test/otlp-receiver.ts'
import { rejects, scriptedRule, startCheckerRig, transfer, type CheckerRig, type ScriptedRule } from './checker-rig.ts'

let receiver: OtlpReceiver
let first: ScriptedRule
let second: ScriptedRule
let rig: CheckerRig
beforeEach(async () => {
  receiver = await startOtlpReceiver()
  first = scriptedRule('first')
  second = scriptedRule('second')
  const more = `deadline: 600ms\nmetrics: { listen: "127.0.0.1:0" }\ntracing: { otlp: "${receiver.url}", ratio: 1 }`
  rig = await startCheckerRig([first, second], more)
})
afterEach(async () => {
  await rig.close()
  await receiver.close()
})

/** Asks, stops the checker, and says what the collector was told of this span. */
async function spansAfter(id: string): Promise<(name: string) => ReceivedSpan | undefined> {
  await rig.ask(transfer(id))
  await rig.checker.stop()
  return (name) => receiver.spans.find((span) => span.name === name)
}

test('every rule has its span, with its own codes, and the request those of the verdict', async () => {
  first.judgeSays = () => Promise.resolve(rejects('FIRST_NO'))
  second.judgeSays = () => Promise.resolve({ outcome: 'unable', code: 'LIST_STALE', text: 'the list is old' })
  const span = await spansAfter('t1')
  const request = span('request')
  expect(request?.attributes).toMatchObject({ outcome: 'rejected', codes: ['FIRST_NO'], request_id: 'request-t1' })
  expect(span('rule first')).toMatchObject({
    parentSpanId: request?.spanId,
    attributes: { outcome: 'rejected', codes: ['FIRST_NO'] },
  })
  expect(span('rule second')?.attributes).toEqual({ outcome: 'failed', codes: ['LIST_STALE'] })
  expect(span('record')?.parentSpanId).toBe(request?.spanId)
  expect(span('claim')).toBeUndefined()
})

test('a claim stands below the record that it is part of', async () => {
  const span = await spansAfter('t1')
  expect(span('claim')).toMatchObject({ parentSpanId: span('record')?.spanId, isError: false })
  expect(span('request')?.attributes).toMatchObject({ outcome: 'approved', codes: [], bound: 'description' })
})

test.each([
  ['throws', () => Promise.reject(new Error('a bug')), 'RULE_FAILED'],
  ['never answers', () => new Promise<never>(() => undefined), 'RULE_TIMEOUT'],
])('the span of a rule that %s ends, and says so', async (_, judgeSays, code) => {
  first.judgeSays = judgeSays
  const span = await spansAfter('t1')
  expect(span('rule first')?.attributes).toEqual({ outcome: 'failed', codes: [code] })
  expect(span('rule second')?.attributes).toEqual({ outcome: 'approved', codes: [] })
  expect(span('request')?.attributes).toMatchObject({ outcome: 'failed', codes: [code] })
})

test('a claim that throws ends its span as an error, and no verdict is lost for it', async () => {
  first.claimSays = () => {
    throw new Error('a bug')
  }
  const span = await spansAfter('t1')
  expect([span('claim')?.isError, span('record')?.isError]).toEqual([true, true])
  expect(span('request')).toMatchObject({
    isError: false,
    attributes: { outcome: 'failed', codes: ['STORE_UNAVAILABLE'] },
  })
})

test('a request that cannot be described has a record and no rule', async () => {
  await rig.ask({ request_id: 'r1', request_type: 2, request_detail: 'no json', extra_info: '{}' })
  await rig.checker.stop()
  expect(receiver.spans.map(({ name }) => name).toSorted()).toEqual(['record', 'request', 'sign', 'verify'])
})

test('the time of a rule names its trace', async () => {
  await rig.ask(transfer('t1'))
  const text = await (await fetch(`${rig.checker.metricsUrl ?? ''}/metrics`)).text()
  await rig.checker.stop()
  const [, traceId] = /^callback_quorum_rule_seconds_bucket{.*rule="first".* # {trace_id="(\w+)"}/m.exec(text) ?? []
  expect(traceId).toBe(receiver.spans[0]?.traceId)
})
