/** What one run of a few seconds showed. */
export interface Sample {
  readonly perSecond: number
  readonly latenciesMs: readonly number[]
}

export interface Summary {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export function summaryOf({ perSecond, latenciesMs }: Sample): Summary {
  const sorted = latenciesMs.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN
  return { perSecond, p50Ms: at(0.5), p99Ms: at(0.99) }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2
}

/** Figure by figure, the one in the middle of the rounds. */
export const medianOf = (rounds: readonly Summary[]): Summary => ({
  perSecond: median(rounds.map(({ perSecond }) => perSecond)),
  p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
  p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
})
