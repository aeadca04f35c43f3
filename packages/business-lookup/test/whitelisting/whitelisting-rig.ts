import { canonicalizeAddress, ChainsFault, type Asset, type CanonicalAddress } from '@callback-quorum/chains'
import type { ConfigChange, Judgement, Question, Rule } from '@callback-quorum/checker-kit'
import { businessKey, digestOf } from '@callback-quorum/protocol'
import { createMetricsRegistry, type Database } from '@callback-quorum/service'
import type { Connector } from '../../src/index.ts'
import { createLookupMetrics } from '../../src/metrics.ts'
import { knownWhitelisting } from '../../src/whitelisting/known-whitelisting.ts'
import { whitelistingSchema, type WhitelistingConfig } from '../../src/whitelisting/whitelisting-config.ts'
import { ASSETS, CUSTOMER } from '../lookup-rig.ts'

export const WALLET = '5cfa6a2e-5f0c-4f2b-a0f5-1f4c8a0b9d11'
export const NOW = new Date('2026-11-21T12:00:00Z')
const ASSET_CODES = { 'USDT-ERC20': 'USDT-ETHEREUM', ETH: 'ETH', POL: 'POL', XRP: 'XRP', BTC: 'BTC' }

/** The block as an operator writes it for the table that the tests make. */
export const block = (more: object = {}): WhitelistingConfig =>
  whitelistingSchema.parse({
    query:
      'select wallet_id, state, asset, address, memo, valid_until from whitelisting where wallet_id = $1 order by asset limit 2',
    map: {
      reference: { at: 'wallet_id' },
      status: { at: 'state' },
      asset: { at: 'asset' },
      destination: { at: 'address' },
      tag: { at: 'memo' },
      expires_at: { at: 'valid_until' },
    },
    compare: { status: { in: ['approved'] } },
    ...more,
  })

export function ruleOf(connector: Connector, whitelisting: WhitelistingConfig | undefined = block()): Rule {
  const rules = { asset_codes: ASSET_CODES, not_found: { retry_for: 15_000 }, give_up_after: 600_000, whitelisting }
  const metrics = createLookupMetrics(createMetricsRegistry('whitelisting'))
  return knownWhitelisting({ rules, connector, assets: ASSETS, metrics })
}

export async function judge(rule: Rule, question: Question, askedAgoMs = 0): Promise<Judgement> {
  if (rule.judge === undefined) throw new Error('the rule judges')
  const firstAskedAt = new Date(NOW.getTime() - askedAgoMs)
  return rule.judge(question, { signal: AbortSignal.timeout(5_000), leftMs: 5_000, now: NOW, firstAskedAt })
}

/** Judges and claims as checker-kit does; what is refused is rolled back. */
export async function claim(database: Database, rule: Rule, question: Question): Promise<Judgement> {
  const judged = await judge(rule, question)
  const take = rule.claim
  if (judged.outcome !== 'approve' || take === undefined) return judged
  return database.transaction(async (tx) => {
    await tx.query({ text: 'savepoint claims' })
    const said = await take(question, tx, { now: NOW, firstAskedAt: NOW, alreadyClaimed: false })
    if (said.outcome !== 'approve') await tx.query({ text: 'rollback to savepoint claims' })
    return said
  })
}

export interface Asked {
  readonly id?: string
  readonly walletId?: string
  readonly asset?: string
  readonly address?: string
  readonly tag?: string
}

function read({ chain }: Asset, text: string): CanonicalAddress | undefined {
  try {
    return canonicalizeAddress(chain.family, chain.network, text)
  } catch (error) {
    if (error instanceof ChainsFault) return undefined
    throw error
  }
}

export function change(configChange: ConfigChange | undefined, id: string, more: Partial<Question> = {}): Question {
  const transactionId = `config-change/${id}`
  return {
    caller: 'cosigner-1',
    platform: 'fireblocks',
    dialect: 'fireblocks-jwt',
    kind: 'config-change',
    requestId: id,
    signerId: 'user-1',
    digest: digestOf(Buffer.from(id)),
    organisation: 'acme',
    businessKey: businessKey('fireblocks', 'acme', transactionId),
    transactionId,
    operation: 'config-change',
    sources: [],
    outputs: [],
    signingHashes: [],
    contentDigest: digestOf(Buffer.from(id)),
    ...(configChange === undefined ? {} : { configChange }),
    ...more,
  }
}

/** A request to whitelist CUSTOMER into WALLET, described as checker-kit does it. */
export function whitelisting({
  id = 'r-1',
  walletId = WALLET,
  asset: assetId = 'ETH',
  address: addressText = CUSTOMER,
  tag,
}: Asked = {}): Question {
  const asset = ASSETS.asset(assetId)
  if (asset === undefined) throw new Error(`no asset ${assetId}`)
  const address = read(asset, addressText)
  const output = {
    addressText,
    own: false,
    ...(address === undefined ? {} : { address }),
    ...(tag === undefined ? {} : { tag }),
  }
  const configChange = { type: 'UNMANAGED_WALLET', subType: 'EXTERNAL', walletId, addresses: [] } as const
  return change(configChange, id, { asset, chain: asset.chain, outputs: [output] })
}
