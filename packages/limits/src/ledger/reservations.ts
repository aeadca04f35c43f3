import type { BusinessKey } from '@callback-quorum/protocol'
import type { Sql, Transaction } from '@callback-quorum/service'
import type { Facts } from '../facts/facts.ts'
import type { Limit } from '../rules/rule.ts'

export const STATES = ['held', 'committed', 'confirmed', 'released'] as const
export type ReservationState = (typeof STATES)[number]

export interface Reservation {
  readonly reservationId: bigint
  readonly businessKey: string
  readonly state: ReservationState
  readonly facts: Facts
  readonly slot?: string
  readonly createdAt: Date
  readonly changedAt?: Date
  readonly why: string
}

/** What a reservation counts on one counter, and what it asked for. */
export interface CountedBy {
  readonly ruleId: string
  readonly dimensions: string
  /** Of the rule as it counts now; absent for a rule, or a shape of it, that counts no more. */
  readonly limit?: Limit
  readonly counted: bigint
  readonly claimed: bigint
}

interface Row {
  readonly reservation_id: bigint
  readonly business_key: string
  readonly state: ReservationState
  readonly facts: Facts
  readonly slot: string | null
  readonly created_at: Date
  readonly changed_at: Date | null
  readonly why: string
  readonly counters: readonly {
    readonly rule_id: string
    readonly dimensions: string
    readonly rule: Limit | null
    readonly counted: string
    readonly claimed: string
  }[]
}

const COLUMNS = 'r.reservation_id, r.business_key, r.state, r.facts, r.slot, r.created_at, r.changed_at, r.why'

const reservationOf = (row: Omit<Row, 'counters'>): Reservation => ({
  reservationId: row.reservation_id,
  businessKey: row.business_key,
  state: row.state,
  facts: row.facts,
  ...(row.slot !== null && { slot: row.slot }),
  createdAt: row.created_at,
  ...(row.changed_at && { changedAt: row.changed_at }),
  why: row.why,
})

export interface ReservationFilter {
  readonly state?: ReservationState
  readonly businessKey?: string
  /** Only older ones. */
  readonly before?: bigint
  readonly rows: number
}

/** Newest first, each with what it counts. */
export async function readReservations(
  sql: Sql,
  { state, businessKey, before, rows }: ReservationFilter,
): Promise<readonly (Reservation & { readonly counters: readonly CountedBy[] })[]> {
  const found = await sql.query<Row>({
    // Figures leave the database as text: a number of JSON would lose digits.
    text: `select ${COLUMNS}, coalesce(c.counters, '[]') as counters
           from (select * from reservation
                 where ($1::text is null or state = $1) and ($2::text is null or business_key = $2) and ($3::bigint is null or reservation_id < $3)
                 order by reservation_id desc limit $4) r
           cross join lateral (
             select jsonb_agg(jsonb_build_object('rule_id', s.rule_id, 'dimensions', s.dimensions, 'rule', s.rule,
                      'counted', s.counted::text, 'claimed', s.claimed::text) order by s.rule_id, s.dimensions, s.shape) as counters
             from (select k.rule_id, k.shape, k.dimensions, a.rule, sum(e.amount) as counted, sum(e.claimed) as claimed
                   from entry e join counter k using (counter_id)
                   left join active_rule a on a.rule_id = k.rule_id and a.shape = k.shape
                   where e.reservation_id = r.reservation_id group by 1, 2, 3, 4) s) c
           order by r.reservation_id desc`,
    values: [state ?? null, businessKey ?? null, before ?? null, rows],
  })
  return found.map((row) => ({
    ...reservationOf(row),
    counters: row.counters.map(({ rule_id, dimensions, rule, counted, claimed }) => ({
      ruleId: rule_id,
      dimensions,
      ...(rule !== null && { limit: rule }),
      counted: BigInt(counted),
      claimed: BigInt(claimed),
    })),
  }))
}

/** The newest reservation of a business key, locked as everything that changes it does: its slots first (limits_lock_slots), then its row. */
export async function lockReservation(tx: Transaction, businessKey: string): Promise<Reservation | undefined> {
  await tx.query({
    text: `select limits_lock_slots(array(select s.slot from reservation r join reservation_slot s using (reservation_id) where r.business_key = $1))`,
    values: [businessKey],
  })
  const [row] = await tx.query<Omit<Row, 'counters'>>({
    text: `select ${COLUMNS} from reservation r where business_key = $1 order by reservation_id desc limit 1 for no key update`,
    values: [businessKey],
  })
  return row && reservationOf(row)
}

/** Business keys of those that can never be final beside it and are not over yet; locked. */
export async function lockOthersInSlot(
  tx: Transaction,
  { reservationId, slot }: Reservation,
): Promise<readonly string[]> {
  if (slot === undefined) return []
  const rows = await tx.query<{ business_key: string; reservation_id: bigint }>({
    text: `select business_key, reservation_id from reservation
           where slot = $1 and state in ('held', 'committed') order by reservation_id for no key update`,
    values: [slot],
  })
  return rows.filter((row) => row.reservation_id !== reservationId).map((row) => row.business_key)
}

/**
 * The prices that a payment was counted with, as long as it is counted: asked again, it is worth the same. A signature is counted anew, by the prices of
 * its own time, whatever its approval was worth.
 */
export async function heldPrices(tx: Sql, businessKey: BusinessKey, stage: Facts['stage']): Promise<Facts['prices']> {
  const [row] = await tx.query<{ prices: Facts['prices'] }>({
    text: `select facts->'prices' as prices from reservation where business_key = $1 and state <> 'released'
           and not ($2 and facts->>'stage' is not distinct from 'approval')`,
    values: [businessKey, stage === 'signing'],
  })
  return row?.prices ?? []
}

/** Replaces what a reservation's counters can be made from again. */
export async function storeFacts(tx: Transaction, { reservationId }: Reservation, facts: Facts): Promise<void> {
  await tx.query({
    text: 'update reservation set facts = $2 where reservation_id = $1',
    values: [reservationId, JSON.stringify(facts)],
  })
}
