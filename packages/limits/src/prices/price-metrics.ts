import { Counter, Gauge, type Registry } from 'prom-client'

export type PriceMetrics = ReturnType<typeof createPriceMetrics>

interface Aged {
  readonly name: string
  /** Infinity before the first good fetch. */
  ageMs(): number
}

/** The metrics of the price sources. The label `source` is a name of the configuration. */
export function createPriceMetrics(registry: Registry, sources: () => readonly Aged[]) {
  const registers = [registry]
  return {
    age: new Gauge({
      name: 'callback_quorum_limits_price_age_seconds',
      help: 'Age of the newest good fetch of a price source; +Inf before the first',
      labelNames: ['source'] as const,
      registers,
      collect() {
        for (const source of sources()) this.set({ source: source.name }, source.ageMs() / 1000)
      },
    }),
    fetches: new Counter({
      name: 'callback_quorum_limits_price_fetch_total',
      help: 'Fetches of a price source: ok, or why not (timeout, transport, http_status, malformed, unexpected)',
      labelNames: ['source', 'outcome'] as const,
      registers,
    }),
  }
}
