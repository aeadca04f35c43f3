import { createHash } from 'node:crypto'
import { signExportManifest, type ExportManifest } from '@callback-quorum/protocol'
import {
  AdminFault,
  readId,
  readQuery,
  type AdminCall,
  type AdminRoute,
  type Database,
  type PrivateKey,
} from '@callback-quorum/service'
import { lastRecord, verdictLines, type VerdictSpan } from './verdict-lines.ts'

/** A record holds its evidence: some kilobytes. */
const LINES = 500
const DAY_MS = 86_400_000
/** A year and a day: longer exports are made in parts, so that each has an end. */
const SPAN_MS_MAX = 367 * DAY_MS

export interface ExportContext {
  readonly name: string
  readonly database: Database
  readonly identityKey: PrivateKey
}

/**
 * `GET /v1/verdicts?from=&to=&upto=&after=`: what was judged, a line of JSON for each record, in pages. `GET /v1/verdicts/manifest?from=&to=&upto=`: how many
 * they are and their SHA-256, signed with the key that signs the verdicts, computed from the records again.
 */
export const exportRoutes = (context: ExportContext): readonly AdminRoute[] => [
  { method: 'GET', path: '/v1/verdicts', role: 'viewer', handle: (call) => page(context, call) },
  { method: 'GET', path: '/v1/verdicts/manifest', role: 'viewer', handle: (call) => manifest(context, call) },
]

async function page({ database }: ExportContext, call: AdminCall): Promise<{ body: object }> {
  const { upto, after, ...times } = readQuery(call, ['from', 'to', 'upto', 'after'])
  const span = { ...readTimes(times), upto: upto === undefined ? await lastRecord(database) : readId('upto', upto) }
  const found = await verdictLines(database, span, readId('after', after ?? '0'), LINES)
  const last = found.length === LINES ? found.at(-1) : undefined
  return {
    body: {
      upto: span.upto.toString(),
      lines: found.map(({ line }) => line),
      next: last === undefined ? null : last.recordId.toString(),
    },
  }
}

async function manifest({ name, database, identityKey }: ExportContext, call: AdminCall): Promise<{ body: object }> {
  const { upto, ...times } = readQuery(call, ['from', 'to', 'upto'])
  const span: VerdictSpan = { ...readTimes(times), upto: readId('upto', upto ?? '') }
  const made: ExportManifest = {
    iss: name,
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    upto: span.upto.toString(),
    ...(await sumUp(database, span)),
    made_at: (await madeAt(database)).toISOString(),
  }
  return { body: { manifest: made, signed: await signExportManifest(made, identityKey.key) } }
}

async function sumUp(
  database: Database,
  span: VerdictSpan,
): Promise<Pick<ExportManifest, 'records' | 'bytes' | 'sha256'>> {
  const hash = createHash('sha256')
  const sum = { records: 0, bytes: 0 }
  let after = 0n
  for (;;) {
    const found = await verdictLines(database, span, after, LINES)
    const content = Buffer.from(found.map(({ line }) => `${line}\n`).join(''))
    hash.update(content)
    sum.records += found.length
    sum.bytes += content.length
    const last = found.at(-1)
    if (last === undefined || found.length < LINES) return { ...sum, sha256: hash.digest('hex') }
    after = last.recordId
  }
}

async function madeAt(database: Database): Promise<Date> {
  const [row] = await database.query<{ now: Date }>({ text: 'select clock_now() as now' })
  if (row === undefined) throw new Error('invariant: clock_now() has one row')
  return row.now
}

function readTimes({ from, to }: { readonly from?: string; readonly to?: string }): Pick<VerdictSpan, 'from' | 'to'> {
  const span = { from: readTime('from', from), to: readTime('to', to) }
  const lengthMs = span.to.getTime() - span.from.getTime()
  if (lengthMs <= 0) throw new AdminFault(400, 'to is not after from')
  if (lengthMs > SPAN_MS_MAX)
    throw new AdminFault(400, 'from and to are more than 367 days apart; expected shorter parts')
  return span
}

/** A day is its beginning in UTC. */
function readTime(name: string, text = ''): Date {
  const time = new Date(text)
  if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,3})?Z)?$/.test(text) || Number.isNaN(time.getTime()))
    throw new AdminFault(400, `${name} is not a time; expected for example 2026-10-01 or 2026-10-01T12:00:00Z`)
  return time
}
