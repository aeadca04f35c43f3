import { ConfigError, type Database, type Transaction } from '@callback-quorum/service'
import type { Limit, Rules } from '../rules/rule.ts'
import type { ActivationSources } from './activation-sources.ts'
import { rebuildCounters } from './rebuild-counters.ts'

/** Counting years of payments again takes its time, and nothing is decided meanwhile. */
const ACTIVATION_MS_MAX = 600_000
/** Decisions that are under way end first. */
const LOCK_MS_MAX = 30_000

interface ActiveRule {
  readonly rule_id: string
  readonly shape: string
  readonly was_shadow: boolean
}

/**
 * Makes these rules the ones that count, on every replica: a process with others decides nothing from then on. Counters of rules that are
 * new, changed in what they count, or were away for a while, are made from the facts of what was approved; nothing starts from zero.
 * @throws ConfigError when newer rules count, or others of the same version
 */
export async function activateRules(
  database: Database,
  rules: Rules,
  path: string,
  sources: ActivationSources,
): Promise<void> {
  await database.transaction(
    async (tx) => {
      // Waits for every decision under way; those that come later see the new rules (limits_decide).
      await tx.query({ text: 'lock table reservation in share row exclusive mode' })
      const [current] = await tx.query<{ version: bigint; digest: string }>({
        text: 'select version, digest from ruleset',
      })
      if (current?.digest === rules.digest) return
      if (current !== undefined && current.version >= BigInt(rules.version))
        throw new ConfigError([
          `${path} version: is ${String(rules.version)}, and rules of version ${current.version.toString()} with other content count already; expected a version above it`,
        ])
      await assertZones(tx, rules, path)
      const active = await tx.query<ActiveRule>({
        text: `select rule_id, shape, coalesce((rule->>'isShadow')::boolean, true) as was_shadow from active_rule`,
      })
      const before = new Map(active.map((rule) => [rule.rule_id, rule]))
      const counting = rules.limits.filter(({ window }) => window.kind !== 'tx')
      const fresh = counting.filter(({ counterId, shape, isShadow }) => {
        const was = before.get(counterId)
        // In shadow mode, it left out what it could not count.
        return was?.shape !== shape || (was.was_shadow && !isShadow)
      })
      if (fresh.length > 0) await rebuildCounters(tx, { ...rules, limits: fresh }, path, sources)
      await replaceActive(tx, rules)
      sources.log.info(
        { version: rules.version, rebuilt: fresh.map(({ counterId }) => counterId) },
        'these rules count from now on',
      )
    },
    { timeoutMs: ACTIVATION_MS_MAX, lockTimeoutMs: LOCK_MS_MAX },
  )
}

/** The database has a list of time zones of its own, and would read an unknown name as an offset of its own making. */
export async function assertZones(tx: Transaction, rules: Rules, path: string): Promise<void> {
  const zones = [
    ...rules.limits.flatMap(({ window }) => (window.kind === 'calendar' ? [window.zone] : [])),
    ...rules.gates.flatMap((gate) => (gate.gate === 'schedule' ? [gate.schedule.zone] : [])),
  ]
  const unknown = await tx.query<{ zone: string }>({
    text: 'select zone from unnest($1::text[]) z (zone) where not exists (select from pg_timezone_names where name = zone)',
    values: [[...new Set(zones)]],
  })
  if (unknown.length > 0)
    throw new ConfigError(
      unknown.map(
        ({ zone }) => `${path}: the time zone ${zone} is not known to the database; expected one of pg_timezone_names`,
      ),
    )
}

export async function replaceActive(tx: Transaction, rules: Rules): Promise<void> {
  const column = (read: (limit: Limit) => string): readonly string[] => rules.limits.map(read)
  await tx.query({ text: 'delete from active_rule' })
  await tx.query({
    text: 'insert into active_rule (rule_id, shape, "window", rule) select * from unnest($1::text[], $2::text[], $3::jsonb[], $4::jsonb[])',
    values: [
      column(({ counterId }) => counterId),
      column(({ shape }) => shape),
      column(({ window }) => JSON.stringify(window)),
      column((limit) => JSON.stringify(limit)),
    ],
  })
  await tx.query({
    text: `insert into ruleset (version, digest, activated_at) values ($1, $2, clock_now())
           on conflict (only_row) do update set version = excluded.version, digest = excluded.digest, activated_at = excluded.activated_at`,
    values: [rules.version, rules.digest],
  })
}
