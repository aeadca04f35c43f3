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
    await rebuildBatch(
      tx,
      batch.flatMap((kept) => missingOf(kept, rules, now, sources, problems)),
    )
    const end = batch.at(-1)
    if (end === undefined) break
    last = end.reservation_id
  }
  if (problems.size > 0) throw new ConfigError([...problems].map((problem) => `${path}: ${problem}`))
  await restateReplacements(tx)
  await forgetConfirmed(tx, rules.limits)
  await carryAdjustments(tx, rules.limits)
  await tx.query({
    text: `update counter c set used = coalesce(s.counted, 0), last_at = greatest(c.last_at, s.last)
           from counter k left join lateral (select sum(amount) as counted, max(at) as last from entry e where e.counter_id = k.counter_id and e.at > k.expired_upto) s on true
           where k.counter_id = c.counter_id and (c.rule_id, c.shape) in (select * from unnest($1::text[], $2::text[]))`,
    values: [rules.limits.map(({ counterId }) => counterId), rules.limits.map(({ shape }) => shape)],
  })
}

interface Missing {
  readonly reservation: string
  readonly charge: Charge
}

function missingOf(
  { reservation_id: id, facts, state }: Kept,
  rules: Rules,
  now: Date,
  { assets, prices }: ActivationSources,
  problems: Set<string>,
): readonly Missing[] {
  const charged = chargesOf(rules, facts, {
    assets,
    price: (assetId, currency) => prices.price(assetId, currency, now),
  })
  // What a rule needs and these facts lack was refused by no rule then; only a value without a price cannot be made up. A rule in shadow mode
  // leaves it out, as it does with payments to come, and is counted again when it is to refuse.
  for (const { text } of [...charged.objections.filter(({ code }) => code === 'PRICE_MISSING'), ...charged.unable])
    problems.add(`earlier payments cannot be counted in a currency: ${text}`)
  return charged.charges
    .filter((charge) => isCounted(charge, state))
    .map((charge) => ({ reservation: id.toString(), charge }))
}

/** One statement for many: a ledger of years has millions. */
async function rebuildBatch(tx: Transaction, missing: readonly Missing[]): Promise<void> {
  if (missing.length === 0) return
  const counterOf = ({ limit, dimensions }: Charge): string =>
    JSON.stringify([limit.counterId, limit.shape, dimensions])
  const counters = new Map(missing.map(({ charge }) => [counterOf(charge), charge]))
  await tx.query({
    name: 'limits-rebuild-counters',
    text: 'select limits_lock_counters($1)',
    values: [chargesJson([...counters.values()])],
  })
  const rows = missing.map(({ reservation, charge: { limit, dimensions, amount } }) => ({
    reservation,
    rule: limit.counterId,
    shape: limit.shape,
    dimensions,
    amount: amount.toString(),
  }))
  await tx.query({
    name: 'limits-rebuild-entries',
    // One that is replaced or replaces counts nothing yet: together, they are counted afterwards. What was confirmed while its rule was
    // away was given back on that rule's counters (limits_confirm) and counts there again, with what it really used.
    text: `insert into entry (reservation_id, counter_id, amount, claimed, at, reason)
           select r.reservation_id, k.counter_id, case when r.slot is null or r.state = 'confirmed' then q.amount else 0 end,
             case when was.entries = 0 then q.amount else 0 end, r.counted_at, 'rebuild'
           from jsonb_to_recordset($1) as q (reservation bigint, rule text, shape text, dimensions text, amount numeric)
           join reservation r on r.reservation_id = q.reservation
           join counter k on k.rule_id = q.rule and k.shape = q.shape and k.dimensions = q.dimensions
           cross join lateral (select count(*) as entries, sum(e.amount) as counted from entry e
                               where e.reservation_id = r.reservation_id and e.counter_id = k.counter_id) was
           where was.entries = 0 or (r.state = 'confirmed' and was.counted = 0)`,
    values: [JSON.stringify(rows)],
  })
}

const isCounted = ({ limit }: Charge, state: Kept['state']): boolean =>
  limit.window.kind !== 'tx' && (limit.window.kind !== 'outstanding' || state !== 'confirmed')

/** Of payments that replace one another, the largest counts on each counter. */
async function restateReplacements(tx: Transaction): Promise<void> {
  await tx.query({
    text: `select limits_restate(g.members, t.targets, 'rebuild', g.at) from (
             select slot, array_agg(reservation_id) as members, max(counted_at) as at from reservation
             where slot is not null and state in ('held', 'committed') group by slot) g,
           lateral (select coalesce(jsonb_agg(x.target), '[]') as targets from (
             select distinct on (l.counter_id) jsonb_build_object('counter', l.counter_id, 'reservation', m, 'amount', l.claimed) as target
             from unnest(g.members) m, limits_claims(m) l order by l.counter_id, l.claimed desc, m desc) x) t`,
  })
}

/** What was confirmed while a rule of outstanding payments was away is outstanding no more. */
async function forgetConfirmed(tx: Transaction, limits: readonly Limit[]): Promise<void> {
  const outstanding = limits.filter(({ window }) => window.kind === 'outstanding')
  await tx.query({
    text: `insert into entry (reservation_id, counter_id, amount, at, reason)
           select e.reservation_id, e.counter_id, -sum(e.amount), e.at, 'rebuild'
           from counter k join entry e using (counter_id) join reservation r using (reservation_id)
           where (k.rule_id, k.shape) in (select * from unnest($1::text[], $2::text[])) and r.state = 'confirmed'
           group by 1, 2, e.at having sum(e.amount) <> 0`,
    values: [outstanding.map(({ counterId }) => counterId), outstanding.map(({ shape }) => shape)],
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
