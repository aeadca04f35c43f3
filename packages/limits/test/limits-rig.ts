import { createHash } from 'node:crypto'
import { canonicalizeAddress, createAssetRegistry, STARTER_ASSETS, type Asset } from '@callback-quorum/chains'
import type { ClaimContext, Judgement, Question, Rule } from '@callback-quorum/checker-kit'
import { businessKey, digestOf, type BusinessKey } from '@callback-quorum/protocol'
import { createLogger, createTestDatabase, migrationsBeside, type Database, type TestDatabase, type Transaction } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { inject } from 'vitest'
import type { z } from 'zod'
import { activateRules } from '../src/ledger/activate-rules.ts'
import { createLimitsMetrics, type LimitsMetrics } from '../src/metrics.ts'
import { NO_PRICES, type PriceBook } from '../src/prices/index.ts'
import { compileRules } from '../src/rules/compile-rules.ts'
import { lintRules } from '../src/rules/lint-rules.ts'
import type { Rules } from '../src/rules/rule.ts'
import { rulesSchema } from '../src/rules/rules-schema.ts'
import { spendLimit } from '../src/spend-limit.ts'

export const MIGRATIONS = [
  { name: 'limits', directory: migrationsBeside(new URL('../src/limits.ts', import.meta.url).href) },
]
export const ASSETS = createAssetRegistry(STARTER_ASSETS)
export const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
export const OTHER = '0x0f76f604fd7762bd94b48ca2523f69ab9665c97f'
export const LOG = createLogger({ level: 'silent', name: 'rig' })

export function assetOf(id: string): Asset {
  const asset = ASSETS.asset(id)
  if (asset === undefined) throw new Error(`no asset ${id}`)
  return asset
}

/** Rules as an operator writes them, without the version, which every change of them raises here. */
export type WrittenFile = Omit<z.input<typeof rulesSchema>, 'version'>
export type WrittenRule = WrittenFile['rules'][number]

/** Compiles rules that have no problem; the digest is that of their content. */
export function rulesOf(file: WrittenFile, version: number, prices: PriceBook = NO_PRICES): Rules {
  const parsed = rulesSchema.parse({ version, ...file })
  const problems = lintRules(parsed, { assets: ASSETS, covers: (asset, currency) => prices.covers(asset, currency) })
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  return compileRules(parsed, createHash('sha256').update(JSON.stringify(parsed)).digest('hex'), ASSETS)
}

export interface PaymentOptions {
  readonly id?: string
  readonly amountAtomic: bigint
  readonly asset?: string
  readonly wallet?: string
  readonly to?: string
  readonly tag?: string
  readonly initiator?: string
  /** More destinations, with their amounts. */
  readonly also?: readonly { readonly to: string; readonly amountAtomic: bigint }[]
  /** As bound by the bytes: what it uses up on its chain. */
  readonly slots?: readonly string[]
}

let counter = 0

export function payment(options: PaymentOptions): Question {
  const { id = `tx-${String((counter += 1))}`, amountAtomic, wallet = 'hot-1', to = CUSTOMER, tag, also = [] } = options
  const asset = assetOf(options.asset ?? 'USDT-ETHEREUM')
  const { family, network } = asset.chain
  const outputs = [{ to, amountAtomic }, ...also].map((output) => ({
    addressText: output.to,
    address: canonicalizeAddress(family, network, output.to),
    amountAtomic: output.amountAtomic,
    own: false,
    ...(tag !== undefined && { tag }),
  }))
  const totalAtomic = outputs.reduce((sum, output) => sum + output.amountAtomic, 0n)
  const question: Question = {
    caller: 'node',
    platform: 'cobo',
    dialect: 'cobo-v2',
    kind: 'keysign',
    requestId: `request-${id}`,
    digest: digestOf(Buffer.from(id)),
    organisation: 'acme',
    businessKey: businessKey('cobo', 'acme', id),
    transactionId: id,
    operation: 'transfer',
    wallet,
    chain: asset.chain,
    asset,
    sources: [],
    totalAtomic,
    outputs,
    signingHashes: ['00'],
    contentDigest: digestOf(Buffer.from(`${id} ${String(totalAtomic)}`)),
    ...(options.initiator === undefined ? {} : { initiator: { id: options.initiator } }),
  }
  return options.slots === undefined ? question : bound(question, options.slots)
}

/** The same payment as if its bytes had been decoded and agreed. */
function bound(question: Question, slots: readonly string[]): Question {
  const { asset } = question
  if (asset === undefined) throw new Error('a payment has an asset')
  return {
    ...question,
    binding: {
      decoded: { form: 'evm-1559', toSign: [{ hash: '00', scheme: 'ecdsa' }], effects: [], fee: { maxAtomic: 21_000n, isProven: true } },
      outflows: question.outputs.flatMap(({ address, addressText, amountAtomic }) =>
        address === undefined || amountAtomic === undefined
          ? []
          : [{ effect: 'transfer' as const, asset, holding: { kind: 'coin' as const }, to: { key: address.key, text: addressText }, amountAtomic, isUnlimited: false, own: false, at: 'transaction' }],
      ),
      isOwn: () => false,
      slots,
    },
  }
}

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

class SaidNo extends Error {
  readonly judgement: Judgement
  constructor(judgement: Judgement) {
    super('rolled back')
    this.judgement = judgement
  }
}

export async function startLimitsRig({ prices = NO_PRICES, listed = new Set(), giveUpMs = 600_000 }: RigOptions = {}): Promise<LimitsRig> {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS, { clock: 'fixed' })
  const database = await testDatabase.open({ poolSizeMax: 16 })
  const registry = new Registry()
  const metrics = createLimitsMetrics(registry)
  const addresses = {
    allowListed: (key: string, chainId: string, tag?: string) =>
      listed.has([chainId, key, ...(tag === undefined ? [] : [tag])].join('\n')) ? { whitelistedAt: new Date(0) } : undefined,
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
  const claimBy = async (rule: Rule, question: Question, context: Partial<ClaimContext> = {}): Promise<Judgement> => {
    const judge = rule.judge?.bind(rule)
    const now = new Date()
    if (judge !== undefined)
      await judge(question, { signal: AbortSignal.timeout(10_000), leftMs: 10_000, now, firstAskedAt: now })
    return database
      .transaction(async (tx) => {
        const read = await tx.clockNow()
        const judgement = await rule.claim?.(question, tx, { now: read, firstAskedAt: read, alreadyClaimed: false, ...context })
        if (judgement === undefined) throw new Error('spend-limit claims')
        if (judgement.outcome !== 'approve') throw new SaidNo(judgement)
        return judgement
      })
      .catch((error: unknown) => {
        if (error instanceof SaidNo) return error.judgement
        throw error
      })
  }
  const rig: LimitsRig = {
    testDatabase,
    database,
    metrics,
    registry,
    use,
    claimBy,
    claim: async (rules, question, context) => claimBy(await use({ rules: [...rules] }), question, context),
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

/** `approve`, `unable` with its code, or the codes of the objections. */
export function outcomeOf(judgement: Judgement): string {
  if (judgement.outcome === 'unable') return `unable ${judgement.code}`
  return judgement.outcome === 'reject' ? judgement.objections.map(({ code }) => code).join(' ') : judgement.outcome
}
