/** Prometheus answers from memory here; longer is broken, also on a busy machine. */
const ANSWER_MS_MAX = 15_000

export type Labels = Readonly<Record<string, string>>

export interface Sample {
  readonly metric: Labels
  readonly value: number
}

export interface Series {
  readonly metric: Labels
  readonly values: readonly number[]
}

export interface Alert {
  readonly labels: Labels
  readonly annotations: Labels
  readonly state: 'pending' | 'firing'
  readonly value: string
}

export interface EvaluatedRule {
  readonly name: string
  readonly type: 'alerting' | 'recording'
  readonly health: 'ok' | 'err' | 'unknown'
  readonly lastError?: string
}

export interface ScrapedTarget {
  readonly scrapeUrl: string
  readonly health: 'up' | 'down' | 'unknown'
  readonly lastError: string
  readonly labels: Labels
}

/** The HTTP API of one Prometheus. Every call throws with the message of Prometheus when it refuses. */
export interface PrometheusClient {
  /** Samples of a vector, or one without labels for a scalar. */
  query(expression: string): Promise<readonly Sample[]>
  /** Every second of the last `seconds`; series without a point are left out. */
  queryRange(expression: string, seconds: number): Promise<readonly Series[]>
  alerts(): Promise<readonly Alert[]>
  rules(): Promise<readonly EvaluatedRule[]>
  targets(): Promise<readonly ScrapedTarget[]>
  /** Labels of every series that matches one of the selectors. */
  series(selectors: readonly string[]): Promise<readonly Labels[]>
  metadata(): Promise<Readonly<Record<string, readonly { readonly type: string; readonly help: string }[]>>>
  /** Labels of the exemplars of the last `seconds`. */
  exemplars(expression: string, seconds: number): Promise<readonly Labels[]>
}

interface Answer<T> {
  readonly status: 'success' | 'error'
  readonly error?: string
  readonly data: T
}

type Result =
  | { readonly resultType: 'vector'; readonly result: readonly { readonly metric: Labels; readonly value: Point }[] }
  | {
      readonly resultType: 'matrix'
      readonly result: readonly { readonly metric: Labels; readonly values: readonly Point[] }[]
    }
  | { readonly resultType: 'scalar' | 'string'; readonly result: Point }
type Point = readonly [seconds: number, value: string]

/** `url`: origin of the Prometheus. */
export function createPrometheusClient(url: string): PrometheusClient {
  const ask = async <T>(path: string, form: readonly (readonly [string, string])[] = []): Promise<T> => {
    const body = new URLSearchParams(form.map(([name, value]): [string, string] => [name, value]))
    const request = form.length === 0 ? {} : { method: 'POST', body }
    const response = await fetch(`${url}/api/v1/${path}`, { ...request, signal: AbortSignal.timeout(ANSWER_MS_MAX) })
    const answer = (await response.json()) as Answer<T>
    if (answer.status !== 'success')
      throw new Error(`${path} ${body.get('query') ?? ''}: ${answer.error ?? 'no reason'}`)
    return answer.data
  }
  const lastSeconds = (seconds: number): readonly (readonly [string, string])[] => {
    const now = Date.now() / 1_000
    return [
      ['start', String(now - seconds)],
      ['end', String(now)],
    ]
  }
  return {
    async query(query) {
      const data = await ask<Result>('query', [['query', query]])
      if (data.resultType === 'vector')
        return data.result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }))
      if (data.resultType === 'matrix') throw new TypeError(`a range is no value: ${query}`)
      return [{ metric: {}, value: Number(data.result[1]) }]
    },
    async queryRange(query, seconds) {
      const data = await ask<Result>('query_range', [['query', query], ['step', '1'], ...lastSeconds(seconds)])
      if (data.resultType !== 'matrix') throw new TypeError(`a query over time gave a ${data.resultType}: ${query}`)
      return data.result.map(({ metric, values }) => ({ metric, values: values.map(([, value]) => Number(value)) }))
    },
    alerts: async () => (await ask<{ readonly alerts: readonly Alert[] }>('alerts')).alerts,
    rules: async () =>
      (await ask<{ readonly groups: readonly { readonly rules: readonly EvaluatedRule[] }[] }>('rules')).groups.flatMap(
        ({ rules }) => rules,
      ),
    targets: async () =>
      (await ask<{ readonly activeTargets: readonly ScrapedTarget[] }>('targets?state=active')).activeTargets,
    series: (selectors) =>
      ask(
        'series',
        selectors.map((selector) => ['match[]', selector]),
      ),
    metadata: () => ask('metadata'),
    async exemplars(query, seconds) {
      const found = await ask<readonly { readonly exemplars: readonly { readonly labels: Labels }[] }[]>(
        'query_exemplars',
        [['query', query], ...lastSeconds(seconds)],
      )
      return found.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels))
    },
  }
}
