import type { CosignerExchange, Exchange } from '@callback-quorum/simulator'
import type { Verdicts } from './gateway-evidence.ts'
import type { Expectation, Step } from './scenarios.ts'

/** What came of one request of the script. */
export interface OutcomeRow {
  readonly scenario: string
  readonly title: string
  readonly requestId: string
  /** Cobo's number of what is asked; a Co-signer has none. */
  readonly requestType: number | null
  readonly status: number | null
  readonly action: 'APPROVE' | 'REJECT' | 'RETRY' | null
  readonly verdicts: Verdicts
  readonly ms: number
  readonly http: number | null
  readonly error: string | null
  /** Answered from the record; nobody was asked. */
  readonly recalled: boolean
  /** In what it differs from the script; empty when it does not. */
  readonly surprises: readonly string[]
}

export interface Sent {
  readonly step: Step
  readonly title: string
  readonly requestId: string
  readonly requestType: number | null
  readonly exchange: Exchange | CosignerExchange
  readonly verdicts: Verdicts
  readonly recalled: boolean
}

type Seen = Omit<OutcomeRow, 'surprises'>

/** One exchange beside the gateway's evidence, compared with what the script expects. */
export function outcomeRow({ step, title, exchange, ...sent }: Sent): OutcomeRow {
  const { action, http, ms } = exchange
  const seen: Seen = {
    ...sent,
    scenario: step.scenario,
    title: step.remark === undefined ? title : `${title}, ${step.remark}`,
    status: 'status' in exchange ? (exchange.status ?? null) : null,
    action: action === 'APPROVE' || action === 'REJECT' || action === 'RETRY' ? action : null,
    ms,
    http: http ?? null,
    error: textOf(exchange) ?? exchange.problem ?? null,
  }
  const unusable = exchange.result === 'bad_reply' ? [`the answer is unusable: ${exchange.problem ?? 'unknown'}`] : []
  return { ...seen, surprises: [...unusable, ...surprisesOf(seen, step.expect)] }
}

const textOf = (exchange: Exchange | CosignerExchange): string | undefined =>
  'cosigner' in exchange ? exchange.rejectionReason : exchange.error

function surprisesOf(seen: Seen, expected: Expectation): readonly string[] {
  const surprises: string[] = []
  const compare = (what: string, wanted: unknown, found: unknown): void => {
    if (wanted !== found) surprises.push(`${what} is ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`)
  }
  const compareOutcome = (checker: string, wanted: string): void => {
    compare(`the outcome of ${checker}`, wanted, seen.verdicts[checker]?.outcome ?? null)
  }
  compare('status', expected.status, seen.status)
  compare('action', expected.action, seen.action)
  compare('recalled', expected.recalled ?? false, seen.recalled)
  for (const checker of expected.approvedBy ?? []) compareOutcome(checker, 'approved')
  if (expected.failed !== undefined) compareOutcome(expected.failed, 'failed')
  const { objection } = expected
  if (objection !== undefined) {
    compareOutcome(objection.checker, 'rejected')
    const codes = seen.verdicts[objection.checker]?.codes ?? []
    if (!codes.includes(objection.code)) surprises.push(`codes are [${codes.join(', ')}], expected ${objection.code}`)
  }
  for (const text of [expected.text, objection?.checker, objection?.code]) {
    if (text !== undefined && seen.error?.includes(text) !== true)
      surprises.push(`the answer's text does not say ${text}`)
  }
  return surprises
}
