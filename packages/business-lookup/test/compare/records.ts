import { canonicalizeAddress } from '@callback-quorum/chains'
import type { Output, Question } from '@callback-quorum/checker-kit'
import { parseWrittenJson } from '@callback-quorum/protocol'
import { compareIntent } from '../../src/compare/compare-intent.ts'
import type { Comparison } from '../../src/compare/comparison.ts'
import type { ComparisonRules } from '../../src/compare/comparison-rules.ts'
import { readPayment } from '../../src/compare/payment.ts'
import type { Connector } from '../../src/index.ts'
import type { Intent } from '../../src/record/intent.ts'
import { intentOfJson } from '../../src/record/read-intent.ts'
import type { RecordMap } from '../../src/record/record-map.ts'
import { ASSETS, CUSTOMER } from '../lookup-rig.ts'

export const NOW = new Date('2026-11-21T12:00:00Z')

export const MAP = {
  status: { at: '/state' },
  asset: { at: '/asset' },
  amount: { at: '/amount' },
  destination: { at: '/address' },
  tag: { at: '/memo', optional: true },
  expires_at: { at: '/valid_until' },
} satisfies RecordMap

export const BATCH_MAP: RecordMap = { ...MAP, outputs: { at: '/payments' } }

export const RULES: ComparisonRules = {
  asset_codes: {
    'USDT-ERC20': 'USDT-ETHEREUM',
    'USDT-TRC20': 'USDT-TRON',
    ETH: 'ETH',
    XRP: 'XRP',
    BTC: 'BTC',
    BCH: 'BCH',
  },
  compare: { status: { in: ['approved', 'ready'] } },
  map: MAP,
}

/** Equal to what payment() of the rig asks for. */
export const RECORD: Readonly<Record<string, unknown>> = {
  state: 'approved',
  asset: 'ETH',
  amount: '1.5',
  address: CUSTOMER,
  valid_until: '2026-11-21T13:00:00Z',
}

/** A record as the business system would write it in JSON. */
export function intentOf(record: object | string, map: RecordMap = MAP): Intent {
  const text = typeof record === 'string' ? record : JSON.stringify(record)
  return intentOfJson(parseWrittenJson(text), map, Buffer.from(text))
}

/** All that comparing says: the codes of the differences, or `equal`. */
export function compared(record: object | string, question: Question, rules: Partial<ComparisonRules> = {}): string {
  const all = { ...RULES, ...rules }
  const payment = readPayment(question, all)
  if ('code' in payment) return payment.code
  return codesOf(compareIntent(intentOf(record, all.map), payment, all, ASSETS, NOW))
}

export const codesOf = (comparisons: readonly Comparison[]): string =>
  comparisons.flatMap(({ objection }) => objection?.code ?? []).join(' ') ||
  (comparisons.length > 0 && comparisons.every(({ ok }) => ok) ? 'equal' : 'neither')

/** Answers every reference with this record. */
export const connectorOf = (record: object | string, map: RecordMap): Connector => ({
  kind: 'http',
  lookUp: () => Promise.resolve({ found: 'one', intent: intentOf(record, map) }),
  problems: () => Promise.resolve([]),
  close: () => Promise.resolve(),
})

export interface Paid {
  readonly to?: string
  readonly amountAtomic?: bigint
  readonly tag?: string
  readonly own?: boolean
}

/** The question with other outputs, of its own asset. */
export function paying(question: Question, outputs: readonly Paid[]): Question {
  const { chain } = question
  if (chain === undefined) throw new Error('a payment has a chain')
  return {
    ...question,
    outputs: outputs.map(({ to = CUSTOMER, amountAtomic = 1n, tag, own = false }): Output => {
      const address = canonicalizeAddress(chain.family, chain.network, to)
      return { addressText: to, address, amountAtomic, own, ...(tag === undefined ? {} : { tag }) }
    }),
  }
}
