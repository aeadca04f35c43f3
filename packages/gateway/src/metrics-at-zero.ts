import type { GatewayConfig } from './config.ts'
import type { GatewayMetrics } from './metrics.ts'
import { CAUSES } from './vote.ts'

/**
 * Begins every counter that this configuration can reach at 0: `increase()` does not see the first event of a series that was not there,
 * and a custodian has days with one event.
 */
export function beginAtZero(
  metrics: GatewayMetrics,
  { checkers, quorum }: Pick<GatewayConfig, 'checkers' | 'quorum'>,
): void {
  for (const kind of new Set(quorum.flatMap(({ kinds }) => kinds))) {
    for (const outcome of ['approved', 'rejected'])
      for (const recalled of ['yes', 'no']) metrics.decisions.inc({ kind, outcome, cause: '', recalled }, 0)
    for (const cause of CAUSES) metrics.decisions.inc({ kind, outcome: 'failed', cause, recalled: 'no' }, 0)
  }
  const modes = { enforce: quorum.flatMap(({ require }) => require), shadow: quorum.flatMap(({ shadow }) => shadow) }
  for (const [mode, names] of Object.entries(modes)) {
    for (const checker of new Set(names)) {
      for (const outcome of ['approved', 'rejected']) metrics.votes.inc({ checker, mode, outcome, cause: '' }, 0)
      for (const cause of CAUSES.filter(isOfOneChecker))
        metrics.votes.inc({ checker, mode, outcome: 'failed', cause }, 0)
    }
  }
  for (const { name: checker, outcome } of checkers) {
    metrics.inFlight.set({ checker }, 0)
    if (!outcome) continue
    for (const result of ['acknowledged', 'failed']) metrics.notices.inc({ checker, result }, 0)
  }
}

/** A database that does not answer and a freeze are the gateway's own. */
const isOfOneChecker = (cause: (typeof CAUSES)[number]): boolean => cause !== 'database' && cause !== 'frozen'
