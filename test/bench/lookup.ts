import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { planOf, startConstellation, writeDemoConfiguration } from '@callback-quorum/cli'
import { CUSTODY, makeV2KeySign, type CoboPackage, type LoadReport } from '@callback-quorum/simulator'
import { loadApproved, WARM_UP } from './approved-load.ts'
import { startHttpSystem } from './lookup-http.ts'
import { startInboxSystem } from './lookup-inbox.ts'
import { startMariadbSystem } from './lookup-mariadb.ts'
import { startPostgresSystem } from './lookup-postgres.ts'
import { PAYS, type BenchSystem, type BenchSystemOptions } from './lookup-system.ts'
import { summaryOf, type Summary } from './reservations-sample.ts'

// Checks of business-lookup over each connector, and the connector's own call alone beside them: what the checker adds is the rest.
const MAIN = join(import.meta.dirname, '../../packages/cli/dist/main.js')
const AT_A_TIME = [1, 16] as const

export interface LookupRow {
  readonly connector: string
  readonly atATime: number
  readonly checks: LoadReport
  readonly raw: Summary
}

export interface LookupReport {
  readonly cpu: string
  readonly cores: number
  readonly load: readonly [number, number]
  readonly rows: readonly LookupRow[]
  /** What was not measured, and why. */
  readonly skipped: readonly string[]
}

export interface LookupBenchOptions {
  readonly requests: number
  readonly say: (text: string) => void
}

const SYSTEMS = [startHttpSystem, startPostgresSystem, startMariadbSystem, startInboxSystem] as const

export async function measureLookup({ requests, say }: LookupBenchOptions): Promise<LookupReport> {
  const begin = loadavg()[0] ?? NaN
  const rows: LookupRow[] = []
  const skipped: string[] = []
  for (const start of SYSTEMS) {
    const folder = await mkdtemp(join(tmpdir(), 'cq bench '))
    try {
      const references = Array.from({ length: (WARM_UP + requests) * AT_A_TIME.length }, (_, index) =>
        referenceOf(index),
      )
      const system = await startSystem(start, { folder, references }, skipped)
      if (system === undefined) continue
      say(system.name)
      rows.push(...(await measureSystem(system, { folder, references }, requests)))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    load: [begin, loadavg()[0] ?? NaN],
    rows,
    skipped,
  }
}

async function startSystem(
  start: (typeof SYSTEMS)[number],
  options: BenchSystemOptions,
  skipped: string[],
): Promise<BenchSystem | undefined> {
  const started = await start(options)
  if (typeof started !== 'string') return started
  skipped.push(started)
  return undefined
}

const referenceOf = (index: number): string => `WD-${String(index).padStart(8, '0')}`

async function measureSystem(
  system: BenchSystem,
  { folder, references }: BenchSystemOptions,
  requests: number,
): Promise<readonly LookupRow[]> {
  try {
    const configuration = await writeDemoConfiguration({
      directory: folder,
      payoutsUrl: 'http://127.0.0.1:1/',
      topology: 'direct',
      edit: {
        'business-lookup': (config) => ({
          ...config,
          ...system.config,
          reference: { from: ['reference'], pattern: '^WD-[0-9]{8}$' },
          asset_codes: { ETH: 'ETH' },
          compare: { status: { in: [PAYS.status] } },
        }),
      },
    })
    const constellation = await startConstellation({
      configuration: { ...configuration, services: [planOf(configuration, 'business-lookup')] },
      node: process.execPath,
      env: process.env,
      main: MAIN,
    })
    try {
      await system.fill?.(references)
      const rows: LookupRow[] = []
      for (const [round, atATime] of AT_A_TIME.entries()) {
        const from = round * (WARM_UP + requests)
        const raw = await askRaw(system, references.slice(from, from + requests), atATime)
        const checks = await loadApproved(configuration, {
          services: ['business-lookup'],
          concurrency: atATime,
          requests,
          // What was asked raw is measured; the warm-up takes the references behind it.
          packageAt: (index) => packageOf(from + (index < WARM_UP ? requests + index : index - WARM_UP)),
        })
        rows.push({ connector: system.name, atATime, checks, raw })
      }
      return rows
    } finally {
      await constellation.close()
    }
  } finally {
    await system.stop()
  }
}

/** The bare calls, so many at a time. */
async function askRaw(system: BenchSystem, references: readonly string[], atATime: number): Promise<Summary> {
  const queue = references.values()
  const durationsMs: number[] = []
  const started = performance.now()
  const worker = async (): Promise<void> => {
    for (const reference of queue) {
      const sent = performance.now()
      await system.ask(reference)
      durationsMs.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: atATime }, worker))
  const seconds = (performance.now() - started) / 1_000
  return summaryOf({ perSecond: references.length / seconds, latenciesMs: durationsMs })
}

const packageOf = (index: number): CoboPackage =>
  makeV2KeySign({
    requestId: `bench-${index}`,
    transactionId: `bench-${index}`,
    coboId: `bench-${index}`,
    reference: referenceOf(index),
    to: PAYS.destination,
    amount: PAYS.amount,
    organisation: CUSTODY.organisation,
    nonce: BigInt(index),
    seed: index,
  })
