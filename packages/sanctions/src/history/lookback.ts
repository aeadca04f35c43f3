import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Logger, Stoppable } from '@callback-quorum/service'
import { addedKeys } from './added-keys.ts'
import type { FindBookEntries } from './book-entries.ts'
import type { HistoryMetrics } from './history-metrics.ts'
import { insertApprovalHits, insertBookHits, type Pass } from './lookback-hits.ts'
import { newlyListed, type Listing } from './newly-listed.ts'
import { reportBy } from './report-by.ts'

/** domain/sanctions 1.7: approvals of the last days. */
export const LOOKBACK_DAYS = 30

/**
 * An approval that was judged by the version before may be recorded this long after the activation: a replica may be behind for 60 s, a
 * decision takes 8 s and its transaction 10 s. The look back is done before and after this time.
 */
const SETTLE_MS = 90_000

/** Of one batch, in the background: nobody waits for it but the report. */
const TIMEOUT_MS = 60_000

/** A version that screens from now on. */
export interface Activated {
  readonly source: string
  /** SHA-256, lower-case hex. */
  readonly versionSha: string
  readonly diff: Listing
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
   * Looks for approvals that hit what is newly listed, at once and once more when every decision on the version before is recorded.
   * Hits are written to `lookback_hit`, counted and logged as errors. Resolves after both; rejects when one failed or `stop` came
   * first, and is then to be called again. Calling it twice writes nothing twice.
   */
  onActivated(activated: Activated): Promise<void>
}

export function createLookback(options: LookbackOptions): Lookback {
  const { metrics, settleMs = SETTLE_MS } = options
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()
  const lookBackTwice = async (activated: Activated): Promise<void> => {
    try {
      await lookBack(options, activated)
      await sleep(settleMs, undefined, { ref: false, signal: stopping.signal })
      await lookBack(options, activated)
    } catch (error) {
      if (!stopping.signal.aborted) metrics.failures.inc({ source: activated.source })
      throw error
    }
  }
  return {
    name: 'look back',
    onActivated: async (activated) => {
      const run = lookBackTwice(activated)
      running.add(run)
      try {
        await run
      } finally {
        running.delete(run)
      }
    },
    stop: async () => {
      stopping.abort()
      await Promise.allSettled(running)
    },
  }
}

async function lookBack(options: LookbackOptions, { source, versionSha, diff }: Activated): Promise<void> {
  const { database, metrics, log, findBookEntries, days = LOOKBACK_DAYS } = options
  const foundAt = await timeOf(database)
  const pass: Pass = { source, versionSha, foundAt, reportBy: reportBy(foundAt) }
  let approvals = 0
  let addressBook = 0
  // A transaction for each batch: reading what is listed may take minutes, and a hit that was written once is not written again.
  for await (const keys of addedKeys(newlyListed(diff), foundAt.toISOString().slice(0, 10))) {
    approvals += await database.transaction((tx) => insertApprovalHits(tx, pass, keys, days), { timeoutMs: TIMEOUT_MS })
    const entries = findBookEntries?.(keys) ?? []
    if (entries.length > 0) addressBook += await database.transaction((tx) => insertBookHits(tx, pass, entries))
  }
  metrics.hits.inc({ source, found_in: 'approval' }, approvals)
  metrics.hits.inc({ source, found_in: 'address-book' }, addressBook)
  if (approvals + addressBook > 0)
    log.error(
      { source, versionSha, approvals, addressBook, reportBy: pass.reportBy },
      'ALARM: what was approved or allow-listed before hits a newly listed address',
    )
}

async function timeOf(database: Database): Promise<Date> {
  const [row] = await database.query<{ now: Date }>({ text: 'select clock_now() as now' })
  if (row === undefined) throw new Error('invariant: a select without a from clause has one row')
  return row.now
}
