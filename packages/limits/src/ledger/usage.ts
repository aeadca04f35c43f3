import type { Sql } from '@callback-quorum/service'
import type { Limit } from '../rules/rule.ts'

/** A counter of a rule that counts now, as it stands at `at`. Amounts as the counter counts them. */
export interface CounterUsage {
  readonly ruleId: string
  readonly dimensions: string
  /** Of the rule as it is active, which may be another process's. */
  readonly limit: Limit
  readonly used: bigint
  /** What exceptions still allow on top. */
  readonly extra: bigint
  readonly at: Date
  /** A rolling window begins after it, a calendar one with it; absent where a window has no beginning. */
  readonly windowStart?: Date
  /** When the oldest that counts leaves; absent where nothing counts, or nothing ever leaves. */
  readonly nextFreeAt?: Date
}

export interface UsageFilter {
  /** A rule's id finds all its counters, those of a probation too. */
  readonly rule?: string
  readonly dimension?: { readonly name: string; readonly value: string }
  /** Rule and dimensions of the last counter that was seen. */
  readonly after?: { readonly ruleId: string; readonly dimensions: string }
  readonly rows: number
}

interface Row {
  readonly rule_id: string
  readonly dimensions: string
  readonly rule: Limit
  readonly used: string
  readonly extra: string
  readonly t: Date
  readonly window_start: Date | null
  readonly next_free_at: Date | null
}

// The same arithmetic as limits_decide, without a lock and without moving the counter on.
const COUNTERS = `
  select k.rule_id, k.dimensions, a.rule, u.used, x.extra, m.t,
    case a."window"->>'kind' when 'rolling' then w.leaves_out when 'calendar' then b.begins end as window_start,
    case when u.used > 0 then
      case a."window"->>'kind'
        when 'rolling' then o.oldest + (a."window"->>'span_ms')::bigint * interval '1 millisecond'
        when 'calendar' then ((b.begins at time zone (a."window"->>'zone')) + ('1 ' || (a."window"->>'unit'))::interval) at time zone (a."window"->>'zone')
      end
    end as next_free_at
  from active_rule a
  join counter k on k.rule_id = a.rule_id and k.shape = a.shape
  cross join lateral (select greatest(clock_now(), k.last_at) as t) m
  cross join lateral (select limits_leaves_out(a."window", m.t) as leaves_out) w
  cross join lateral (select greatest(w.leaves_out, k.expired_upto) as upto,
    case when a."window"->>'kind' = 'calendar' then w.leaves_out + interval '1 microsecond' end as begins) b
  cross join lateral (
    select k.used - coalesce(sum(e.amount), 0) as used from entry e
    where e.counter_id = k.counter_id and e.at > k.expired_upto and e.at <= b.upto) u
  left join lateral (
    select e.at as oldest from entry e where e.counter_id = k.counter_id and e.at > b.upto
    group by e.at having sum(e.amount) > 0 order by e.at limit 1) o on a."window"->>'kind' = 'rolling'
  cross join lateral (
    select coalesce(sum(remaining), 0) as extra from limit_exception
    where rule_id = k.rule_id and dimensions = k.dimensions and expires_at > m.t) x
  where a."window"->>'kind' <> 'tx'`

const usageOf = (row: Row): CounterUsage => ({
  ruleId: row.rule_id,
  dimensions: row.dimensions,
  limit: row.rule,
  used: BigInt(row.used),
  extra: BigInt(row.extra),
  at: row.t,
  ...(row.window_start && { windowStart: row.window_start }),
  ...(row.next_free_at && { nextFreeAt: row.next_free_at }),
})

/** Counters of the active rules, by rule and dimensions. Writes nothing and locks nothing. */
export async function readUsage(
  sql: Sql,
  { rule, dimension, after, rows }: UsageFilter,
): Promise<readonly CounterUsage[]> {
  const found = await sql.query<Row>({
    text: `${COUNTERS}
      and ($1::text is null or a.rule->>'ruleId' = $1 or k.rule_id = $1)
      and ($2::text is null or exists (select from jsonb_array_elements(k.dimensions::jsonb) d where d = jsonb_build_array($2::text, $3::text)))
      and ($4::text is null or (k.rule_id, k.dimensions) > ($4, $5))
      order by k.rule_id, k.dimensions limit $6`,
    values: [
      rule ?? null,
      dimension?.name ?? null,
      dimension?.value ?? null,
      after?.ruleId ?? null,
      after?.dimensions ?? null,
      rows,
    ],
  })
  return found.map(usageOf)
}

/** The counters of these rules and dimensions, as far as they exist. */
export async function readCounters(
  sql: Sql,
  counters: readonly { readonly ruleId: string; readonly dimensions: string }[],
): Promise<readonly CounterUsage[]> {
  const found = await sql.query<Row>({
    text: `${COUNTERS} and (k.rule_id, k.dimensions) in (select * from unnest($1::text[], $2::text[]))`,
    values: [counters.map(({ ruleId }) => ruleId), counters.map(({ dimensions }) => dimensions)],
  })
  return found.map(usageOf)
}
