import { readCoboRequest } from '@callback-quorum/protocol'
import { expect, test } from 'vitest'
import { REFERENCE_PATTERN } from '../src/business-system/reference.ts'
import { createDemoRun } from '../src/demo/payments.ts'
import { STEPS } from '../src/demo/scenarios.ts'

const NOW_MS = Date.UTC(2026, 0, 15, 12)

test('the script has every scenario that must be shown', () => {
  const names = STEPS.map(({ scenario }) => scenario)
  expect(new Set(names)).toEqual(
    new Set([
      'ping',
      'approved-transfer',
      'approved-v1-transfer',
      'limit-exceeded',
      'sanctioned-destination',
      'amount-differs',
      'not-what-it-says',
      'duplicate',
      'reference-used',
      'checker-down',
      'forged-token',
      'keygen',
      'keyreshare',
      'frozen',
    ]),
  )
  expect(names.filter((name) => name === 'checker-down' || name === 'frozen')).toHaveLength(4)
})

test('every package of the script can be read in its dialect', () => {
  const { requests } = createDemoRun(NOW_MS)
  const results = Object.values(requests).map(
    ({ dialect, content }) => readCoboRequest(dialect, Buffer.from(JSON.stringify(content))).result,
  )
  expect(results.filter((result) => result === 'ping')).toHaveLength(1)
  expect(results.filter((result) => result !== 'ping' && result !== 'request')).toEqual([])
})

test('ids and references belong to one run alone', () => {
  const ids = (): string[] => {
    const { requests, withdrawals } = createDemoRun(NOW_MS)
    return [
      ...Object.values(requests).map(({ content }) => content.request_id ?? ''),
      ...withdrawals.map(({ reference }) => reference),
    ]
  }
  const both = [...ids(), ...ids()]
  expect(new Set(both).size).toBe(both.length)
})

test('the references have the form that business-lookup demands, and one payment borrows that of another', () => {
  const { requests, withdrawals } = createDemoRun(NOW_MS)
  for (const { reference } of withdrawals) expect(reference).toMatch(new RegExp(REFERENCE_PATTERN))
  const referenceOf = (key: 'usdt' | 'paid-twice'): unknown =>
    (JSON.parse(requests[key].content.extra_info ?? '') as { transaction: { request_id: string } }).transaction
      .request_id
  expect(referenceOf('paid-twice')).toBe(referenceOf('usdt'))
})
