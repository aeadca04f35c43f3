import type { ClaimContext, Judgement, Question, Rule } from '@callback-quorum/checker-kit'
import type { BusinessKey } from '@callback-quorum/protocol'
import {
  createLogger,
  createTestDatabase,
  migrationsBeside,
  type Database,
  type TestDatabase,
  type Transaction,
} from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { inject } from 'vitest'
import { activateRules } from '../src/ledger/activate-rules.ts'
import { createLimitsMetrics, type LimitsMetrics } from '../src/metrics.ts'
import { NO_PRICES, type PriceBook } from '../src/prices/index.ts'
import { spendLimit } from '../src/spend-limit.ts'
import { claimAsKit, outcomeOf } from './claim-as-kit.ts'
import { ASSETS, payment, type PaymentOptions } from './payments.ts'
import { rulesOf, type WrittenFile, type WrittenRule } from './written-rules.ts'

export { outcomeOf } from './claim-as-kit.ts'
export { ASSETS, assetOf, CUSTOMER, OTHER, payment, type PaymentOptions } from './payments.ts'
export { rulesOf, type WrittenFile, type WrittenRule } from './written-rules.ts'

export const MIGRATIONS = [
  { name: 'limits', directory: migrationsBeside(new URL('../src/limits.ts', import.meta.url).href) },
]
export const LOG = createLogger({ level: 'silent', name: 'rig' })

export interface RigOptions {
  readonly prices?: PriceBook
  /** Places (chain, key and tag on lines) that the address book lists. */
  readonly listed?: ReadonlySet<string>
  readonly giveUpMs?: number
}

export interface LimitsRig {
  readonly testDatabase: TestDatabase
  readonly database: Database
  readonly metrics: LimitsMetrics
  readonly registry: Registry
  /** Makes these rules count and gives the rule that applies them. */
  use(file: WrittenFile): Promise<Rule>
  /** Claims as checker-kit does: in a transaction, rolled back when the rule says no. */
  claim(rules: readonly WrittenRule[], question: Question, context?: Partial<ClaimContext>): Promise<Judgement>
  claimBy(rule: Rule, question: Question, context?: Partial<ClaimContext>): Promise<Judgement>
  /** `approve`, or the codes of the objections. */
  ask(rules: readonly WrittenRule[], options: PaymentOptions): Promise<string>
  release(question: Question): Promise<void>
  commit(question: Question): Promise<void>
  inTransaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /** Counters that are not empty, as `rule used`; a counter that differs from its ledger throws. */
  used(): Promise<readonly string[]>
}

export async function startLimitsRig({
  prices = NO_PRICES,
  listed = new Set(),
  giveUpMs = 600_000,
}: RigOptions = {}): Promise<LimitsRig> {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS, { clock: 'fixed' })
  const database = await testDatabase.open({ poolSizeMax: 16 })
  const registry = new Registry()
  const metrics = createLimitsMetrics(registry)
  const addresses = {
    allowListed: (key: string, chainId: string, tag?: string) =>
      listed.has([chainId, key, ...(tag === undefined ? [] : [tag])].join('\n'))
        ? { whitelistedAt: new Date(0) }
        : undefined,
    ownerOf: () => undefined,
  }
  let version = 0
  let last: { readonly content: string; readonly rule: Promise<Rule> } | undefined
  const activate = async (file: WrittenFile): Promise<Rule> => {
    const rules = rulesOf(file, (version += 1), prices)
    await activateRules(database, rules, 'rules.yaml', { assets: ASSETS, prices, log: LOG })
    return spendLimit({ rules, assets: ASSETS, addresses, prices, database, log: LOG, metrics, giveUpMs })
  }
  const use = (file: WrittenFile): Promise<Rule> => {
    const content = JSON.stringify(file)
    last = last?.content === content ? last : { content, rule: activate(file) }
    return last.rule
  }
  const rig: LimitsRig = {
    testDatabase,
    database,
    metrics,
    registry,
    use,
    claimBy: (rule, question, context) => claimAsKit(database, rule, question, context),
    claim: async (rules, question, context) =>
      claimAsKit(database, await use({ rules: [...rules] }), question, context),
    ask: async (rules, options) => outcomeOf(await rig.claim(rules, payment(options))),
    release: (question) => call(database, 'limits_release($1, $2)', [question.businessKey, 'test']),
    commit: (question) => call(database, 'limits_commit($1)', [question.businessKey]),
    inTransaction: (work) => database.transaction(work),
    used: async () => {
      const drift = await database.query({ text: 'select * from limits_drift()' })
      if (drift.length > 0) throw new Error(`counters differ from the ledger: ${JSON.stringify(drift)}`)
      const rows = await database.query<{ line: string }>({
        text: `select c.rule_id || ' ' || c.used as line from counter c join active_rule a using (rule_id, shape)
               where c.used > 0 order by c.rule_id, c.dimensions`,
      })
      return rows.map(({ line }) => line)
    },
  }
  return rig
}

async function call(database: Database, text: string, values: readonly (BusinessKey | string)[]): Promise<void> {
  await database.query({ text: `select ${text}`, values })
}
