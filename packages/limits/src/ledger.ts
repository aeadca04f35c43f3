import type { BusinessKey } from '@callback-quorum/protocol'
import type { Transaction } from '@callback-quorum/service'
import type { Charge } from './charges.ts'

/** One counter after what left its window was taken out, locked until the transaction ends. */
export interface LockedCounter {
  readonly charge: Charge
  readonly counterId: bigint
  readonly usedAtomic: bigint
}

interface CounterRow {
  counter_id: bigint
  rule_id: string
  dimensions: string
  used: string
}

/**
 * Creates and locks the counters in one global order and brings them up to date. Creating and locking are two statements: one that does
 * both does not see a row that another session committed while it waited (domain/limits.md 2.5).
 */
export async function lockCounters(tx: Transaction, charges: readonly Charge[]): Promise<readonly LockedCounter[]> {
  const rolling = charges.filter(({ rule }) => rule.window !== 'tx')
  if (rolling.length === 0) return []
  const ids = rolling.map(({ rule }) => rule.id)
  const dimensions = rolling.map((charge) => charge.dimensions)
  const windows = rolling.map(({ rule }) => (rule.window === 'tx' ? 0 : rule.window.rolling))
  await tx.query({
    name: 'limits-create-counters',
    text: `insert into counter (rule_id, dimensions)
           select rule_id, dimensions from unnest($1::text[], $2::text[]) as k (rule_id, dimensions) order by 1, 2
           on conflict do nothing`,
    values: [ids, dimensions],
  })
  await tx.query({
    name: 'limits-lock-counters',
    text: `select counter_id from counter
           where (rule_id, dimensions) in (select * from unnest($1::text[], $2::text[]))
           order by rule_id, dimensions for no key update`,
    values: [ids, dimensions],
  })
  const rows = await tx.query<CounterRow>({
    name: 'limits-expire',
    text: `with k as (select * from unnest($1::text[], $2::text[], $3::float8[]) as k (rule_id, dimensions, window_ms)),
                due as (select c.counter_id, c.expired_upto, greatest(clock_now(), c.last_at) as t, k.window_ms
                        from counter c join k using (rule_id, dimensions)),
                gone as (select d.counter_id, d.t, d.t - d.window_ms * interval '1 millisecond' as upto,
                           (select coalesce(sum(e.amount), 0) from entry e
                            where e.counter_id = d.counter_id and e.released_at is null
                              and e.at > d.expired_upto and e.at <= d.t - d.window_ms * interval '1 millisecond') as amount
                         from due d)
           update counter c set used = c.used - gone.amount, expired_upto = greatest(c.expired_upto, gone.upto), last_at = gone.t
           from gone where gone.counter_id = c.counter_id
           returning c.counter_id, c.rule_id, c.dimensions, c.used`,
    values: [ids, dimensions, windows],
  })
  const byKey = new Map(rows.map((row) => [`${row.rule_id}\n${row.dimensions}`, row]))
  return rolling.map((charge) => {
    const row = byKey.get(`${charge.rule.id}\n${charge.dimensions}`)
    if (row === undefined) throw new Error('invariant: every counter was created and locked')
    return { charge, counterId: row.counter_id, usedAtomic: BigInt(row.used) }
  })
}

export async function isReserved(tx: Transaction, key: BusinessKey): Promise<boolean> {
  const rows = await tx.query({
    name: 'limits-is-reserved',
    text: `select 1 from reservation where business_key = $1 and state = 'held'`,
    values: [key],
  })
  return rows.length > 0
}

/** Takes the amounts from the locked counters. The position in the window is the counter's own time, read after its lock. */
export async function reserve(
  tx: Transaction,
  key: BusinessKey,
  facts: object,
  counters: readonly LockedCounter[],
): Promise<void> {
  await tx.query({
    name: 'limits-reserve',
    text: `with r as (insert into reservation (business_key, state, facts, created_at) values ($1, 'held', $2, clock_now()) returning reservation_id),
                k as (select * from unnest($3::bigint[], $4::numeric[]) as k (counter_id, amount)),
                moved as (update counter c set used = c.used + k.amount from k where k.counter_id = c.counter_id returning c.counter_id, c.last_at)
           insert into entry (reservation_id, counter_id, amount, at)
           select r.reservation_id, k.counter_id, k.amount, moved.last_at from r, k join moved using (counter_id)`,
    values: [
      key,
      JSON.stringify(facts),
      counters.map(({ counterId }) => counterId),
      counters.map(({ charge }) => charge.amountAtomic.toString()),
    ],
  })
}

/** Gives back what the business key holds; what already left its window is not given back twice. Nothing held: nothing happens. */
export async function release(tx: Transaction, key: BusinessKey): Promise<void> {
  await tx.query({
    name: 'limits-lock-held',
    text: `select c.counter_id from reservation r join entry e using (reservation_id) join counter c using (counter_id)
           where r.business_key = $1 and r.state = 'held' order by c.rule_id, c.dimensions for no key update of c`,
    values: [key],
  })
  await tx.query({
    name: 'limits-release',
    text: `with r as (update reservation set state = 'released', released_at = clock_now() where business_key = $1 and state = 'held' returning reservation_id),
                e as (update entry set released_at = clock_now() from r where entry.reservation_id = r.reservation_id and entry.released_at is null
                      returning entry.counter_id, entry.amount, entry.at)
           update counter c set used = c.used - e.amount from e where e.counter_id = c.counter_id and e.at > c.expired_upto`,
    values: [key],
  })
}
