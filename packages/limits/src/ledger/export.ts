import type { Database, Sql } from '@callback-quorum/service'

/** What is exported of one month, up to a moment: what comes later belongs to the next export. */
export interface ExportSpan {
  readonly from: Date
  readonly to: Date
  /** As the database writes it, with all its digits. */
  readonly upto: string
}

/** Cursors are those of the last line of a page. */
export type ExportAfter =
  | { readonly lines: 'reservations'; readonly id: bigint }
  | { readonly lines: 'entries'; readonly counterId: bigint; readonly at: string; readonly place: string }

export interface ExportPage {
  /** JSON of one line each, as it is written to a file. */
  readonly lines: readonly string[]
  /** Absent: there are no more of this kind. */
  readonly after?: ExportAfter
}

/**
 * Now, with nobody in between: everything that was written before is there, and whatever is under way comes later. Waits for those that write
 * entries, and holds up others as long.
 */
export async function exportMoment(database: Database): Promise<string> {
  return database.transaction(async (tx) => {
    await tx.query({ text: 'lock table entry in share mode' })
    const [row] = await tx.query<{ now: string }>({ text: 'select clock_now()::text as now' })
    if (row === undefined) throw new Error('invariant: clock_now() has one row')
    return row.now
  })
}

// Figures and times leave the database as text, with every digit that they have.
/** Reservations that were counted in the month, by id, in the state that they are in now. */
export async function exportReservations(sql: Sql, span: ExportSpan, after: bigint, rows: number): Promise<ExportPage> {
  const found = await sql.query<{ id: bigint; line: string }>({
    text: `select r.reservation_id as id, jsonb_build_object('kind', 'reservation', 'reservation_id', r.reservation_id::text,
             'business_key', r.business_key, 'state', r.state, 'created_at', r.created_at, 'counted_at', r.counted_at, 'changed_at', r.changed_at,
             'released_at', r.released_at, 'slot', r.slot, 'why', r.why, 'facts', r.facts,
             'slots', (select coalesce(jsonb_agg(s.slot order by s.slot), '[]') from reservation_slot s where s.reservation_id = r.reservation_id))::text as line
           from reservation r
           where r.counted_at >= $1 and r.counted_at < $2 and r.created_at <= $3::timestamptz and r.reservation_id > $4 order by r.reservation_id limit $5`,
    values: [span.from, span.to, span.upto, after, rows],
  })
  const last = found.length === rows ? found.at(-1) : undefined
  return { lines: found.map(({ line }) => line), ...(last && { after: { lines: 'reservations', id: last.id } }) }
}

interface EntryRow {
  readonly counter_id: bigint
  readonly at: string
  readonly place: string
  readonly line: string
}

/**
 * Entries that stand in the month, by counter. An entry has no id of its own; where it lies in its partition (`ctid`) never changes, because no
 * row of the ledger does.
 */
export async function exportEntries(
  sql: Sql,
  span: ExportSpan,
  after: Extract<ExportAfter, { lines: 'entries' }> | undefined,
  rows: number,
): Promise<ExportPage> {
  const found = await sql.query<EntryRow>({
    text: `select e.counter_id, e.at::text as at, e.ctid::text as place, jsonb_build_object('kind', 'entry', 'reservation_id', e.reservation_id::text,
             'rule', k.rule_id, 'shape', k.shape, 'dimensions', k.dimensions::jsonb, 'amount', e.amount::text, 'claimed', e.claimed::text, 'at', e.at,
             'reason', e.reason, 'proposal_id', e.proposal_id::text, 'recorded_at', e.recorded_at)::text as line
           from entry e join counter k using (counter_id)
           where e.at >= $1 and e.at < $2 and e.recorded_at <= $3::timestamptz
             and ($4::bigint is null or (e.counter_id, e.at, e.ctid) > ($4, $5::timestamptz, $6::tid))
           order by e.counter_id, e.at, e.ctid limit $7`,
    values: [span.from, span.to, span.upto, after?.counterId ?? null, after?.at ?? null, after?.place ?? null, rows],
  })
  const last = found.length === rows ? found.at(-1) : undefined
  return {
    lines: found.map(({ line }) => line),
    ...(last && { after: { lines: 'entries', counterId: last.counter_id, at: last.at, place: last.place } }),
  }
}
