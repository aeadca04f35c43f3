import type { BusinessKey, OutcomeNotice } from '@callback-quorum/protocol'
import type { Database, Transaction } from '@callback-quorum/service'
import { lockBusiness, openAttempt, type Asking } from './business-ledger.ts'
import { isSigning } from './is-signing.ts'
import type { Rule } from './rule.ts'

/** What an outcome notice did. `contradiction` changed nothing and deserves an alarm. */
export type OutcomeEffect = 'closed' | 'tombstone' | 'repeated' | 'contradiction'

/**
 * Closes the attempt that the notice names: commits what it holds if it signs, or gives the claims back once nothing holds the business key.
 * Idempotent: a repeated notice changes nothing. One for a request never asked here is a tombstone: that attempt then claims nothing.
 */
export async function applyOutcome(
  database: Database,
  rules: readonly Rule[],
  caller: string,
  notice: OutcomeNotice,
): Promise<OutcomeEffect> {
  const asking: Asking = {
    caller,
    dialect: notice.dialect,
    kind: notice.kind,
    requestId: notice.request_id,
    digest: notice.digest,
  }
  const key = notice.business_key
  return database.transaction(async (tx) => {
    await lockBusiness(tx, key)
    const now = await tx.clockNow()
    const { attempt, isNew } = await openAttempt(tx, asking, key, now, notice.outcome)
    if (isNew) return 'tombstone'
    if (attempt.business_key !== key) return 'contradiction'
    if (attempt.state !== 'open') return attempt.state === notice.outcome ? 'repeated' : 'contradiction'
    const stillHolds = attempt.holds && notice.outcome === 'approved'
    await tx.query({
      name: 'close-attempt',
      text: 'update attempt set state = $2, holds = $3, closed_at = $4 where attempt_id = $1',
      values: [attempt.attempt_id, notice.outcome, stillHolds, now],
    })
    // An approval was not used yet: its signing is another attempt, which commits.
    if (stillHolds && isSigning(notice.kind)) for (const rule of rules) await rule.commit?.(key, tx)
    if (attempt.holds && !stillHolds) await releaseUnheld(tx, rules, key)
    return 'closed'
  })
}

/** Gives back what a business key took, unless an attempt still holds it. The caller has locked the key. False: it is still held. */
export async function releaseUnheld(tx: Transaction, rules: readonly Rule[], key: BusinessKey): Promise<boolean> {
  const holders = await tx.query({
    name: 'holders',
    text: 'select 1 from attempt where business_key = $1 and holds limit 1',
    values: [key],
  })
  if (holders.length > 0) return false
  for (const rule of rules) await rule.release?.(key, tx)
  await tx.query({
    name: 'free-business',
    text: `update business set content_digest = null, content = null, signing_hashes = null, signing_key = null, slots = '{}'
           where business_key = $1`,
    values: [key],
  })
  return true
}
