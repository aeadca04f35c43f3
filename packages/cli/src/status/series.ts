import type { Exposition, Sample } from './parse-exposition.ts'

const PREFIX = 'callback_quorum_'

export type Labels = Readonly<Record<string, string>>

/** The series of one service at one moment, by name without the prefix of this project. */
export interface Series {
  has(name: string): boolean
  of(name: string): readonly Sample[]
  /** The sum over all of these; undefined when there is none, which is not 0. */
  sum(name: string, where?: Labels): number | undefined
}

export function seriesOf({ samples, declared }: Exposition): Series {
  const byName = Map.groupBy(samples, ({ name }) => name)
  const of: Series['of'] = (name) => byName.get(PREFIX + name) ?? []
  return {
    // In OpenMetrics a counter is declared without its _total.
    has: (name) => declared.has(PREFIX + name) || declared.has(PREFIX + name.replace(/_total$/, '')),
    of,
    sum: (name, where = {}) => {
      const found = of(name).filter((sample) => isOf(sample, where))
      return found.length === 0 ? undefined : found.reduce((total, { value }) => total + value, 0)
    },
  }
}

export const isOf = ({ labels }: Sample, where: Labels): boolean =>
  Object.entries(where).every(([name, value]) => labels[name] === value)

/** By how much each series of a counter or histogram grew since `before`; since its start where that was later, or where there is no before. */
export function increases(now: Series, before: Series | undefined, name: string): readonly Sample[] {
  const isSameProcess =
    before !== undefined && before.sum('process_start_time_seconds') === now.sum('process_start_time_seconds')
  const earlier = new Map(isSameProcess ? before.of(name).map((sample) => [keyOf(sample), sample.value]) : [])
  return now.of(name).map((sample) => {
    const from = earlier.get(keyOf(sample)) ?? 0
    return { ...sample, value: sample.value >= from ? sample.value - from : sample.value }
  })
}

const keyOf = ({ labels }: Sample): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))

/**
 * The value below which `quantile` of what a histogram saw lies, interpolated within its bucket as Prometheus does; undefined when it saw
 * nothing. Beyond the last bound it is that bound. `buckets` may be of several series: they are added.
 */
export function quantileOf(buckets: readonly Sample[], quantile: number): number | undefined {
  const counts = new Map<number, number>()
  for (const { labels, value } of buckets) {
    const bound = labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels['le'])
    counts.set(bound, (counts.get(bound) ?? 0) + value)
  }
  const cumulative = [...counts].sort(([a], [b]) => a - b)
  const total = cumulative.at(-1)?.[1] ?? 0
  if (total === 0) return undefined
  const rank = quantile * total
  const at = cumulative.findIndex(([, count]) => count >= rank)
  const [bound, count] = cumulative[at] ?? [Number.NaN, 0]
  const [lower, below] = cumulative[at - 1] ?? [Math.min(0, bound), 0]
  if (bound === Number.POSITIVE_INFINITY) return lower
  return count === below ? bound : lower + ((bound - lower) * (rank - below)) / (count - below)
}
