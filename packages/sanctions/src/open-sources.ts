import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database, Logger } from '@callback-quorum/service'
import type { Registry } from 'prom-client'
import type { FormatOptions } from './formats/format.ts'
import { isStarterAllowed, maxAgeOf, type SanctionsConfig } from './config.ts'
import { formatOptionsOf, gateLimitsOf, type ListEntry } from './list-entry.ts'
import { createSanctionsMetrics, type SanctionsMetrics } from './metrics.ts'
import { openDelivery } from './open-delivery.ts'
import { DatabaseTime } from './versions/database-time.ts'
import { ListSource } from './versions/list-source.ts'
import type { RemovalPolicy } from './versions/removals-of.ts'
import type { OnActivated } from './versions/version-actions.ts'

export interface OpenSourcesOptions {
  readonly config: Pick<SanctionsConfig, 'profile' | 'lists'>
  /** Of the configuration file, which relative paths start from. */
  readonly directory: string
  readonly database: Database
  readonly log: Logger
  readonly registry: Registry
  readonly onActivated: OnActivated
  /** Where bytes on their way lie; default: the folder for temporary files. */
  readonly dataDir?: string
  /** How often files and the database are looked at; for tests. */
  readonly pollIntervalMs?: number
}

export interface OpenSources {
  readonly sources: readonly ListSource[]
  readonly time: DatabaseTime
  /** How each list is read, by its name. */
  readonly formats: ReadonlyMap<string, FormatOptions>
  /** A folder of our own for bytes on their way; gone when stopped. */
  readonly spool: string
  stop(): Promise<void>
}

/** Opens every configured list and loads what screens. Throws ConfigError, ServiceFault; a list that cannot be had stays absent. */
export async function openSources(options: OpenSourcesOptions): Promise<OpenSources> {
  const { config, registry } = options
  const time = new DatabaseTime()
  const spool = await makeSpool(options.dataDir ?? tmpdir())
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
    const compared = new Set(config.lists.map(({ gates }) => gates.cross_check?.source))
    for (const isFirst of [true, false])
      await Promise.all(sources.filter(({ name }) => compared.has(name) === isFirst).map((source) => source.start()))
    const formats = new Map(config.lists.map((entry) => [entry.source, formatOptionsOf(entry)]))
    return { sources, time, formats, spool, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const SPOOL_PREFIX = 'lists-on-their-way-'
/** No list is on its way for so long; what is older was left by a process that was killed. */
const SPOOL_AGE_MS_MAX = 24 * 3_600_000

async function makeSpool(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true })
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(SPOOL_PREFIX)) continue
    const left = join(dataDir, name)
    const about = await stat(left).catch(() => undefined)
    if (about !== undefined && Date.now() - about.mtimeMs > SPOOL_AGE_MS_MAX)
      await rm(left, { recursive: true, force: true })
  }
  return mkdtemp(join(dataDir, SPOOL_PREFIX))
}

/** What a list lets go of, by its configuration. */
export const removalPolicyOf = ({ delisting_hold, report_only_list_ids }: ListEntry): RemovalPolicy => ({
  delistingHold: delisting_hold,
  reportOnlyListIds: new Set(report_only_list_ids),
})

interface Shared {
  readonly time: DatabaseTime
  readonly spool: string
  readonly metrics: SanctionsMetrics
}

async function openSource(
  entry: ListEntry,
  { config, directory, database, log, onActivated, pollIntervalMs }: OpenSourcesOptions,
  { time, spool, metrics }: Shared,
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
  const options = {
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
    onActivated,
    ...(entry.sha256 === undefined ? {} : { sha256: entry.sha256 }),
    ...(crossCheck && { crossCheck: { source: crossCheck.source, extrasPercent: crossCheck.extras_percent } }),
    ...(pollIntervalMs === undefined ? {} : { pollIntervalMs }),
  }
  return new ListSource(options, time)
}
