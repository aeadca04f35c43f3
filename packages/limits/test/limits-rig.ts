import { canonicalizeAddress, createAssetRegistry, STARTER_ASSETS, type Asset } from '@callback-quorum/chains'
import type { Judgement, Question, Rule } from '@callback-quorum/checker-kit'
import { businessKey, digestOf } from '@callback-quorum/protocol'
import { createTestDatabase, migrationsBeside, type Database, type TestDatabase } from '@callback-quorum/service'
import { inject } from 'vitest'
import { spendLimit, type LimitRule } from '../src/index.ts'

const MIGRATIONS = [{ name: 'limits', directory: migrationsBeside(new URL('../src/limits.ts', import.meta.url).href) }]

export const ASSETS = createAssetRegistry(STARTER_ASSETS)
export const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'

export function assetOf(id: string): Asset {
  const asset = ASSETS.asset(id)
  if (asset === undefined) throw new Error(`no asset ${id}`)
  return asset
}

/** A rule of the file, with the defaults that its schema gives. */
export function limitRule(
  rule: Partial<Omit<LimitRule, 'match'>> & { readonly match?: Partial<LimitRule['match']> },
): LimitRule {
  const { match, ...rest } = rule
  return {
    id: 'limit',
    window: 'tx',
    per: ['wallet', 'asset'],
    limit: '1000',
    ...rest,
    match: { organisation: '*', wallet: '*', asset: '*', initiator: '*', ...match },
  }
}

export interface PaymentOptions {
  readonly id?: string
  readonly amountAtomic: bigint
  readonly asset?: string
  readonly wallet?: string
  readonly to?: string
  readonly initiator?: string
}

let counter = 0

export function payment({
  id = `tx-${String((counter += 1))}`,
  amountAtomic,
  asset: assetId = 'USDT-ETHEREUM',
  wallet = 'hot-1',
  to = CUSTOMER,
  initiator,
}: PaymentOptions): Question {
  const asset = assetOf(assetId)
  const { family, network } = asset.chain
  return {
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
    totalAtomic: amountAtomic,
    outputs: [{ addressText: to, address: canonicalizeAddress(family, network, to), amountAtomic, own: false }],
    signingHashes: ['00'],
    contentDigest: digestOf(Buffer.from(`${id} ${String(amountAtomic)}`)),
    ...(initiator === undefined ? {} : { initiator: { id: initiator } }),
  }
}

export interface LimitsRig {
  readonly testDatabase: TestDatabase
  readonly database: Database
  /** Claims as checker-kit does: in a transaction, rolled back when the rule says no. */
  claim(rules: readonly LimitRule[], question: Question): Promise<Judgement>
  release(question: Question): Promise<void>
  /** Used amounts by rule and dimensions, atomic. */
  used(): Promise<readonly string[]>
}

class SaidNo extends Error {
  readonly judgement: Judgement
  constructor(judgement: Judgement) {
    super('rolled back')
    this.judgement = judgement
  }
}

export async function startLimitsRig(): Promise<LimitsRig> {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS, { clock: 'fixed' })
  const database = await testDatabase.open({ poolSizeMax: 16 })
  const ruleOf = (rules: readonly LimitRule[]): Required<Pick<Rule, 'claim' | 'release'>> => {
    const { claim, release } = spendLimit(rules)
    if (claim === undefined || release === undefined) throw new Error('spend-limit claims and releases')
    return { claim, release }
  }
  return {
    testDatabase,
    database,
    claim: (rules, question) =>
      database
        .transaction(async (tx) => {
          const now = await tx.clockNow()
          const judgement = await ruleOf(rules).claim(question, tx, { now, firstAskedAt: now, alreadyClaimed: false })
          if (judgement.outcome !== 'approve') throw new SaidNo(judgement)
          return judgement
        })
        .catch((error: unknown) => {
          if (error instanceof SaidNo) return error.judgement
          throw error
        }),
    release: (question) => database.transaction((tx) => ruleOf([]).release(question.businessKey, tx)),
    used: async () => {
      const rows = await database.query<{ line: string }>({
        text: `select rule_id || ' ' || used as line from counter order by rule_id, dimensions`,
      })
      return rows.map(({ line }) => line)
    },
  }
}

/** `approve`, or the codes of the objections. */
export const outcomeOf = (judgement: Judgement): string =>
  judgement.outcome === 'reject' ? judgement.objections.map(({ code }) => code).join(' ') : judgement.outcome
