import { readCoboRequest, readFireblocksRequest } from '@callback-quorum/protocol'
import { cosignerContent, cosignerRequestIdOf, type CoboPackage } from '@callback-quorum/simulator'
import { expect, test } from 'vitest'
import { REFERENCE_PATTERN } from '../src/business-system/reference.ts'
import { createDemoRun, type DemoRequest } from '../src/demo/payments.ts'
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
      'co-signer-approval',
      'co-signer-signing',
      'co-signer-lying',
      'co-signer-whitelisting',
    ]),
  )
  expect(names.filter((name) => name === 'checker-down' || name === 'frozen')).toHaveLength(4)
})

test('everything in the script can be read in its dialect', () => {
  const { requests } = createDemoRun(NOW_MS)
  const results = Object.values(requests).map((asked) =>
    asked.asks === 'node'
      ? readCoboRequest(asked.dialect, Buffer.from(JSON.stringify(asked.content))).result
      : readFireblocksRequest(
          asked.request.kind === 'config-change' ? 'config' : 'tx',
          cosignerContent(asked.request, 'api-user'),
        ).result,
  )
  expect(results.filter((result) => result === 'ping')).toHaveLength(1)
  expect(results.filter((result) => result !== 'ping' && result !== 'request')).toEqual([])
})

const idOf = (asked: DemoRequest): string =>
  asked.asks === 'node' ? (asked.content.request_id ?? '') : cosignerRequestIdOf(asked.request)

test('ids and references belong to one run alone', () => {
  const ids = (): string[] => {
    const { requests, withdrawals } = createDemoRun(NOW_MS)
    return [...new Set(Object.values(requests).map(idOf)), ...withdrawals.map(({ reference }) => reference)]
  }
  const both = [...ids(), ...ids()]
  expect(new Set(both).size).toBe(both.length)
})

function contentOf(asked: DemoRequest): CoboPackage {
  if (asked.asks !== 'node') throw new Error('invariant: a node pays this')
  return asked.content
}

test('the references have the form that business-lookup demands, and one payment borrows that of another', () => {
  const { requests, withdrawals } = createDemoRun(NOW_MS)
  for (const { reference } of withdrawals) expect(reference).toMatch(new RegExp(REFERENCE_PATTERN))
  const referenceOf = (key: 'usdt' | 'paid-twice'): unknown =>
    (JSON.parse(contentOf(requests[key]).extra_info ?? '') as { transaction: { request_id: string } }).transaction
      .request_id
  expect(referenceOf('paid-twice')).toBe(referenceOf('usdt'))
})
