import { formatAmount, parseAmount, type AssetRegistry } from '@callback-quorum/chains'
import type { Database, Logger, Stoppable } from '@callback-quorum/service'
import { findDrift } from './ledger/recount.ts'
import type { LimitsMetrics } from './metrics.ts'
import { VALUE_DECIMALS } from './rules/lint-amounts.ts'
import type { Limit, Rules } from './rules/rule.ts'

/** Often enough for gauges that people look at. */
const EVERY_MS = 60_000
/** Entries of a month whose partition is missing go to one that takes everything: correct, and slower. */
const MONTHS_AHEAD = 3

export interface MaintenanceOptions {
  readonly database: Database
  readonly rules: Rules
  readonly assets: AssetRegistry
  readonly metrics: LimitsMetrics
  readonly log: Logger
  /** Local to UTC, `03:00`. */
  readonly recountAt: string
}

/** What has to be done besides deciding: partitions for the months to come, gauges, and the nightly recount, by one replica of all. */
export async function startMaintenance(options: MaintenanceOptions): Promise<Stoppable> {
  await makePartitions(options)
  let running = runOnce(options)
  const timer = setInterval(() => {
    running = running.then(() => runOnce(options))
  }, EVERY_MS)
  return {
    name: 'maintenance',
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}

async function runOnce(options: MaintenanceOptions): Promise<void> {
  try {
    await measure(options)
    await recountOncePerDay(options)
  } catch (err) {
    options.log.warn({ err }, 'maintenance of the ledger failed and is tried again')
  }
}

async function makePartitions({ database }: MaintenanceOptions): Promise<void> {
  await database.query({ text: 'select limits_make_partitions(clock_now(), $1)', values: [MONTHS_AHEAD] })
}

/** A replica that writes the day first does it. */
export async function recountOncePerDay(options: MaintenanceOptions): Promise<void> {
  const { database, recountAt } = options
  const mine = await database.query({
    text: `insert into recount (day, started_at) select (clock_now() at time zone 'UTC')::date, clock_now()
           where (clock_now() at time zone 'UTC')::time >= $1::time on conflict do nothing returning day`,
    values: [recountAt],
  })
  if (mine.length === 0) return
  await makePartitions(options)
  await findDrift(options)
}

interface UsageRow {
  readonly rule_id: string
  readonly asset: string | null
  readonly used: string
}

/** The fullest counter of each rule now, and how old the oldest reservations are. */
async function measure({ database, rules, assets, metrics }: MaintenanceOptions): Promise<void> {
  const rows = await database.query<UsageRow>({
    text: `select c.rule_id, (select d->>1 from jsonb_array_elements(c.dimensions::jsonb) d where d->>0 = 'asset') as asset,
             max(c.used - coalesce(gone.amount, 0))::text as used
           from counter c join active_rule a using (rule_id, shape)
           left join lateral (select sum(e.amount) as amount from entry e where e.counter_id = c.counter_id and e.at > c.expired_upto
             and e.at <= limits_leaves_out(a."window", clock_now())) gone on true
           where c.used > 0 group by 1, 2`,
  })
  const full = new Map<string, number>()
  for (const { rule_id, asset, used } of rows) {
    const limit = rules.limits.find(({ counterId }) => counterId === rule_id)
    const ratio = limit === undefined ? 0 : ratioOf(limit, asset, BigInt(used), assets)
    full.set(rule_id, Math.max(full.get(rule_id) ?? 0, ratio))
  }
  for (const { counterId } of rules.limits) metrics.usedRatio.set({ rule: counterId }, full.get(counterId) ?? 0)
  const ages = await database.query<{ state: string; seconds: number }>({
    text: `select s.state, coalesce(extract(epoch from clock_now() - min(r.created_at)), 0)::float8 as seconds
           from unnest(array['held', 'committed']) s (state) left join reservation r using (state) group by 1`,
  })
  for (const { state, seconds } of ages) metrics.oldestSeconds.set({ state }, seconds)
}

/** For a gauge, where a float is good enough: never for a decision. */
function ratioOf(
  { measure, limit, match }: Limit,
  assetId: string | null,
  used: bigint,
  assets: AssetRegistry,
): number {
  const only = match.asset === '*' ? undefined : match.asset[0]
  const decimals =
    measure === 'count'
      ? 0
      : measure === 'value'
        ? VALUE_DECIMALS
        : (assets.asset(assetId ?? only ?? '')?.decimals ?? 0)
  const most = parseAmount(limit, decimals)
  return most === 0n ? (used > 0n ? 1 : 0) : Number(formatAmount((used * 1_000_000n) / most, 6))
}
