import type { Transaction } from '@callback-quorum/service'
import type { Asking } from './business-ledger.ts'
import { CODES_MAX, type JointJudgement } from './judge.ts'

/**
 * "Not now" becomes "no" when nobody will ask again: a Co-signer that gave up would leave the transaction without an answer and its record
 * without a reason. Counted from the first asking of the request, whatever its content, to `now`, both of the database.
 */
export async function withinRetryBudget(
  tx: Transaction,
  asking: Asking,
  joint: JointJudgement,
  { lastAskMs, now }: { readonly lastAskMs: number | undefined; readonly now: Date },
): Promise<JointJudgement> {
  if (joint.outcome !== 'unable' || lastAskMs === undefined) return joint
  const [row] = await tx.query<{ first_asked_at: Date | null }>({
    name: 'first-asked',
    text: `select min(first_asked_at) as first_asked_at from attempt
           where caller = $1 and dialect = $2 and kind = $3 and request_id = $4`,
    values: [asking.caller, asking.dialect, asking.kind, asking.requestId],
  })
  if (row?.first_asked_at == null) throw new Error('invariant: what is judged was asked')
  const askedForMs = now.getTime() - row.first_asked_at.getTime()
  if (askedForMs < lastAskMs) return joint
  const code = 'RETRY_BUDGET_SPENT'
  return {
    outcome: 'reject',
    codes: [code, ...joint.codes].slice(0, CODES_MAX),
    reason: `${code}: first asked ${String(Math.floor(askedForMs / 1_000))} s ago, and nobody asks again; ${joint.reason}`,
    evidence: joint.evidence,
  }
}
