import { Counter, type Registry } from 'prom-client'

export type HistoryMetrics = ReturnType<typeof createHistoryMetrics>

/** Labels are names of lists, never addresses. A first hit must be seen as an increase: they begin at 0. */
export function createHistoryMetrics(registry: Registry, sources: readonly string[] = []) {
  const registers = [registry]
  const metrics = {
    hits: new Counter({
      name: 'callback_quorum_sanctions_lookback_hits_total',
      help: 'Approvals and entries of the address book that a newly listed row hits: somebody has to look at each',
      labelNames: ['source', 'found_in'] as const,
      registers,
    }),
    failures: new Counter({
      name: 'callback_quorum_sanctions_lookback_failures_total',
      help: 'Looks back on a version that failed; each is tried again',
      labelNames: ['source'] as const,
      registers,
    }),
  }
  for (const source of sources) {
    for (const found_in of ['approval', 'address-book']) metrics.hits.inc({ source, found_in }, 0)
    metrics.failures.inc({ source }, 0)
  }
  return metrics
}
