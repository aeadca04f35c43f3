import { startPeriodic, type Database, type Logger, type Stoppable } from '@callback-quorum/service'
import type { GatewayMetrics } from '../metrics.ts'
import { owe } from './outbox-rows.ts'
import { outcomeOf, REQUEST_COLUMNS, union, type RequestRow } from './request-ledger.ts'

const SWEEP_EVERY_MS = 5_000
/** One transaction's worth. */
const BATCH_MAX = 100

export interface SweeperOptions {
  readonly database: Database
  readonly log: Logger
  readonly metrics: GatewayMetrics
  readonly wantsOutcome: (checker: string) => boolean
}

/**
 * Closes what nobody will ask again: deferrals past their caller's own retries, and requests whose gateway died between asking and
 * recording. The checkers are told `abandoned`; the request, should it come all the same, is rejected.
 */
export function startSweeper(options: SweeperOptions): Stoppable {
  const { log, metrics } = options
  return startPeriodic({
    name: 'sweeper',
    everyMs: SWEEP_EVERY_MS,
    log,
    work: async () => {
      const closed = await sweep(options)
      for (const row of closed) {
        metrics.abandoned.inc()
        log.warn({ requestId: row.request_id, caller: row.caller }, 'abandoned: nobody asked about this request again')
      }
      return closed.length === BATCH_MAX
    },
  })
}

export async function sweep({
  database,
  wantsOutcome,
}: Pick<SweeperOptions, 'database' | 'wantsOutcome'>): Promise<readonly RequestRow[]> {
  return database.transaction(async (tx) => {
    const rows = await tx.query<RequestRow>({
      name: 'sweep',
      text: `select ${REQUEST_COLUMNS} from request where state = 'open' and abandon_after < clock_now() order by abandon_after limit $1 for no key update skip locked`,
      values: [BATCH_MAX],
    })
    for (const row of rows) {
      await owe(tx, outcomeOf(row, 'abandoned'), union(row.asked, row.planned).filter(wantsOutcome))
      await tx.query({
        name: 'abandon',
        text: `update request set state = 'abandoned', round = round + 1, decided_at = clock_now(), planned = '{}',
                 reason = 'gateway ABANDONED: nobody asked again in time; last: ' || coalesce(reason, 'no answer') where request_key = $1`,
        values: [row.request_key],
      })
    }
    return rows
  })
}
