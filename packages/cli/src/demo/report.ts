import type { Colours } from '../colours.ts'
import { CHECKER_NAMES } from '../constellation/service-names.ts'
import { renderTable, type Cell, type TableRow } from '../table.ts'
import type { CheckerVerdict } from './gateway-evidence.ts'
import type { OutcomeRow } from './outcome-row.ts'

/** The one line of a request in `--json`, without its newline. */
export const jsonLine = (row: OutcomeRow): string => JSON.stringify(jsonOf(row))

/** The one document of `--output json`, with its newline. */
export const jsonDocument = (rows: readonly OutcomeRow[]): string =>
  `${JSON.stringify({
    as_expected: rows.every(({ surprises }) => surprises.length === 0),
    requests: rows.map(jsonOf),
  })}\n`

function jsonOf(row: OutcomeRow): object {
  return {
    scenario: row.scenario,
    request_id: row.requestId,
    request_type: row.requestType,
    status: row.status,
    action: row.action,
    verdicts: row.verdicts,
    recalled: row.recalled,
    ms: row.ms,
    http: row.http,
    error: row.error,
    surprises: row.surprises,
  }
}

const COLUMNS = [
  { title: 'SCENARIO' },
  { title: 'REQUEST' },
  ...CHECKER_NAMES.map((name) => ({ title: name.toUpperCase() })),
  { title: 'DECISION' },
  { title: 'MS', align: 'right' },
] as const

/** The table: one row per request; below it the reason of everything that is not an approval. */
export function renderReport(rows: readonly OutcomeRow[], width: number, colours: Colours): string {
  const tableRows = rows.map((row): TableRow => ({
    cells: [
      { text: row.scenario, paint: row.surprises.length === 0 ? colours.bold : colours.red },
      { text: row.title },
      ...CHECKER_NAMES.map((name) => verdictCell(row.verdicts[name], colours)),
      decisionCell(row, colours),
      { text: row.ms.toFixed(0) },
    ],
    notes: notesOf(row).map((text) => ({ text, paint: colours.dim })),
  }))
  return renderTable(COLUMNS, tableRows, { width, paintTitle: colours.dim })
}

function verdictCell(verdict: CheckerVerdict | undefined, { green, red, yellow, dim }: Colours): Cell {
  if (verdict === undefined) return { text: '-', paint: dim }
  switch (verdict.outcome) {
    case 'approved':
      return { text: 'approved', paint: green }
    case 'rejected':
      return { text: 'REJECTED', paint: red }
    case 'failed':
      return { text: 'failed', paint: yellow }
    case 'cancelled':
      return { text: '(not waited for)', paint: dim }
    default:
      throw new TypeError(`unknown outcome ${String(verdict.outcome satisfies never)}`)
  }
}

function decisionCell({ action, status, recalled, http }: OutcomeRow, { green, red, yellow }: Colours): Cell {
  if (action === 'APPROVE') return { text: recalled ? 'APPROVE (recalled)' : 'APPROVE', paint: green }
  if (action === 'REJECT') return { text: recalled ? 'REJECT (recalled)' : 'REJECT', paint: red }
  if (action === 'RETRY') return { text: 'RETRY', paint: yellow }
  if (status === 0) return { text: 'status 0', paint: green }
  if (status !== null) return { text: `status ${status}`, paint: yellow }
  return { text: http === null ? 'no answer (asks again)' : `HTTP ${http}`, paint: yellow }
}

/** The reasons of the checkers; when none has one, the text of the answer. */
function notesOf(row: OutcomeRow): readonly string[] {
  const reasons = Object.entries(row.verdicts)
    .filter(([, { outcome }]) => outcome === 'rejected' || outcome === 'failed')
    .map(([checker, { reason }]) => (reason.startsWith(checker) ? reason : `${checker}: ${reason}`))
  const isUnexplained = reasons.length === 0 && row.action !== 'APPROVE' && row.status !== null
  return [
    ...reasons,
    ...(isUnexplained && row.error !== null ? [row.error] : []),
    ...row.surprises.map((surprise) => `NOT AS EXPECTED: ${surprise}`),
  ]
}
