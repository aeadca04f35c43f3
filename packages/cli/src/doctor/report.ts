import { coloursFor } from '../colours.ts'
import type { Host } from '../host.ts'
import { renderTable, type TableRow } from '../table.ts'
import { visible } from '../visible.ts'
import type { Finding, Status } from './finding.ts'

const PAGE_WIDTH = 120

const WORDS: Readonly<Record<Status, string>> = { ok: 'ok', warning: 'warning', failed: 'FAILED', skipped: 'skipped' }

/** The table of all findings, below everything that is not ok what to do, and a last line that says what it comes to. */
export function describeFindings(findings: readonly Finding[], host: Host): string {
  const { bold, green, yellow, red, dim } = coloursFor(host.stdout, host.env)
  const paint: Readonly<Record<Status, (text: string) => string>> = {
    ok: green,
    warning: yellow,
    failed: red,
    skipped: dim,
  }
  const rows = findings.map((finding): TableRow => ({
    cells: [
      { text: WORDS[finding.status], paint: paint[finding.status] },
      { text: finding.check },
      { text: visible(finding.found) },
    ],
    ...('fix' in finding && { notes: [{ text: `-> ${finding.fix}`, paint: bold }] }),
  }))
  const columns = [{ title: 'STATUS' }, { title: 'CHECK' }, { title: 'FOUND' }]
  const table = renderTable(columns, rows, { width: host.stdout.columns ?? PAGE_WIDTH, paintTitle: bold })
  const failed = count(findings, 'failed')
  const line = `${failed} failed, ${count(findings, 'warning')} warnings, ${count(findings, 'ok')} ok, ${count(findings, 'skipped')} skipped`
  return `${table}\n${failed > 0 ? red(line) : line}\n`
}

export const count = (findings: readonly Finding[], status: Status): number =>
  findings.filter((finding) => finding.status === status).length
