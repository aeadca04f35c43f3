import {
  AdminFault,
  cursorOf,
  readCursor,
  readQuery,
  type AdminCall,
  type AdminRoute,
  type Sql,
} from '@callback-quorum/service'
import {
  exportEntries,
  exportMoment,
  exportReservations,
  type ExportAfter,
  type ExportPage,
  type ExportSpan,
} from '../ledger/export.ts'
import type { AdminContext } from './admin-context.ts'

const LINES = 1_000
const EXPORT_MS_MAX = 30_000

/** `GET /v1/export?month=2026-10&after=`: the reservations and entries that stand in a month (UTC), a line of JSON each, at most 1,000 in a page. */
export const exportRoute = (context: AdminContext): AdminRoute => ({
  method: 'GET',
  path: '/v1/export',
  role: 'viewer',
  handle: (call) => exportPage(context, call),
})

async function exportPage({ database }: AdminContext, call: AdminCall): Promise<{ body: object }> {
  const { month, after: text } = readQuery(call, ['month', 'after'])
  const { from, to } = readMonth(month)
  const [seen, ...rest] = readCursor(text, 5) ?? []
  const upto = seen === undefined ? await exportMoment(database) : readTime(seen)
  const page = await database.transaction((tx) => read(tx, { from, to, upto }, readAfter(rest)), {
    timeoutMs: EXPORT_MS_MAX,
  })
  return {
    body: {
      month,
      upto: new Date(upto).toISOString(),
      lines: page.lines,
      next: page.after === undefined ? null : cursorOf([upto, ...writeAfter(page.after)]),
    },
  }
}

function readMonth(text = ''): Pick<ExportSpan, 'from' | 'to'> {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text) ?? []
  if (year === undefined || month === undefined)
    throw new AdminFault(400, 'month is not one; expected for example 2026-10')
  return {
    from: new Date(Date.UTC(Number(year), Number(month) - 1)),
    to: new Date(Date.UTC(Number(year), Number(month))),
  }
}

/** Entries follow when there are no more reservations. */
async function read(sql: Sql, span: ExportSpan, after: ExportAfter): Promise<ExportPage> {
  if (after.lines === 'entries') return exportEntries(sql, span, after.place === '' ? undefined : after, LINES)
  const page = await exportReservations(sql, span, after.id, LINES)
  return page.after === undefined ? { ...page, after: ENTRIES_BEGIN } : page
}

const ENTRIES_BEGIN = { lines: 'entries', counterId: 0n, at: '', place: '' } as const satisfies ExportAfter

const writeAfter = (after: ExportAfter): readonly string[] =>
  after.lines === 'reservations'
    ? [after.lines, after.id.toString(), '', '']
    : [after.lines, after.counterId.toString(), after.at, after.place]

function readAfter([lines, id = '0', at = '', place = '']: readonly string[]): ExportAfter {
  if (!/^\d{1,18}$/.test(id) || (place !== '' && !/^\(\d+,\d+\)$/.test(place)))
    throw new AdminFault(400, 'after is not one that this API gave')
  return lines === 'entries'
    ? { lines, counterId: BigInt(id), at: place === '' ? '' : readTime(at), place }
    : { lines: 'reservations', id: BigInt(id) }
}

/** A time as the database wrote it. */
function readTime(text: string): string {
  if (!/^[\d:. +-]+$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new AdminFault(400, 'after is not one that this API gave')
  return text
}
