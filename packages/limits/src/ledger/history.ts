import type { Transaction } from '@callback-quorum/service'
import type { Facts } from '../facts/facts.ts'

/** Events that are read at once. Counters are swept as often: 20,000 payments on one counter take 20 s with it and 82 s without. */
const BATCH = 500

/** One thing that happened to a reservation. */
export interface Happened {
  readonly event: 'reserve' | 'confirm' | 'release'
  readonly at: Date
  readonly businessKey: string
  readonly facts: Facts
  readonly slots: readonly string[]
  /** It was given back later. */
  readonly isReleased: boolean
}

interface Row {
  readonly n: bigint
  readonly event: Happened['event']
  readonly at: Date
  readonly business_key: string
  readonly facts: Facts
  readonly slots: readonly string[]
  readonly is_released: boolean
}

/** How many reservations were taken from `from` on and before `to`, counted to one more than `max`. */
export async function countHistory(tx: Transaction, from: Date, to: Date, max: number): Promise<number> {
  const [row] = await tx.query<{ n: bigint }>({
    text: 'select count(*) as n from (select from reservation where counted_at >= $1 and counted_at < $2 limit $3) r',
    values: [from, to, max + 1],
  })
  return Number(row?.n ?? 0n)
}

/**
 * Tables of this session that stand in front of the ledger's, empty: `pg_temp` comes first when a name is looked up, also inside of functions. The
 * history of that time is copied beside them first.
 */
export async function openStage(tx: Transaction, from: Date, to: Date): Promise<void> {
  await tx.query({
    text: `create temporary table history on commit drop as
           select r.reservation_id, r.business_key, r.facts, r.state, r.counted_at, r.released_at, r.changed_at,
             array(select s.slot from reservation_slot s where s.reservation_id = r.reservation_id order by s.slot) as slots
           from reservation r where r.counted_at >= $1 and r.counted_at < $2`,
    values: [from, to],
  })
  await tx.query({
    text: `create temporary table happened on commit drop as
           select row_number() over (order by at, reservation_id, step) as n, event, at, reservation_id from (
             select counted_at as at, reservation_id, 1 as step, 'reserve' as event from history
             union all select changed_at, reservation_id, 2, 'confirm' from history where state = 'confirmed'
             union all select released_at, reservation_id, 2, 'release' from history where state = 'released') e`,
  })
  await tx.query({ text: 'create unique index on happened (n); create unique index on history (reservation_id)' })
  for (const table of SHADOWED)
    await tx.query({ text: `create temporary table ${table} (like ${table} including all) on commit drop` })
  // A session that had temporary tables before would go on with the plans that it made for the real ones.
  await tx.query({ text: 'discard plans' })
}

const SHADOWED = [
  'counter',
  'reservation',
  'reservation_slot',
  'entry',
  'ruleset',
  'active_rule',
  'limit_exception',
  'exception_use',
] as const

/**
 * Takes away the versions of counters that nobody sees any more. Within one transaction nothing else does, and a counter that was moved 20,000 times is
 * looked for through as many.
 */
async function sweepCounters(tx: Transaction): Promise<void> {
  await tx.query({ text: 'create temporary table swept on commit drop as select * from counter' })
  await tx.query({ text: 'truncate counter' })
  await tx.query({ text: 'insert into counter overriding system value select * from swept' })
  await tx.query({ text: 'drop table swept' })
}

/** Everything that happened, in its order. What is done between two of them is done on the stage. */
export async function* readHappened(tx: Transaction): AsyncGenerator<Happened> {
  let last = 0n
  for (;;) {
    const batch = await tx.query<Row>({
      text: `select e.n, e.event, e.at, h.business_key, h.facts, h.slots, h.state = 'released' as is_released
             from happened e join history h using (reservation_id) where e.n > $1 order by e.n limit $2`,
      values: [last, BATCH],
    })
    for (const row of batch)
      yield {
        event: row.event,
        at: row.at,
        businessKey: row.business_key,
        facts: row.facts,
        slots: row.slots,
        isReleased: row.is_released,
      }
    const end = batch.at(-1)
    if (end === undefined) return
    last = end.n
    await sweepCounters(tx)
  }
}
