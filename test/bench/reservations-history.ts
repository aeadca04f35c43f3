import pg from 'pg'
import { factsOf } from './reservations-case.ts'

/** Rows of one statement. */
const BATCH = 500_000
const MONTHS = 12

export interface History {
  readonly url: string
  /** Counters 1 to `counters` are there already, one for each wallet, and count a rolling day. */
  readonly counters: number
  readonly entries: number
  readonly say: (text: string) => void
}

/**
 * A year of payments behind the present moment, evenly spread over time and counters, as limits_decide would have left it: what counts is the
 * sum of the last day. Throws when limits_drift() sees a difference.
 */
export async function fillHistory({ url, counters, entries, say }: History): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    // Foreign keys hold by construction, and to look five million of them up takes longer than the whole benchmark.
    await client.query(
      "set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '256MB'",
    )
    await client.query(`select limits_make_partitions(now() - interval '${MONTHS} months', ${MONTHS + 1})`)
    const indexes = await dropKeyIndexes(client)
    const { rows } = await client.query<{ base: string }>(
      'select coalesce(max(reservation_id), 0)::text as base from reservation',
    )
    const base = Number(rows[0]?.base)
    for (let first = 1; first <= entries; first += BATCH) {
      say(`history: ${first} of ${entries}`)
      const last = Math.min(entries, first + BATCH - 1)
      await client.query(RESERVATIONS, [first, last, entries, factsOf('wallet-1'), base])
      await client.query(ENTRIES, [base + first, base + last, counters])
    }
    say('history: indexes, counters')
    for (const definition of indexes) await client.query(definition)
    await client.query("select setval(pg_get_serial_sequence('reservation', 'reservation_id'), $1)", [base + entries])
    await client.query(COUNTERS)
    await client.query('vacuum analyze')
    const { rowCount } = await client.query('select from limits_drift()')
    if (rowCount !== 0) throw new Error(`${String(rowCount)} counters differ from the history that was made for them`)
  } finally {
    await client.end()
  }
}

/** Random keys one by one into an index of many megabytes would be most of the time; built at the end, it is the same index. */
async function dropKeyIndexes(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    "select indexname as name, indexdef as definition from pg_indexes where tablename = 'reservation' and indexdef like '%(business_key)%'",
  )
  for (const { name } of rows) await client.query(`drop index ${pg.escapeIdentifier(name)}`)
  return rows.map(({ definition }) => definition)
}

const RESERVATIONS = `
  insert into reservation (reservation_id, business_key, state, facts, created_at, counted_at) overriding system value
  select $5::bigint + g, 'cobo:acme:' || gen_random_uuid(), 'confirmed', $4::jsonb, at, at
  from generate_series($1::bigint, $2::bigint) g, lateral (select now() - interval '1 year' * (1 - g / ($3::float8 + 1)) as at) t`

// Neighbours in time belong to different counters.
const ENTRIES = `
  insert into entry (reservation_id, counter_id, amount, claimed, at, reason, recorded_at)
  select r.reservation_id, k.counter_id, 1000000, 1000000, r.counted_at, 'reserve', r.counted_at
  from reservation r join (select counter_id, row_number() over (order by counter_id) - 1 as number from counter) k
    on k.number = r.reservation_id % $3
  where r.reservation_id between $1 and $2`

const COUNTERS = `
  update counter c set used = s.used, expired_upto = now() - interval '1 day', last_at = s.last_at
  from (select counter_id, coalesce(sum(amount) filter (where at > now() - interval '1 day'), 0) as used, max(at) as last_at from entry group by 1) s
  where s.counter_id = c.counter_id`
