import pc from 'picocolors'
import { renderTable, type Column } from '../table.ts'
import { CHECKERS } from './configuration.ts'
import type { Expected, Scenario } from './scenarios.ts'
import type { SeenVerdict } from './vote-log.ts'

/** What one request came to. */
export interface Result {
  readonly scenario: Scenario
  readonly requestId: string
  readonly requestType: number | null
  readonly http: number | null
  readonly status: number | null
  readonly action: 'APPROVE' | 'REJECT' | null
  readonly error: string
  readonly verdicts: Readonly<Record<string, SeenVerdict>>
  readonly ms: number
}

const outcomeOf = ({ status, action, http }: Result): Expected | 'other' => {
  if (http === null) return 'no answer'
  if (status === 0 && action !== null) return action
  if (action === null && (status === 0 || status === 20)) return `status ${status}`
  return 'other'
}

export const isAsExpected = (result: Result): boolean =>
  outcomeOf(result) === result.scenario.expected && (result.scenario.code === undefined || result.error.includes(result.scenario.code))

export const jsonLine = (result: Result): string =>
  `${JSON.stringify({
    scenario: result.scenario.name,
    request_id: result.requestId,
    request_type: result.requestType,
    status: result.status,
    action: result.action,
    verdicts: result.verdicts,
    ms: result.ms,
    http: result.http,
    error: result.error,
    as_expected: isAsExpected(result),
  })}\n`

const said = (verdict: SeenVerdict | undefined): string => {
  if (verdict === undefined) return '-'
  if (verdict.outcome === 'approved') return 'approve'
  if (verdict.outcome === 'cancelled') return '(not waited for)'
  const what = verdict.codes.length > 0 ? verdict.codes.join(', ') : verdict.reason
  return verdict.outcome === 'rejected' ? `reject ${what}` : `unable ${what}`
}

function decision(result: Result): string {
  const outcome = outcomeOf(result)
  if (outcome === 'no answer') return 'no answer (asks again)'
  if (outcome === 'APPROVE' && Object.keys(result.verdicts).length === 0) return 'APPROVE (from the record)'
  return outcome === 'other' ? `HTTP ${String(result.http)} status ${String(result.status)}` : outcome
}

export function renderReport(results: readonly Result[], useColour: boolean): string {
  const colour = pc.createColors(useColour)
  const paintDecision = (text: string, result: Result): string => {
    if (!isAsExpected(result)) return colour.bgRed(text)
    return outcomeOf(result) === 'APPROVE' ? colour.green(text) : outcomeOf(result) === 'REJECT' ? colour.red(text) : colour.yellow(text)
  }
  const columns: readonly Column<Result>[] = [
    { title: 'request', cell: ({ scenario }) => scenario.name, paint: colour.bold },
    { title: 'what is asked', cell: ({ scenario }) => scenario.about, widthMax: 26 },
    ...CHECKERS.map((name) => ({ title: name, cell: ({ verdicts }: Result) => said(verdicts[name]), widthMax: 22 })),
    { title: 'decision', cell: decision, paint: paintDecision, widthMax: 25 },
    { title: 'ms', cell: ({ ms }) => ms.toFixed(0).padStart(5) },
  ]
  return renderTable(columns, results)
}
