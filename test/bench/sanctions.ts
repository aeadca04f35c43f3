import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { timeBareSax } from '../../packages/sanctions/test/list/bare-sax.ts'
import type { Summary } from './reservations-sample.ts'
import { startChild } from './sanctions-child.ts'
import type { Listening, LoadingFigures } from './sanctions-loading.ts'
import type { LookUpFigures } from './sanctions-look-ups.ts'
import { askAtRate } from './sanctions-rate.ts'
import { writeRows } from './sanctions-synthetic.ts'

// Loading the complete OFAC list while checks are answered, and look-ups among a million addresses: how long, how much memory, and how that
// compares with what must be done at least, in the same run.
const ROUNDS = 3
const CHECKS_PER_SECOND = 100
const QUIET_SECONDS = 5
const SYNTHETIC_ROWS = 1_000_000
const DESTINATIONS = 10_000

export const TARGETS = {
  loadSecondsMax: 15,
  residentMegabytesMax: 400,
  p99MsMax: 20,
  lookUpsPerSecondMin: 200_000,
} as const

export interface SanctionsOptions {
  /** A complete SDN_ADVANCED.XML, packed with gzip; without it only look-ups are measured. */
  readonly list: string | undefined
  readonly seconds: number
  readonly say: (text: string) => void
}

export interface LoadingRound extends LoadingFigures {
  readonly quiet: Summary
  readonly loading: Summary
  /** Unpacking and the parser with nobody listening, before the load and after it, the shorter. */
  readonly boundSeconds: number
}

export interface SanctionsReport {
  readonly cpu: string
  readonly cores: number
  /** Of the machine over the last minute, at the begin and at the end. */
  readonly load: readonly [number, number]
  readonly loading: readonly LoadingRound[]
  readonly lookUps: LookUpFigures
}

export async function measureSanctions({ list, seconds, say }: SanctionsOptions): Promise<SanctionsReport> {
  const begin = load()
  const loading: LoadingRound[] = []
  for (let round = 1; list !== undefined && round <= ROUNDS; round += 1) {
    say(`round ${String(round)} of ${String(ROUNDS)}: loading ${list}`)
    loading.push(await measureLoading(resolve(list)))
  }
  say(`look-ups among ${String(SYNTHETIC_ROWS)} addresses`)
  const lookUps = await measureLookUps(seconds)
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), load: [begin, load()], loading, lookUps }
}

const load = (): number => loadavg()[0] ?? NaN

async function measureLoading(list: string): Promise<LoadingRound> {
  const boundBefore = await timeBareSax(list)
  const child = startChild<Listening | LoadingFigures>(join(import.meta.dirname, 'sanctions-loading.ts'), [list])
  try {
    const listening = await child.next()
    if (!('port' in listening)) throw new Error('the process loaded before it listened')
    const rate = askAtRate(listening.port, CHECKS_PER_SECOND)
    // The first second warms the code up.
    await sleep(1_000)
    rate.take()
    await sleep(QUIET_SECONDS * 1_000)
    const quiet = rate.take()
    child.go()
    const figures = await child.next()
    const loading = rate.take()
    await rate.stop()
    if (!('seconds' in figures)) throw new Error('the process listened twice')
    return { ...figures, quiet, loading, boundSeconds: Math.min(boundBefore, await timeBareSax(list)) }
  } finally {
    await child.stop()
  }
}

async function measureLookUps(seconds: number): Promise<LookUpFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'cq-bench-'))
  const rows = join(folder, 'rows')
  try {
    await writeRows(rows, SYNTHETIC_ROWS)
    const child = startChild<LookUpFigures>(join(import.meta.dirname, 'sanctions-look-ups.ts'), [
      rows,
      ...[SYNTHETIC_ROWS, DESTINATIONS, seconds].map(String),
    ])
    try {
      return await child.next()
    } finally {
      await child.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
