import type { Database, Logger } from '@callback-quorum/service'
import type { LimitsMetrics } from '../metrics.ts'

/** A counter that does not say what its ledger says. Amounts as decimal text. */
export interface Drift {
  readonly rule: string
  readonly dimensions: string
  readonly used: string
  readonly counted: string
}

/** Five million entries take seconds; nothing waits for them. */
const RECOUNT_MS_MAX = 600_000

/** Counts every counter again from its entries. What differs is told and left as it is: people have to find out why. */
export async function findDrift({
  database,
  metrics,
  log,
}: {
  readonly database: Database
  readonly metrics: LimitsMetrics
  readonly log: Logger
}): Promise<readonly Drift[]> {
  const rows = await database.transaction(
    (tx) =>
      tx.query<Drift>({ text: 'select rule_id as rule, dimensions, used::text, counted::text from limits_drift()' }),
    { timeoutMs: RECOUNT_MS_MAX },
  )
  for (const drift of rows) {
    metrics.alarms.inc({ alarm: 'drift' })
    log.error({ alarm: 'drift', ...drift }, 'a counter differs from its ledger')
  }
  if (rows.length === 0) log.info('every counter says what its ledger says')
  return rows
}
