import type { Database, Transaction } from '@callback-quorum/service'

export interface FreezeState {
  readonly frozen: boolean
  readonly who: string
  readonly reason: string
  readonly since: string
}

export async function getFreeze(database: Database): Promise<FreezeState> {
  const [row] = await database.query<{ frozen: boolean; who: string; reason: string; since: Date }>({
    text: 'select frozen, who, reason, since from freeze_state',
  })
  if (row === undefined) throw new Error('invariant: the freeze table has one row')
  return { ...row, since: row.since.toISOString() }
}

/** Every transaction under way is waited for, longer than for an ordinary lock; an operator's command waits 10 s for its answer. */
const FREEZE_MS_MAX = 9_000

/**
 * Freezes or unfreezes every replica on this database. When it returns after a freeze, no approval is recorded any more: approvals under way
 * hold a shared lock on the row, so this waits for them, and later ones see it. The lock is the table's, because its queue is fair: new
 * readers of a row are let past whoever waits to change it, and under steady load a freeze would never come about.
 */
export async function setFreeze(
  database: Database,
  frozen: boolean,
  who: string,
  reason: string,
): Promise<FreezeState> {
  const change = async (tx: Transaction): Promise<void> => {
    await tx.query({ text: 'lock table freeze_state in exclusive mode' })
    await tx.query({
      text: 'update freeze_state set frozen = $1, who = $2, reason = $3, since = clock_now()',
      values: [frozen, who, reason],
    })
    await tx.query({
      text: 'insert into freeze_history (frozen, who, reason, changed_at) values ($1, $2, $3, clock_now())',
      values: [frozen, who, reason],
    })
  }
  await database.transaction(change, { timeoutMs: FREEZE_MS_MAX, lockTimeoutMs: FREEZE_MS_MAX })
  return getFreeze(database)
}
