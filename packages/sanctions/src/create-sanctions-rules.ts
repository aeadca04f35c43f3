import { resolve } from 'node:path'
import type { RuleSet } from '@callback-quorum/checker-kit'
import type { ServiceContext } from '@callback-quorum/service'
import { isStarterAllowed, maxAgeOf, type SanctionsConfig } from './config.ts'
import { FileSource, type FileSourceOptions } from './list/file-source.ts'
import { standingOf } from './list/list-reader.ts'
import { createSanctionsMetrics } from './metrics.ts'
import { listedAddress } from './rules/listed-address.ts'
import { STARTER_LIST } from './starter-list.ts'

export interface SanctionsRulesOptions extends Pick<ServiceContext, 'directory' | 'clock' | 'log' | 'registry'> {
  readonly config: Pick<SanctionsConfig, 'profile' | 'lists' | 'same_key' | 'address_checksum'>
  /** How often the list files are looked at; for tests. */
  readonly pollIntervalMs?: number
}

/** Fits createChecker's RuleSet as it is. */
export interface SanctionsRules extends RuleSet {
  /** `source@version` of every list, the version being the first 16 digits of the file's SHA-256; `none` for one not loaded. */
  dataVersion(): string
  /** Every list is loaded and fresh by the service's clock. */
  ready(): boolean
  notReady(): Promise<readonly string[]>
  /** Looks at every list file now; for a signal handler. Never rejects. */
  reload(): Promise<void>
  stop(): Promise<void>
}

const VERSION_DIGITS = 16

/** Loads the lists, watches them, and gives the rules that stand on them. A list that cannot be loaded leaves the service not ready. */
export async function createSanctionsRules(options: SanctionsRulesOptions): Promise<SanctionsRules> {
  const { config, clock, registry } = options
  const sources: FileSource[] = []
  const metrics = createSanctionsMetrics(
    registry,
    () => sources,
    () => clock.nowMs(),
  )
  for (const entry of config.lists) sources.push(new FileSource({ ...sourceOptions(options, entry), metrics }))
  await Promise.all(sources.map((source) => source.start()))

  const gaps = (): readonly string[] =>
    sources.flatMap((source) => {
      const standing = standingOf(source, clock.nowMs())
      return standing.state === 'fresh' ? [] : [standing.why]
    })
  const stop = async (): Promise<void> => {
    await Promise.all(sources.map((source) => source.stop()))
  }
  return {
    rules: [listedAddress({ lists: sources, sameKey: config.same_key, addressChecksum: config.address_checksum })],
    dataVersion: () =>
      sources
        .map((source) => `${source.name}@${source.active()?.index.versionSha.slice(0, VERSION_DIGITS) ?? 'none'}`)
        .join(','),
    ready: () => gaps().length === 0,
    notReady: () => Promise.resolve(gaps()),
    reload: async () => {
      await Promise.all(sources.map((source) => source.reload()))
    },
    stop,
    parts: [{ name: 'sanctions lists', stop }],
  }
}

function sourceOptions(
  options: SanctionsRulesOptions,
  entry: SanctionsConfig['lists'][number],
): Omit<FileSourceOptions, 'metrics'> {
  const { config, directory, clock, log, pollIntervalMs } = options
  return {
    name: entry.source,
    file: entry.file === undefined ? STARTER_LIST.file : resolve(directory, entry.file),
    maxAgeMs: maxAgeOf(entry),
    isStarterAllowed: isStarterAllowed(config.profile, entry),
    clock,
    log,
    ...(entry.sha256 === undefined ? {} : { sha256: entry.sha256 }),
    ...(pollIntervalMs === undefined ? {} : { pollIntervalMs }),
  }
}
