import { resolve } from 'node:path'
import {
  acceptUnbound,
  checkCheckerConfig,
  checkerConfigShape,
  createChecker,
  type CheckerContext,
  type CheckerStart,
  type RuleSet,
} from '@callback-quorum/checker-kit'
import {
  duration,
  expecting,
  filePath,
  readConfigFile,
  type ConfigFile,
  type RunningService,
} from '@callback-quorum/service'
import { z } from 'zod'
import { limitsAdminRoutes } from './admin/limits-admin-routes.ts'
import { activateRules } from './ledger/activate-rules.ts'
import { followAddressBook } from './ledger/destinations.ts'
import { createLimitsMetrics } from './metrics.ts'
import { startMaintenance } from './maintenance.ts'
import { limitsMigrations } from './migrations.ts'
import { onPlatformEvent } from './platform-events.ts'
import { NO_PRICES, openPriceBook, pricesSchema } from './prices/index.ts'
import { readRules } from './rules/read-rules.ts'
import { spendLimit } from './spend-limit.ts'

/** An outage of prices that lasts longer is no reason to keep a caller asking. */
const GIVE_UP_DEFAULT_MS = 600_000

/** The common blocks, the file with the rules, and what they stand on. */
export const limitsConfigSchema = z.strictObject({
  ...checkerConfigShape,
  rules: filePath,
  accept_unbound: acceptUnbound,
  prices: pricesSchema.optional(),
  /** What cannot be told so long after the first asking (a price that is stale or doubtful) rejects. */
  give_up_after: duration.default(GIVE_UP_DEFAULT_MS),
  /** Whether the platform's word alone that a joint approval failed gives back what was counted. It may hold the signature all the same. */
  release_on_platform_failure: z.boolean().default(false),
  /** When the counters are counted again each day, UTC. */
  recount_at: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: expecting('a time of day in UTC', '"03:00"') })
    .default('03:00'),
})
export type LimitsConfig = z.output<typeof limitsConfigSchema>

export const readLimitsConfig = (
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ConfigFile<LimitsConfig>> => readConfigFile(path, limitsConfigSchema, env, checkCheckerConfig)

/** Starts the limits checker. Throws ConfigError for what the operator must change. */
export function startLimits(options: CheckerStart<LimitsConfig>): Promise<RunningService> {
  const { file } = options
  return createChecker({
    ...options,
    name: file.value.service_name,
    judges: 'raw',
    acceptUnbound: file.value.accept_unbound,
    migrations: [limitsMigrations],
    rules: (context) => openRules(file, context),
  })
}

async function openRules(
  { value: config, directory }: ConfigFile<LimitsConfig>,
  context: CheckerContext,
): Promise<RuleSet> {
  const { assets, addresses, database, log, clock, registry } = context
  const prices = config.prices && (await openPriceBook(config.prices, { directory, assets, log, clock, registry }))
  try {
    const sources = (config.prices?.sources ?? []).filter((source) => source.kind === 'http')
    await context.certificates.useFiles(sources.map(({ name, ca }) => ({ role: `prices ${name} ca`, path: ca })))
    const path = resolve(directory, config.rules)
    const book = prices ?? NO_PRICES
    const { rules } = await readRules(path, { assets, covers: (assetId, currency) => book.covers(assetId, currency) })
    await followAddressBook(database, addresses.allowListings, addresses.digest)
    await activateRules(database, rules, path, { assets, prices: book, log })
    const metrics = createLimitsMetrics(registry)
    const maintenance = await startMaintenance({ database, rules, assets, metrics, log, recountAt: config.recount_at })
    return {
      rules: [
        spendLimit({ rules, assets, addresses, prices: book, database, log, metrics, giveUpMs: config.give_up_after }),
      ],
      policyDigest: rules.digest,
      onEvent: onPlatformEvent({ releaseOnFailure: config.release_on_platform_failure, metrics, log }),
      parts: [maintenance, ...(prices === undefined ? [] : [prices])],
      adminRoutes: limitsAdminRoutes({
        rules,
        assets,
        addresses,
        prices: book,
        database,
        callers: context.callers,
        metrics,
        log,
      }),
    }
  } catch (error) {
    await prices?.stop()
    throw error
  }
}
