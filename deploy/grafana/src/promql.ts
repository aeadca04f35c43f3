/** Prefix of every series of this project. */
const PREFIX = 'callback_quorum_'

/** What the variables of every dashboard leave: the services and instances that are looked at. */
const CHOSEN = 'service=~"$service", instance=~"$instance"'

/** Of every service that Prometheus knows; for what one service does to another. */
export const everywhere = (metric: string, matchers = ''): string =>
  `${PREFIX}${metric}${matchers === '' ? '' : `{${matchers}}`}`

/** A series of the chosen services and instances. `metric` without the prefix; `matchers` as PromQL writes them. */
export const chosen = (metric: string, matchers = ''): string =>
  everywhere(metric, matchers === '' ? CHOSEN : `${CHOSEN}, ${matchers}`)

/** Per second, over a window that always holds four scrapes. */
export const rate = (series: string): string => `rate(${series}[$__rate_interval])`

/**
 * How many within the time that the dashboard shows. A series that was not there before begins with its first event, which `increase` does not
 * see: of that one everything counts.
 */
export const within = (series: string): string =>
  `(${series} unless ${series} offset $__range) or increase(${series}[$__range])`

/** How many of all series together; 0 where the service is watched and there were none, nothing where it is not watched. */
export const total = (series: string): string => `sum(${within(series)}) or 0 * max(${chosen('ready')})`

export const sumBy = (labels: string, expr: string): string => `sum by (${labels}) (${expr})`

export const maxBy = (labels: string, expr: string): string => `max by (${labels}) (${expr})`

/** `part` of `whole`, 0 to 1; nothing where there was nothing to have a share of. */
export const share = (part: string, whole: string): string => `${part} / (${whole} > 0)`

/** A series that deploy/prometheus/recording.yaml makes, of the chosen services; it has no instance. */
export const recorded = (name: string): string => `callback_quorum:${name}{service=~"$service"}`

export type Quantile = 0.01 | 0.05 | 0.5 | 0.95 | 0.99

/** A quantile of a histogram of the chosen services; `metric` without prefix and suffix. */
export function quantile(q: Quantile, metric: string, { by = '', matchers = '' } = {}): string {
  const labels = by === '' ? 'le' : `le, ${by}`
  return `histogram_quantile(${q}, ${sumBy(labels, rate(chosen(`${metric}_bucket`, matchers)))})`
}
