import type { CheckerContext, Rule, RuleSet } from '@callback-quorum/checker-kit'
import { listRoutes } from './admin/list-routes.ts'
import type { SanctionsConfig } from './config.ts'
import { createDesk } from './desk/create-desk.ts'
import { createFindBookEntries } from './history/book-entries.ts'
import { createHistoryMetrics } from './history/history-metrics.ts'
import { historyRoutes } from './history/history-routes.ts'
import { createLookback } from './history/lookback.ts'
import { rememberScreened } from './history/remember-screened.ts'
import { standingOf } from './list/list-reader.ts'
import { openSources, removalPolicyOf, type OpenSources } from './open-sources.ts'
import { replayRoute } from './replay/replay-route.ts'
import { listedAddress } from './rules/listed-address.ts'
import type { ScreeningPolicy } from './rules/screening-policy.ts'
import { createKnownBook } from './similar/known-book.ts'
import { createLookAlikeMetrics } from './similar/look-alike-metrics.ts'
import { lookAlike } from './similar/look-alike.ts'
import { openVendors, type OpenVendors } from './vendors/open-vendors.ts'
import { vendorRisk } from './vendors/vendor-risk.ts'
import { createVersionActions } from './versions/create-version-actions.ts'

export interface SanctionsRulesOptions extends Pick<
  CheckerContext,
  'directory' | 'database' | 'log' | 'registry' | 'assets' | 'addresses' | 'clock'
> {
  readonly config: Pick<
    SanctionsConfig,
    'profile' | 'lists' | 'same_key' | 'address_checksum' | 'vendors' | 'look_alikes'
  >
  /** Where lists lie on their way into the database; default: the folder for temporary files. */
  readonly dataDir?: string
  /** How often files and the database are looked at; for tests. */
  readonly pollIntervalMs?: number
}

/** Fits createChecker's RuleSet as it is. */
export interface SanctionsRules extends RuleSet {
  /** `source@version` of every list, the version being the first 16 digits of the file's SHA-256; `none` for one not loaded. */
  dataVersion(): string
  /** Every list is loaded, fresh and compared with the database, by the database's time. */
  ready(): boolean
  notReady(): Promise<readonly string[]>
  stop(): Promise<void>
}

const VERSION_DIGITS = 16

/** Loads the lists, keeps them up to date, and gives the rules that stand on them. A list that cannot be loaded leaves the service not ready. */
export async function createSanctionsRules(options: SanctionsRulesOptions): Promise<SanctionsRules> {
  const { config, database, log, registry, assets, addresses } = options
  const findBookEntries = createFindBookEntries({ addresses, assets })
  const historyMetrics = createHistoryMetrics(
    registry,
    config.lists.map(({ source }) => source),
  )
  const lookback = createLookback({ database, log, metrics: historyMetrics, findBookEntries })
  const vendors = await openVendors({ ...options, vendors: config.vendors })
  let lists: OpenSources
  try {
    lists = await openSources({ ...options, onActivated: (activated) => lookback.onActivated(activated) })
  } catch (error) {
    await vendors.stop()
    throw error
  }
  const { sources, time } = lists
  const gaps = (): readonly string[] =>
    sources.flatMap((source) => {
      const standing = standingOf(source, time.nowMs())
      return standing.state === 'fresh' ? [] : [standing.why]
    })
  const stop = async (): Promise<void> => {
    await lookback.stop()
    await lists.stop()
    await vendors.stop()
  }
  const policy = screeningPolicyOf(config)
  const removalPolicies = new Map(config.lists.map((entry) => [entry.source, removalPolicyOf(entry)]))
  const versions = createVersionActions((source) => removalPolicies.get(source))
  const desk = createDesk({ database, log, registry, assets, lists: sources, policy, versions })
  return {
    rules: [listedAddress({ lists: sources, ...policy, desk: desk.context }), ...otherRules(options, vendors)],
    dataVersion: () =>
      sources
        .map((source) => `${source.name}@${source.active()?.index.versionSha.slice(0, VERSION_DIGITS) ?? 'none'}`)
        .join(','),
    ready: () => gaps().length === 0,
    notReady: () => Promise.resolve(gaps()),
    stop,
    parts: [{ name: 'sanctions lists', stop }],
    adminRoutes: [
      ...listRoutes({ sources, database, time, assets, log }),
      ...desk.adminRoutes,
      ...historyRoutes({ database, assets, lists: sources }),
      replayRoute({ database, formats: lists.formats, directory: lists.spool }),
    ],
  }
}

const screeningPolicyOf = ({
  same_key,
  address_checksum,
  lists,
}: SanctionsRulesOptions['config']): ScreeningPolicy => ({
  sameKey: same_key,
  addressChecksum: address_checksum,
  reportOnlyListIds: new Map(lists.map(({ source, report_only_list_ids }) => [source, report_only_list_ids])),
})

function otherRules(
  { config, database, log, registry, assets, addresses }: SanctionsRulesOptions,
  { vendors }: OpenVendors,
): readonly Rule[] {
  const similar = lookAlike({
    config: config.look_alikes,
    book: createKnownBook({ addresses, assets }),
    database,
    metrics: createLookAlikeMetrics(registry),
    log,
  })
  return [similar, ...(vendors.length === 0 ? [] : [vendorRisk({ vendors, addresses })]), rememberScreened]
}
