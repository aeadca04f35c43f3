import type { Database, Logger, Stoppable } from '@callback-quorum/service'
import type { ListedRow } from '../list/listed-row.ts'
import { addedKeys } from './added-keys.ts'
import type { FindBookEntries } from './book-entries.ts'
import type { HistoryMetrics } from './history-metrics.ts'
import { insertApprovalHits, insertBookHits, type Pass } from './lookback-hits.ts'
import { reportBy } from './report-by.ts'

/** domain/sanctions 1.7: approvals of the last days. */
export const LOOKBACK_DAYS = 30

/**
 * An approval may be recorded this long after the activation of a version it was not judged by: a replica may be behind for 60 s, a decision
 * takes 8 s and its transaction 10 s. After it the look back is done again.
 */
const SETTLE_MS = 90_000

/** Of one batch, in the background: nobody waits for it but the report. */
const TIMEOUT_MS = 60_000

/** Rows that a version has and the one before had not. */
export interface AddedRows {
  readonly source: string
  /** SHA-256 of the version, lower-case hex. */
  readonly versionSha: string
  readonly added: readonly ListedRow[]
}

export interface LookbackOptions {
  readonly database: Database
  readonly metrics: HistoryMetrics
  readonly log: Logger
  /** createFindBookEntries; without it the address book is not looked at. */
  readonly findBookEntries?: FindBookEntries
  readonly days?: number
  /** For tests. */
  readonly settleMs?: number
}

export interface Lookback extends Stoppable {
  /**
   * Looks for approvals that hit the added rows, at once and again when decisions on the version before are recorded. Hits are written to
   * `lookback_hit`, counted and logged as errors. Never rejects: what fails is counted, logged and tried again. Gives how many hits
   * are new. Every replica may call it for every version.
   */
  onActivated(version: AddedRows): Promise<number>
  /** Whether a version was looked back on to the end; if not (the process died), call `onActivated` for it again. */
  isSettled(source: string, versionSha: string): Promise<boolean>
}

export function createLookback(options: LookbackOptions): Lookback {
  const { database, metrics, log, settleMs = SETTLE_MS } = options
  const timers = new Set<NodeJS.Timeout>()
  let isStopped = false
  let working: Promise<unknown> = Promise.resolve()

  const tryPass = async (version: AddedRows, settles: boolean): Promise<number | undefined> => {
    const { source, versionSha } = version
    try {
      return await lookBack(options, version, settles)
    } catch (err) {
      metrics.failures.inc({ source })
      log.error({ err, source, versionSha }, 'the look back on a version failed and is tried again')
      return undefined
    }
  }
  const settleLater = (version: AddedRows): void => {
    if (isStopped) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      working = working.then(async () => {
        if ((await tryPass(version, true)) === undefined) settleLater(version)
      })
    }, settleMs)
    timer.unref()
    timers.add(timer)
  }
  return {
    name: 'look back',
    onActivated: (version) => {
      // One after the other: two lists that change at once do not double the load.
      const pass = working.then(async () => (await tryPass(version, false)) ?? 0)
      working = pass
      settleLater(version)
      return pass
    },
    isSettled: async (source, versionSha) => {
      const rows = await database.query({
        text: 'select 1 from lookback_run where source = $1 and version_sha = $2 and settled_at is not null',
        values: [source, versionSha],
      })
      return rows.length > 0
    },
    stop: async () => {
      isStopped = true
      for (const timer of timers) clearTimeout(timer)
      await working
    },
  }
}

async function lookBack(options: LookbackOptions, version: AddedRows, settles: boolean): Promise<number> {
  const { database, metrics, log, findBookEntries, days = LOOKBACK_DAYS } = options
  const { source, versionSha, added } = version
  const foundAt = await timeOf(database)
  const pass: Pass = { source, versionSha, foundAt, reportBy: reportBy(foundAt) }
  let approvals = 0
  let addressBook = 0
  // A transaction for each batch: reading what is listed may take minutes, and a hit that was written once is not written again.
  for await (const keys of addedKeys(added, foundAt.toISOString().slice(0, 10))) {
    approvals += await database.transaction((tx) => insertApprovalHits(tx, pass, keys, days), { timeoutMs: TIMEOUT_MS })
    const entries = findBookEntries?.(keys) ?? []
    if (entries.length > 0) addressBook += await database.transaction((tx) => insertBookHits(tx, pass, entries))
  }
  await database.query({
    text: `insert into lookback_run (source, version_sha, ran_at, settled_at) values ($1, $2, $3::timestamptz, case when $4 then $3::timestamptz end)
           on conflict (source, version_sha) do update set settled_at = coalesce(lookback_run.settled_at, excluded.settled_at)`,
    values: [source, versionSha, foundAt, settles],
  })
  metrics.hits.inc({ source, found_in: 'approval' }, approvals)
  metrics.hits.inc({ source, found_in: 'address-book' }, addressBook)
  if (approvals + addressBook > 0)
    log.error(
      { source, versionSha, approvals, addressBook, reportBy: pass.reportBy },
      'ALARM: what was approved or allow-listed before hits a newly listed address',
    )
  return approvals + addressBook
}

async function timeOf(database: Database): Promise<Date> {
  const [row] = await database.query<{ now: Date }>({ text: 'select clock_now() as now' })
  if (row === undefined) throw new Error('invariant: a select without a from clause has one row')
  return row.now
}
