import { ConfigError, type Transaction } from '@callback-quorum/service'
import { chargesOf, type Charge } from '../charges.ts'
import type { Facts } from '../facts/facts.ts'
import type { Limit, Rules } from '../rules/rule.ts'
import { spanMs } from '../rules/window.ts'
import type { ActivationSources } from './activation-sources.ts'
import { chargesJson } from './decide.ts'

/** Reservations that are read at once. */
const BATCH = 1_000

interface Kept {
  readonly reservation_id: bigint
  readonly facts: Facts
  readonly state: 'held' | 'committed' | 'confirmed'
}

/** Makes the counters of these limits from the facts of everything that still counts. Entries that are there already stay as they are. */
export async function rebuildCounters(
  tx: Transaction,
  rules: Rules,
  path: string,
  sources: ActivationSources,
): Promise<void> {
  const now = await tx.clockNow()
  const span = Math.max(...rules.limits.map(({ window }) => spanMs(window)))
  const since = Number.isFinite(span) ? new Date(now.getTime() - span) : '-infinity'
  const problems = new Set<string>()
  let last = 0n
  for (;;) {
    const batch = await tx.query<Kept>({
      text: `select reservation_id, facts, state from reservation
             where state <> 'released' and counted_at > $1 and reservation_id > $2 order by reservation_id limit $3`,
      values: [since, last, BATCH],
    })
    for (const kept of batch) await rebuildOne(tx, rules, kept, now, sources, problems)
    const end = batch.at(-1)
    if (end === undefined) break
    last = end.reservation_id
  }
  if (problems.size > 0) throw new ConfigError([...problems].map((problem) => `${path}: ${problem}`))
  await restateReplacements(tx)
  await carryAdjustments(tx, rules.limits)
  await tx.query({
    text: `update counter c set used = coalesce(s.counted, 0), last_at = greatest(c.last_at, s.last)
           from counter k left join lateral (select sum(amount) as counted, max(at) as last from entry e where e.counter_id = k.counter_id and e.at > k.expired_upto) s on true
           where k.counter_id = c.counter_id and (c.rule_id, c.shape) in (select * from unnest($1::text[], $2::text[]))`,
    values: [rules.limits.map(({ counterId }) => counterId), rules.limits.map(({ shape }) => shape)],
  })
}

async function rebuildOne(
  tx: Transaction,
  rules: Rules,
  { reservation_id: id, facts, state }: Kept,
  now: Date,
  { assets, prices }: ActivationSources,
  problems: Set<string>,
): Promise<void> {
  const charged = chargesOf(rules, facts, {
    assets,
    price: (assetId, currency) => prices.price(assetId, currency, now),
  })
  // What a rule needs and these facts lack was refused by no rule then; only a value without a price cannot be made up.
  for (const { text } of [...charged.objections.filter(({ code }) => code === 'PRICE_MISSING'), ...charged.unable])
    problems.add(`earlier payments cannot be counted in a currency: ${text}`)
  const charges = charged.charges.filter((charge) => isCounted(charge, state))
  if (charges.length === 0) return
  const json = chargesJson(charges)
  await tx.query({ name: 'limits-rebuild-counters', text: 'select limits_lock_counters($1)', values: [json] })
  await tx.query({
    name: 'limits-rebuild-entries',
    // One that is replaced or replaces counts nothing yet: together, they are counted afterwards.
    text: `insert into entry (reservation_id, counter_id, amount, claimed, at, reason)
           select r.reservation_id, k.counter_id, case when r.slot is null then q.amount else 0 end, q.amount, r.counted_at, 'rebuild'
           from reservation r, jsonb_to_recordset($2) as q (rule text, shape text, dimensions text, amount numeric)
           join counter k on k.rule_id = q.rule and k.shape = q.shape and k.dimensions = q.dimensions
           where r.reservation_id = $1
             and not exists (select from entry e where e.reservation_id = r.reservation_id and e.counter_id = k.counter_id)`,
    values: [id, json],
  })
}

const isCounted = ({ limit }: Charge, state: Kept['state']): boolean =>
  limit.window.kind !== 'tx' && (limit.window.kind !== 'outstanding' || state !== 'confirmed')

/** Of payments that replace one another, the largest counts on each counter. */
async function restateReplacements(tx: Transaction): Promise<void> {
  await tx.query({
    text: `select limits_restate(g.members, t.targets, 'rebuild', g.at) from (
             select slot, array_agg(reservation_id) as members, max(counted_at) as at from reservation
             where slot is not null and state <> 'released' group by slot) g,
           lateral (select coalesce(jsonb_agg(x.target), '[]') as targets from (
             select distinct on (l.counter_id) jsonb_build_object('counter', l.counter_id, 'reservation', m, 'amount', l.claimed) as target
             from unnest(g.members) m, limits_claims(m) l order by l.counter_id, l.claimed desc, m desc) x) t`,
  })
}

/** Corrections belong to a counter and to no payment: they go along where the counter counts the same thing along the same dimensions. */
async function carryAdjustments(tx: Transaction, limits: readonly Limit[]): Promise<void> {
  for (const { counterId, shape, per, measure, currency } of limits)
    await tx.query({
      text: `insert into entry (counter_id, amount, at, reason, proposal_id)
             select k.counter_id, e.amount, e.at, 'adjust', e.proposal_id
             from active_rule a
             join counter old on old.rule_id = a.rule_id and old.shape = a.shape
             join entry e on e.counter_id = old.counter_id and e.reason = 'adjust'
             join counter k on k.rule_id = $1 and k.shape = $2 and k.dimensions = old.dimensions and k.counter_id <> old.counter_id
             where a.rule_id = $1 and a.rule->>'measure' = $3 and coalesce(a.rule->>'currency', '') = $4 and a.rule->'per' @> $5::jsonb and a.rule->'per' <@ $5::jsonb
               and not exists (select from entry d where d.counter_id = k.counter_id and d.proposal_id = e.proposal_id and d.at = e.at)`,
      values: [counterId, shape, measure, currency ?? '', JSON.stringify(per)],
    })
}
