import type { Database, Sql } from '@callback-quorum/service'
import type { Validators } from '../delivery/delivery.ts'

/** What replicas share about a source, all read in one statement. */
export interface SourceState {
  readonly now: Date
  readonly revision: bigint
  readonly activeVersion?: bigint
  /** Of the active version. */
  readonly checkedAt?: Date
  /** The publication is a version that waits in quarantine. */
  readonly isPublishedQuarantined: boolean
  readonly heldRemovals: number
  readonly nextRefreshAt?: Date
  readonly isLeased: boolean
  /** An activation waits to be told of. */
  readonly hasFollowUp: boolean
}

interface StateRow {
  readonly now: Date
  readonly revision: bigint
  readonly active_version: bigint | null
  readonly checked_at: Date | null
  readonly is_published_quarantined: boolean
  readonly held: bigint
  readonly next_refresh_at: Date | null
  readonly is_leased: boolean
  readonly has_follow_up: boolean
}

export async function addSource(sql: Sql, source: string): Promise<void> {
  await sql.query({ text: 'insert into list_source (source) values ($1) on conflict do nothing', values: [source] })
}

export async function readSource(sql: Sql, source: string): Promise<SourceState> {
  const [row] = await sql.query<StateRow>({
    name: 'sanctions_read_source',
    text: `select clock_now() as now, s.revision, s.active_version, a.checked_at,
             coalesce(p.state = 'quarantined', false) as is_published_quarantined,
             (select count(*) from list_removal r where r.source = s.source and r.state = 'held') as held,
             s.next_refresh_at, coalesce(s.lease_until > clock_now(), false) as is_leased,
             exists (select from list_follow_up f join list_activation l using (activation_id)
               where l.source = s.source and f.done_at is null and (f.taken_until is null or f.taken_until <= clock_now())) as has_follow_up
           from list_source s left join list_version a on a.version_id = s.active_version
             left join list_version p on p.version_id = s.published_version
           where s.source = $1`,
    values: [source],
  })
  if (row === undefined) throw new Error(`invariant: the source ${source} was added when it was opened`)
  return {
    now: row.now,
    revision: row.revision,
    ...(row.active_version !== null && { activeVersion: row.active_version }),
    ...(row.checked_at !== null && { checkedAt: row.checked_at }),
    isPublishedQuarantined: row.is_published_quarantined,
    heldRemovals: Number(row.held),
    ...(row.next_refresh_at !== null && { nextRefreshAt: row.next_refresh_at }),
    isLeased: row.is_leased,
    hasFollowUp: row.has_follow_up,
  }
}

/** The right to fetch, until `until`: one replica at a time has it. */
export interface Lease {
  readonly holder: string
  /** When it was taken, by the database: whatever the publisher answers from now on was so at this time or later. */
  readonly takenAt: Date
  /** What the publisher gave last, and what its server called it. */
  readonly published?: { readonly version: bigint; readonly validators: Validators }
}

/** Undefined while somebody has it, and, unless `isForced`, before the next refresh is due. */
export async function takeLease(
  database: Database,
  source: string,
  { holder, leaseMs, isForced }: { readonly holder: string; readonly leaseMs: number; readonly isForced: boolean },
): Promise<Lease | undefined> {
  const [row] = await database.query<{
    taken_at: Date
    published_version: bigint | null
    validators: Validators | null
  }>({
    text: `update list_source set lease_holder = $2, lease_until = clock_now() + $3 * interval '1 millisecond'
           where source = $1 and (lease_until is null or lease_until <= clock_now())
             and ($4 or next_refresh_at is null or next_refresh_at <= clock_now())
           returning clock_now() as taken_at, published_version, validators`,
    values: [source, holder, leaseMs, isForced],
  })
  if (row === undefined) return undefined
  const { published_version: version, validators } = row
  return {
    holder,
    takenAt: row.taken_at,
    ...(version !== null && validators !== null && { published: { version, validators } }),
  }
}

/** Gives the lease back, if it is still this one, and says when the next refresh is due. */
export async function endLease(sql: Sql, source: string, holder: string, nextInMs: number): Promise<void> {
  await sql.query({
    text: `update list_source set lease_holder = null, lease_until = null, next_refresh_at = clock_now() + $3 * interval '1 millisecond'
           where source = $1 and lease_holder = $2`,
    values: [source, holder, Math.round(nextInMs)],
  })
}

/** The publisher's server calls this version so; asked "only if it is another one" from now on. */
export async function recordPublished(
  sql: Sql,
  source: string,
  version: bigint,
  validators: Validators,
): Promise<void> {
  await sql.query({
    text: 'update list_source set published_version = $2, validators = $3 where source = $1',
    values: [source, version, JSON.stringify(validators)],
  })
}
