import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger, createTestDatabase, type Database, type TestDatabase } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { inject, onTestFinished } from 'vitest'
import { openFileDelivery } from '../../src/delivery/file-delivery.ts'
import { standingOf } from '../../src/list/list-reader.ts'
import { createSanctionsMetrics, type SanctionsMetrics } from '../../src/metrics.ts'
import type { GateLimits } from '../../src/versions/check-gates.ts'
import { createVersionActions } from '../../src/versions/create-version-actions.ts'
import { DatabaseTime } from '../../src/versions/database-time.ts'
import type { ListSourceOptions } from '../../src/versions/list-source-options.ts'
import { ListSource } from '../../src/versions/list-source.ts'
import type { VersionActions } from '../../src/versions/version-actions.ts'
import { sha256 } from '../advanced-xml.ts'
import { NOW } from '../asking.ts'
import { MIGRATIONS } from '../migrations.ts'

export const HOUR_MS = 3_600_000

/** Nothing is refused by them; tests of gates say their own. */
export const OPEN_GATES: GateLimits = {
  rowsMin: 1,
  shrinkPercent: 100,
  codeShrinkPercent: 100,
  codeShrinkRows: 1_000,
  growthPercent: 1_000,
}

/** Those of the specification, but for lists of a handful of rows. */
export const GATES: GateLimits = {
  rowsMin: 1,
  shrinkPercent: 15,
  codeShrinkPercent: 30,
  codeShrinkRows: 5,
  growthPercent: 100,
}

/** One process: its sources share nothing with those of another rig but the database. */
export interface Replica {
  readonly database: Database
  readonly time: DatabaseTime
  readonly metrics: SanctionsMetrics
  readonly registry: Registry
  /** Lines of the log, JSON. */
  readonly lines: string[]
  readonly sources: ListSource[]
  /** A source over the file of this rig, not started. */
  source(options?: Partial<ListSourceOptions>): ListSource
}

export interface VersionsRig extends Replica {
  readonly testDatabase: TestDatabase
  readonly directory: string
  readonly file: string
  readonly actions: VersionActions
  replica(): Promise<Replica>
  /** Puts bytes and their manifest where the sources look. */
  deliver(bytes: string | Uint8Array, checkedAt?: Date, at?: string): Promise<string>
  nowMs(): number
  advance(byMs: number): Promise<void>
}

export async function openVersionsRig(): Promise<VersionsRig> {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS, { clock: 'fixed' })
  const directory = await mkdtemp(join(tmpdir(), 'sanctions-versions-'))
  const file = join(directory, 'list')
  const replicas: Replica[] = []
  onTestFinished(async () => {
    for (const { sources } of replicas) await Promise.all(sources.map((source) => source.stop()))
    await testDatabase.drop()
    await rm(directory, { recursive: true })
  })
  let nowMs = NOW.getTime()
  await testDatabase.setClock(nowMs)
  const replica = async (): Promise<Replica> => {
    const opened = await openReplica(testDatabase, directory, file)
    replicas.push(opened)
    return opened
  }
  return {
    ...(await replica()),
    testDatabase,
    directory,
    file,
    actions: createVersionActions((source) =>
      source === 'ofac-sdn' ? { delistingHold: 'ack', reportOnlyListIds: new Set() } : undefined,
    ),
    replica,
    deliver: async (bytes, checkedAt = new Date(nowMs), at = file) => {
      await writeFile(at, bytes)
      const manifest = { checked_at: checkedAt.toISOString(), sha256: sha256(bytes) }
      await writeFile(`${at}.manifest.json`, JSON.stringify(manifest))
      return manifest.sha256
    },
    nowMs: () => nowMs,
    advance: async (byMs) => {
      nowMs += byMs
      await testDatabase.advance(byMs)
    },
  }
}

async function openReplica(testDatabase: TestDatabase, directory: string, file: string): Promise<Replica> {
  const time = new DatabaseTime()
  const registry = new Registry()
  const sources: ListSource[] = []
  const lines: string[] = []
  const database = await testDatabase.open()
  const spool = join(directory, `spool-${String(performance.now())}`)
  await mkdir(spool)
  const metrics = createSanctionsMetrics(
    registry,
    () => sources,
    () => time.nowMs(),
  )
  const log = createLogger({
    name: 'test',
    level: 'info',
    format: 'json',
    destination: { write: (line: string) => void lines.push(line) },
  })
  return {
    database,
    time,
    metrics,
    registry,
    lines,
    sources,
    source: (options = {}) => {
      const source = new ListSource(
        {
          name: 'ofac-sdn',
          delivery: openFileDelivery({ file, manifest: 'required', directory: spool, clock: time }),
          format: { format: 'ofac-advanced' },
          maxAgeMs: 24 * HOUR_MS,
          isStarterAllowed: false,
          gates: OPEN_GATES,
          policy: { delistingHold: 'ack', reportOnlyListIds: new Set() },
          database,
          log,
          metrics,
          directory: spool,
          pollIntervalMs: 0,
          ...options,
        },
        time,
      )
      sources.push(source)
      return source
    },
  }
}

/** Fetches now and waits for the result. */
export async function refreshed(source: ListSource): Promise<string> {
  const { result } = await source.refresh()
  return result
}

export const standing = (source: ListSource, nowMs: number): string => standingOf(source, nowMs).state

/** The fault codes in a log, in order. */
export const failures = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => /"code":"(ERR_[A-Z_]+)"/.exec(line)?.[1] ?? [])

export const resultsOf = async (metrics: SanctionsMetrics): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await metrics.refreshes.get()).values
      .filter(({ value }) => value > 0)
      .map(({ labels, value }) => [String(labels.result), value]),
  )
