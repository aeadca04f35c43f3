import { createHash, randomUUID } from 'node:crypto'
import { createAssetRegistry, STARTER_ASSETS } from '@callback-quorum/chains'
import { businessKey } from '@callback-quorum/protocol'
import { createLogger, openDatabase, type Database, type MigrationSet } from '@callback-quorum/service'
import { chargesOf } from '../../packages/limits/src/charges.ts'
import type { Facts } from '../../packages/limits/src/facts/facts.ts'
import { activateRules } from '../../packages/limits/src/ledger/activate-rules.ts'
import { chargesJson, decide } from '../../packages/limits/src/ledger/decide.ts'
import { NO_PRICES } from '../../packages/limits/src/prices/index.ts'
import { compileRules } from '../../packages/limits/src/rules/compile-rules.ts'
import type { Rules } from '../../packages/limits/src/rules/rule.ts'
import { rulesSchema } from '../../packages/limits/src/rules/rules-schema.ts'
import type { WrittenRule } from '../../packages/limits/test/limits-rig.ts'
import type { PgbenchRun } from './reservations-pgbench.ts'

const LIMITS: MigrationSet = {
  name: 'limits',
  directory: new URL('../../packages/limits/migrations/', import.meta.url),
}
const ASSETS = createAssetRegistry(STARTER_ASSETS)
const ASSET = 'USDT-ETHEREUM'
/** Nothing in a run comes near it: a refusal would be a figure of something else. */
const LIMIT = '1000000000000'
/** Stands for the number of the wallet where the text is made for pgbench. */
const WALLET_MARK = '#'

/** One rolling rule, one counter for each wallet. */
export const ONE_RULE: readonly WrittenRule[] = [{ id: 'day', window: { rolling: '24h' }, limit: LIMIT }]

/** Rules of every window that match each wallet, and others that match none of them. */
export function manyRules(matching: number, others: number): readonly WrittenRule[] {
  const windows = [
    { rolling: '24h' },
    { calendar: 'day' as const, tz: 'Europe/Berlin' },
    { rolling: '168h' },
    'tx' as const,
  ]
  const windowOf = (index: number): WrittenRule['window'] => windows[index % windows.length]
  const rule = (index: number): WrittenRule => ({ id: `rule-${index}`, window: windowOf(index), limit: LIMIT })
  return Array.from({ length: matching + others }, (_, index) =>
    index < matching ? rule(index) : { ...rule(index), match: { wallet: [`other-${index}`] } },
  )
}

export function rulesOf(rules: readonly WrittenRule[]): Rules {
  const parsed = rulesSchema.parse({ version: 1, rules: [...rules] })
  return compileRules(parsed, createHash('sha256').update(JSON.stringify(parsed)).digest('hex'), ASSETS)
}

/** The limits checker's database at `url`, migrated, with these rules counting. */
export async function openCase(url: string, rules: Rules, connections: number): Promise<Database> {
  const log = createLogger({ level: 'silent', name: 'bench' })
  const database = await openDatabase({
    url,
    dataDir: '',
    profile: 'production',
    poolSizeMax: connections,
    migrations: [LIMITS],
    log,
  })
  await activateRules(database, rules, 'bench', { assets: ASSETS, prices: NO_PRICES, log })
  return database
}

export const factsOf = (wallet: string): Facts => ({
  organisation: 'acme',
  caller: 'node',
  wallet,
  initiator: 'treasury-api-key',
  operation: 'transfer',
  transaction_id: 'e1d0c6a4-64f6-4d0b-9f6e-5a1f0c7b2d10',
  bound: true,
  parts: [
    {
      asset: ASSET,
      destination: 'key20:8b45b84e2cf29e5f826797df7e1aa93fc71a2bfd',
      listed: false,
      amount: '1000000',
      fee: false,
    },
    { asset: 'ETH', listed: false, amount: '2821290000000000', fee: true },
  ],
  prices: [],
})

function chargesFor(rules: Rules, facts: Facts): ReturnType<typeof chargesOf>['charges'] {
  const { charges } = chargesOf(rules, facts, {
    assets: ASSETS,
    price: () => ({ result: 'missing', text: 'no prices' }),
  })
  return charges
}

/** What the checker does from facts to a decision, for a payment that was never asked before. */
export async function decideOnce(database: Database, rules: Rules, wallet: number): Promise<void> {
  const facts = factsOf(`wallet-${wallet}`)
  const { outcome } = await decide(database, {
    businessKey: businessKey('cobo', 'acme', randomUUID()),
    rulesDigest: rules.digest,
    facts,
    charges: chargesFor(rules, facts),
    gates: [],
    slots: [],
  })
  if (outcome !== 'reserved') throw new Error(`${outcome}: the figure would be about something else`)
}

/** One decision on each counter of wallets 1 to `wallets`, so that none is made while something is measured. */
export async function touchCounters(database: Database, rules: Rules, wallets: number): Promise<void> {
  for (let wallet = 1; wallet <= wallets; wallet++) await decideOnce(database, rules, wallet)
  await database.query({ text: 'analyze' })
}

/** The same call in pgbench's language, over the counters of wallets 1 to `wallets`; with a slot (a nonce) that no other call has, if wanted. */
export function pgbenchScript(
  rules: Rules,
  wallets: number,
  hasSlot = false,
): Pick<PgbenchRun, 'script' | 'variables'> {
  const facts = factsOf(`wallet-${WALLET_MARK}`)
  const ofWallet = (variable: string): string => `replace(:${variable}, '${WALLET_MARK}', :wallet::text)::jsonb`
  const id = ":id::text || '-' || :client_id::text"
  return {
    // The business key is random, as the platforms' ids are: neighbours in time are no neighbours in the indexes.
    script: [
      `\\set wallet random(1, ${wallets})`,
      '\\set id random(1, 9000000000000000000)',
      `select limits_decide(:key || ${id}, :rules, ${ofWallet('facts')}, ${ofWallet('charges')}, '[]', ${hasSlot ? `array['nonce ' || ${id}]` : "'{}'"});`,
      '',
    ].join('\n'),
    variables: {
      key: businessKey('cobo', 'acme', 'bench-'),
      rules: rules.digest,
      facts: JSON.stringify(facts),
      charges: chargesJson(chargesFor(rules, facts)),
    },
  }
}
