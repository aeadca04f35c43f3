import { createInterface } from 'node:readline'
import { createLogger, migrationsBeside, openDatabase } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { createLimitsMetrics } from '../src/metrics.ts'
import { NO_PRICES } from '../src/prices/index.ts'
import { spendLimit } from '../src/spend-limit.ts'
import { claimAsKit, outcomeOf } from './claim-as-kit.ts'
import { ASSETS, payment, type PaymentOptions } from './payments.ts'
import { rulesOf, type WrittenFile } from './written-rules.ts'

// A process of its own that claims. Its first line of input says how; every other line is a list of payments that are asked at once, and
// gets a line with their answers.

export interface ReplicaSetup {
  readonly url: string
  readonly file: WrittenFile
  readonly version: number
}

/** Amounts as text. */
export type ReplicaPayment = Omit<PaymentOptions, 'amountAtomic' | 'also'> & {
  readonly amount: string
  /** More destinations, each with the same amount. */
  readonly others?: readonly string[]
}

async function open({ url, file, version }: ReplicaSetup) {
  const log = createLogger({ level: 'silent', name: 'replica' })
  const database = await openDatabase({
    url,
    dataDir: '',
    profile: 'development',
    poolSizeMax: 8,
    migrations: [{ name: 'limits', directory: migrationsBeside(new URL('../src/limits.ts', import.meta.url).href) }],
    log,
  })
  const rule = spendLimit({
    rules: rulesOf(file, version),
    assets: ASSETS,
    addresses: { allowListed: () => undefined, ownerOf: () => undefined },
    prices: NO_PRICES,
    database,
    log,
    metrics: createLimitsMetrics(new Registry()),
    giveUpMs: 600_000,
  })
  return { database, rule }
}

async function main(): Promise<void> {
  let opened: Awaited<ReturnType<typeof open>> | undefined
  for await (const line of createInterface({ input: process.stdin })) {
    if (opened === undefined) {
      opened = await open(JSON.parse(line) as ReplicaSetup)
      process.stdout.write('[]\n')
      continue
    }
    const { database, rule } = opened
    const asked = (JSON.parse(line) as readonly ReplicaPayment[]).map(({ amount, others = [], ...options }) =>
      payment({
        ...options,
        amountAtomic: BigInt(amount),
        also: others.map((to) => ({ to, amountAtomic: BigInt(amount) })),
      }),
    )
    const judgements = await Promise.all(asked.map((question) => claimAsKit(database, rule, question)))
    process.stdout.write(`${JSON.stringify(judgements.map(outcomeOf))}\n`)
  }
  await opened?.database.close()
}

await main()
