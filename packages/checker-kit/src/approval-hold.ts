import type { BusinessKey } from '@callback-quorum/protocol'
import { startPeriodic, type Database, type Logger, type Stoppable } from '@callback-quorum/service'
import type { CheckerMetrics } from './metrics.ts'
import { releaseUnheld } from './outcome-ledger.ts'
import type { Rule } from './rule.ts'

const EVERY_MS = 60_000
/** Business keys of one run, one transaction each; more are due again at once. */
const BATCH_MAX = 100

export interface ApprovalHoldOptions {
  readonly database: Database
  readonly rules: readonly Rule[]
  readonly log: Logger
  readonly metrics: CheckerMetrics
}

/**
 * Lets go of approvals that are older than `approval_hold`. The one thing that time releases, and safe: an approval alone moves nothing, the
 * signing of its transaction is asked about here too, and is judged and claimed anew then. What a signing holds stays held.
 */
export function startApprovalHold(options: ApprovalHoldOptions): Stoppable {
  return startPeriodic({
    name: 'approval hold',
    everyMs: EVERY_MS,
    log: options.log,
    work: () => letGoOfApprovals(options),
  })
}

/** One batch, oldest first; true when there may be more. What another session has locked, or a rule does not release, is left for the next run. */
export async function letGoOfApprovals({ database, rules, log, metrics }: ApprovalHoldOptions): Promise<boolean> {
  const due = await database.query<{ business_key: BusinessKey }>({
    name: 'due-approvals',
    text: `select business_key from attempt where holds and lapses_at <= (select clock_now())
           group by business_key order by min(lapses_at) limit $1`,
    values: [BATCH_MAX],
  })
  let done = 0
  for (const { business_key: key } of due) {
    try {
      const effect = await letGo(database, rules, key)
      if (effect === 'locked' || effect === 'renewed') continue
      done += 1
      metrics.approvalsLetGo.inc({ effect })
      log.info({ businessKey: key, effect }, 'an approval stopped holding its transaction')
    } catch (err) {
      log.error({ err, businessKey: key }, 'an approval could not be let go of and is tried again')
    }
  }
  return due.length === BATCH_MAX && done > 0
}

/** One transaction for each key: rules lock in their own order, and two keys in one could meet another session half-way. */
async function letGo(
  database: Database,
  rules: readonly Rule[],
  key: BusinessKey,
): Promise<'released' | 'kept' | 'locked' | 'renewed'> {
  return database.transaction(async (tx) => {
    const locked = await tx.query({
      name: 'try-business',
      text: 'select 1 from business where business_key = $1 for no key update skip locked',
      values: [key],
    })
    if (locked.length === 0) return 'locked'
    const lapsed = await tx.query({
      name: 'let-go',
      text: `update attempt set holds = false
             where business_key = $1 and holds and lapses_at <= (select clock_now()) returning attempt_id`,
      values: [key],
    })
    // Approved again since it was found, or let go of by another replica.
    if (lapsed.length === 0) return 'renewed'
    return (await releaseUnheld(tx, rules, key)) ? 'released' : 'kept'
  })
}
