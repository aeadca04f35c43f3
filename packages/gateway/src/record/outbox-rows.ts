import type { OutcomeNotice } from '@callback-quorum/protocol'
import type { Database, Transaction } from '@callback-quorum/service'

/** A notice without its addressee. */
export type OutcomeOf = Omit<OutcomeNotice, 'aud'>

/** How long a notice is left to the worker that took it before another one may take it too. */
const LEASE_MS = 30_000
const BACKOFF_MS_MIN = 1_000
/** A checker that was away for a day still hears within five minutes of its return. */
const BACKOFF_MS_MAX = 300_000

export interface OwedNotice {
  outbox_id: bigint
  checker: string
  notice: OutcomeOf
  attempts: number
}

/** Writes what is owed to the checkers in the transaction that makes it true. */
export async function owe(tx: Transaction, notice: OutcomeOf | undefined, checkers: readonly string[]): Promise<void> {
  if (notice === undefined || checkers.length === 0) return
  await tx.query({
    name: 'owe-outcome',
    text: `insert into outbox (checker, notice, created_at, next_attempt_at)
           select checker, $2::jsonb, t, t from unnest($1::text[]) as checker, clock_now() as t`,
    values: [checkers, JSON.stringify(notice)],
  })
}

/** Takes the notices that are due, for a while: another replica skips them, and gets them back if this one dies. */
export async function takeDue(database: Database, countMax: number): Promise<OwedNotice[]> {
  return database.query<OwedNotice>({
    name: 'take-due',
    text: `update outbox set attempts = attempts + 1, next_attempt_at = clock_now() + $2 * interval '1 millisecond'
           where outbox_id in (select outbox_id from outbox where delivered_at is null and next_attempt_at <= clock_now()
                               order by next_attempt_at limit $1 for update skip locked)
           returning outbox_id, checker, notice, attempts`,
    values: [countMax, LEASE_MS],
  })
}

export async function markDelivered(database: Database, outboxId: bigint): Promise<void> {
  await database.query({
    name: 'mark-delivered',
    text: 'update outbox set delivered_at = clock_now() where outbox_id = $1',
    values: [outboxId],
  })
}

export async function markFailed(
  database: Database,
  { outbox_id, attempts }: OwedNotice,
  problem: string,
): Promise<void> {
  const waitMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** Math.min(attempts, 16))
  await database.query({
    name: 'mark-failed',
    text: `update outbox set last_problem = $2, next_attempt_at = clock_now() + $3 * interval '1 millisecond' where outbox_id = $1`,
    values: [outbox_id, problem, waitMs],
  })
}

export async function countOwed(database: Database): Promise<{ owed: number; oldestSeconds: number }> {
  const [row] = await database.query<{ owed: bigint; oldest_ms: string | null }>({
    name: 'count-owed',
    text: `select count(*) as owed, floor(extract(epoch from clock_now() - min(created_at)))::text as oldest_ms from outbox where delivered_at is null`,
  })
  return { owed: Number(row?.owed ?? 0n), oldestSeconds: Number(row?.oldest_ms ?? 0) }
}
