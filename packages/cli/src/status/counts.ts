import type { History } from './history.ts'
import { increases, isOf, quantileOf, type Labels, type Series } from './series.ts'

/** DESIGN.md: the only values of the label `outcome`. */
export const OUTCOMES = ['approved', 'rejected', 'failed'] as const
export type Outcome = (typeof OUTCOMES)[number]
type Counts = Readonly<Record<Outcome, number>>

export interface Counted {
  readonly since_start: Counts
  /** Null while the service was asked only once. */
  readonly last_minute: Counts | null
  readonly last_interval: Counts | null
  /** For each interval that was seen, the oldest first. */
  readonly intervals: readonly Counts[]
}

/** The outcomes that a counter with the label `outcome` has counted, among the series `where`. */
export function countedOf(name: string, now: Series, history: History, where: Labels = {}): Counted {
  const since = (before: Series): Counts => countsOf((outcome) => sumOf(now, before, name, { ...where, outcome }))
  const [minuteAgo, previous] = [history.minuteAgo(), history.previous()]
  return {
    since_start: countsOf((outcome) => now.sum(name, { ...where, outcome }) ?? 0),
    last_minute: minuteAgo === undefined ? null : since(minuteAgo),
    last_interval: previous === undefined ? null : since(previous),
    intervals: history
      .pairs()
      .map(([before, after]) => countsOf((outcome) => sumOf(after, before, name, { ...where, outcome }))),
  }
}

const countsOf = (of: (outcome: Outcome) => number): Counts => ({
  approved: of('approved'),
  rejected: of('rejected'),
  failed: of('failed'),
})

const sumOf = (now: Series, before: Series, name: string, where: Labels): number =>
  increases(now, before, name)
    .filter((sample) => isOf(sample, where))
    .reduce((sum, { value }) => sum + value, 0)

/** Of a histogram, in seconds; null where it saw nothing. */
export interface Quantiles {
  /** What it speaks of: the last minute, or since the start where there was nothing in the last minute. */
  readonly of: 'last_minute' | 'since_start'
  readonly p01_seconds: number | null
  readonly p50_seconds: number | null
  readonly p99_seconds: number | null
}

export function quantilesOf(name: string, now: Series, history: History, where: Labels = {}): Quantiles {
  const buckets = `${name}_bucket`
  const minuteAgo = history.minuteAgo()
  const recent =
    minuteAgo === undefined ? [] : increases(now, minuteAgo, buckets).filter((sample) => isOf(sample, where))
  const isRecent = recent.some(({ value }) => value > 0)
  const seen = isRecent ? recent : now.of(buckets).filter((sample) => isOf(sample, where))
  const at = (quantile: number): number | null => quantileOf(seen, quantile) ?? null
  return {
    of: isRecent ? 'last_minute' : 'since_start',
    p01_seconds: at(0.01),
    p50_seconds: at(0.5),
    p99_seconds: at(0.99),
  }
}
