import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CheckerContext, RuleSet } from '@callback-quorum/checker-kit'
import { listRoutes } from './admin/list-routes.ts'
import { isStarterAllowed, maxAgeOf, type SanctionsConfig } from './config.ts'
import { formatOptionsOf, gateLimitsOf, type ListEntry } from './list-entry.ts'
import { standingOf } from './list/list-reader.ts'
import { createSanctionsMetrics, type SanctionsMetrics } from './metrics.ts'
import { openDelivery } from './open-delivery.ts'
import { listedAddress } from './rules/listed-address.ts'
import { DatabaseTime } from './versions/database-time.ts'
import { ListSource } from './versions/list-source.ts'
import type { RemovalPolicy } from './versions/removals-of.ts'

export interface SanctionsRulesOptions extends Pick<
  CheckerContext,
  'directory' | 'database' | 'log' | 'registry' | 'assets'
> {
  readonly config: Pick<SanctionsConfig, 'profile' | 'lists' | 'same_key' | 'address_checksum'>
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
  readonly sources: readonly ListSource[]
  stop(): Promise<void>
}

const VERSION_DIGITS = 16

/** Loads the lists, keeps them up to date, and gives the rules that stand on them. A list that cannot be loaded leaves the service not ready. */
export async function createSanctionsRules(options: SanctionsRulesOptions): Promise<SanctionsRules> {
  const { config, registry, database, assets, log } = options
  const time = new DatabaseTime()
  const spool = await mkdtemp(join(tmpdir(), 'callback-quorum-lists-'))
  const sources: ListSource[] = []
  const metrics = createSanctionsMetrics(
    registry,
    () => sources,
    () => time.nowMs(),
  )
  const stop = async (): Promise<void> => {
    await Promise.all(sources.map((source) => source.stop()))
    await rm(spool, { recursive: true, force: true })
  }
  try {
    for (const entry of config.lists) sources.push(await openSource(entry, options, { time, spool, metrics }))
    // Those that others are compared with come first.
    const isCompared = ({ source }: ListEntry): boolean =>
      config.lists.some(({ gates }) => gates.cross_check?.source === source)
    for (const isFirst of [true, false])
      await Promise.all(
        sources.flatMap((source, position) => {
          const entry = config.lists[position]
          return entry !== undefined && isCompared(entry) === isFirst ? [source.start()] : []
        }),
      )
  } catch (error) {
    await stop()
    throw error
  }

  const gaps = (): readonly string[] =>
    sources.flatMap((source) => {
      const standing = standingOf(source, time.nowMs())
      return standing.state === 'fresh' ? [] : [standing.why]
    })
  return {
    rules: [listedAddress({ lists: sources, sameKey: config.same_key, addressChecksum: config.address_checksum })],
    dataVersion: () =>
      sources
        .map((source) => `${source.name}@${source.active()?.index.versionSha.slice(0, VERSION_DIGITS) ?? 'none'}`)
        .join(','),
    ready: () => gaps().length === 0,
    notReady: () => Promise.resolve(gaps()),
    sources,
    stop,
    parts: [{ name: 'sanctions lists', stop }],
    adminRoutes: listRoutes({ sources, database, time, assets, log }),
  }
}

/** What a list lets go of, by its configuration. */
export const removalPolicyOf = ({ delisting_hold, report_only_list_ids }: ListEntry): RemovalPolicy => ({
  delistingHold: delisting_hold,
  reportOnlyListIds: new Set(report_only_list_ids),
})

async function openSource(
  entry: ListEntry,
  { config, directory, database, log, pollIntervalMs }: SanctionsRulesOptions,
  { time, spool, metrics }: { readonly time: DatabaseTime; readonly spool: string; readonly metrics: SanctionsMetrics },
): Promise<ListSource> {
  const maxAgeMs = maxAgeOf(entry)
  const { cross_check: crossCheck } = entry.gates
  const delivery = await openDelivery(entry, {
    directory,
    spool,
    clock: time,
    maxAgeMs,
    ...(pollIntervalMs === undefined ? {} : { fileEveryMs: pollIntervalMs }),
  })
  return new ListSource(
    {
      name: entry.source,
      delivery,
      format: formatOptionsOf(entry),
      maxAgeMs,
      isStarterAllowed: isStarterAllowed(config.profile, entry),
      gates: gateLimitsOf(entry),
      policy: removalPolicyOf(entry),
      database,
      log,
      metrics,
      directory: spool,
      ...(entry.sha256 === undefined ? {} : { sha256: entry.sha256 }),
      ...(crossCheck === undefined
        ? {}
        : { crossCheck: { source: crossCheck.source, extrasPercent: crossCheck.extras_percent } }),
      ...(pollIntervalMs === undefined ? {} : { pollIntervalMs }),
    },
    time,
  )
}
