import { randomBytes } from 'node:crypto'
import { canonicalizeAddress, createAssetRegistry, STARTER_ASSETS } from '@callback-quorum/chains'
import type { Judgement, Question } from '@callback-quorum/checker-kit'
import { businessKey, digestOf } from '@callback-quorum/protocol'
import {
  createLogger,
  createMetricsRegistry,
  createTestDatabase,
  migrationsBeside,
  type Database,
  type TestDatabase,
} from '@callback-quorum/service'
import { inject } from 'vitest'
import { knownPayment, type BusinessLookupConfig, type Connector } from '../src/index.ts'
import { createSqlConnector } from '../src/connectors/sql/sql-connector.ts'
import { createLookupMetrics } from '../src/metrics.ts'
import { createReferenceReader } from '../src/reference.ts'

const MIGRATIONS = [
  { name: 'business-lookup', directory: migrationsBeside(new URL('../src/business-lookup.ts', import.meta.url).href) },
]
export const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
export const ASSETS = createAssetRegistry(STARTER_ASSETS)
const NOW = new Date('2026-11-21T12:00:00Z')

export const QUERY =
  'select reference, state, asset, amount, address, memo, valid_until from withdrawal where reference = $1 limit 2'

export const settings = (
  url: string,
  query = QUERY,
): Pick<
  BusinessLookupConfig,
  'reference' | 'connector' | 'map' | 'asset_codes' | 'compare' | 'not_found' | 'give_up_after'
> => ({
  reference: { from: ['reference', 'description'], pattern: '^WD-[0-9]{1,8}$' },
  connector: { kind: 'sql', database_url: url, query, params: ['reference'], statement_timeout: 500 },
  map: {
    reference: { at: 'reference' },
    status: { at: 'state' },
    asset: { at: 'asset' },
    amount: { at: 'amount' },
    destination: { at: 'address' },
    tag: { at: 'memo' },
    expires_at: { at: 'valid_until' },
  },
  asset_codes: { 'USDT-ERC20': 'USDT-ETHEREUM', 'USDT-TRC20': 'USDT-TRON', ETH: 'ETH', XRP: 'XRP', BCH: 'BCH' },
  compare: { status: { in: ['approved', 'ready'] } },
  not_found: { retry_for: 15_000 },
  give_up_after: 600_000,
})

export interface Row {
  readonly reference?: string
  readonly state?: string
  readonly asset?: string
  /** SQL, so that a type can be chosen. */
  readonly amount?: string
  readonly address?: string
  readonly memo?: string | null
  readonly validUntil?: string | null
}

export interface LookupRig {
  readonly business: TestDatabase
  readonly database: Database
  add(row: Row): Promise<void>
  judge(
    question: Question,
    options?: {
      readonly firstAskedAgoMs?: number
      readonly query?: string
      readonly connector?: Connector
      readonly pattern?: string
      readonly rules?: Partial<Pick<BusinessLookupConfig, 'map' | 'compare'>>
    },
  ): Promise<Judgement>
  /** Judges first: only what was compared can be claimed. */
  claim(question: Question): Promise<Judgement>
  release(question: Question): Promise<void>
  close(): Promise<void>
}

/** The rule on its own database, and a business system in another one. */
export async function startLookupRig(): Promise<LookupRig> {
  const business = await createTestDatabase(inject('postgresUrl'), [])
  const own = await createTestDatabase(inject('postgresUrl'), MIGRATIONS)
  const database = await own.open({ poolSizeMax: 16 })
  const payouts = await business.open()
  await payouts.query({
    text: 'create table withdrawal (reference text, state text, asset text, amount text, address text, memo text, valid_until text)',
  })
  const log = createLogger({ level: 'silent', name: 'rig' })
  const connectors: Connector[] = []
  const ruleOf = (
    query?: string,
    connector?: Connector,
    pattern = '^WD-[0-9]{1,8}$',
    rules: Partial<Pick<BusinessLookupConfig, 'map' | 'compare'>> = {},
  ) => {
    const base = { ...settings(business.url, query), ...rules }
    const readReference = createReferenceReader({ ...base.reference, pattern })
    const made = connector ?? createSqlConnector(base, log)
    connectors.push(made)
    const metrics = createLookupMetrics(createMetricsRegistry('rig'))
    const rule = knownPayment({ rules: base, readReference, connector: made, assets: ASSETS, metrics })
    if (rule.judge === undefined || rule.claim === undefined || rule.release === undefined)
      throw new Error('known-payment judges, claims and releases')
    return { judge: rule.judge.bind(rule), claim: rule.claim.bind(rule), release: rule.release.bind(rule) }
  }
  const shared = ruleOf()
  return {
    business,
    database,
    add: async ({
      reference = 'WD-1',
      state = 'approved',
      asset = 'ETH',
      amount = '1.5',
      address = CUSTOMER,
      memo = null,
      validUntil = '2026-11-21 13:00:00+00',
    }) => {
      await payouts.query({
        text: 'insert into withdrawal values ($1, $2, $3, $4, $5, $6, $7)',
        values: [reference, state, asset, amount, address, memo, validUntil],
      })
    },
    judge: (question, { firstAskedAgoMs = 0, query, connector, pattern, rules } = {}) => {
      const isShared = query === undefined && connector === undefined && rules === undefined
      return (isShared ? shared : ruleOf(query, connector, pattern, rules)).judge(question, {
        signal: AbortSignal.timeout(5_000),
        leftMs: 5_000,
        now: NOW,
        firstAskedAt: new Date(NOW.getTime() - firstAskedAgoMs),
      })
    },
    claim: async (question) => {
      const times = { now: NOW, firstAskedAt: NOW }
      const judged = await shared.judge(question, { ...times, signal: AbortSignal.timeout(5_000), leftMs: 5_000 })
      if (judged.outcome !== 'approve') return judged
      return database.transaction((tx) => shared.claim(question, tx, { ...times, alreadyClaimed: false }))
    },
    release: (question) => database.transaction((tx) => shared.release(question.businessKey, tx)),
    close: async () => {
      await Promise.all(connectors.map((connector) => connector.close()))
      await own.drop()
      await business.drop()
    },
  }
}

export interface PaymentOptions {
  readonly id?: string
  readonly reference?: string | null
  readonly description?: string
  readonly asset?: string
  readonly amountAtomic?: bigint
  readonly to?: string
  readonly tag?: string
}

export function payment({
  id = randomBytes(6).toString('hex'),
  reference = 'WD-1',
  description,
  asset: assetId = 'ETH',
  amountAtomic = 1_500_000_000_000_000_000n,
  to = CUSTOMER,
  tag,
}: PaymentOptions = {}): Question {
  const asset = ASSETS.asset(assetId)
  if (asset === undefined) throw new Error(`no asset ${assetId}`)
  return {
    caller: 'node',
    platform: 'cobo',
    dialect: 'cobo-v2',
    kind: 'keysign',
    requestId: id,
    digest: digestOf(Buffer.from(id)),
    organisation: 'acme',
    businessKey: businessKey('cobo', 'acme', id),
    transactionId: id,
    operation: 'transfer',
    wallet: 'hot-1',
    chain: asset.chain,
    asset,
    sources: [],
    totalAtomic: amountAtomic,
    outputs: [
      {
        addressText: to,
        address: canonicalizeAddress(asset.chain.family, asset.chain.network, to),
        amountAtomic,
        own: false,
        ...(tag === undefined ? {} : { tag }),
      },
    ],
    signingHashes: ['00'],
    contentDigest: digestOf(Buffer.from(id)),
    ...(reference === null ? {} : { reference }),
    ...(description === undefined ? {} : { description }),
  }
}

export const outcomeOf = (judgement: Judgement): string =>
  judgement.outcome === 'reject'
    ? judgement.objections.map(({ code }) => code).join(' ')
    : judgement.outcome === 'unable'
      ? `unable ${judgement.code}`
      : 'approve'
