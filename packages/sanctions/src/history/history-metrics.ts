import { Counter, type Registry } from 'prom-client'

export type HistoryMetrics = ReturnType<typeof createHistoryMetrics>

/** Labels are names of lists, never addresses. */
export function createHistoryMetrics(registry: Registry) {
  const registers = [registry]
  return {
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
}
