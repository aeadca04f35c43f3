import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export type CheckerMetrics = ReturnType<typeof createCheckerMetrics>

/** Every metric of a checker, declared once. Labels never hold ids, addresses or amounts. */
export function createCheckerMetrics(registry: Registry) {
  const registers = [registry]
  return {
    verdicts: new Counter({
      name: 'callback_quorum_verdicts_total',
      help: 'Verdicts given, by kind and outcome (approved, rejected, failed = could not tell)',
      labelNames: ['kind', 'outcome'] as const,
      registers,
    }),
    codes: new Counter({
      name: 'callback_quorum_verdict_codes_total',
      help: 'Codes in verdicts that did not approve',
      labelNames: ['code'] as const,
      registers,
    }),
    ruleSeconds: new Histogram({
      name: 'callback_quorum_rule_seconds',
      help: 'Time one rule took to judge',
      labelNames: ['rule', 'outcome'] as const,
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 1, 2, 4, 8],
      registers,
    }),
    rulesInFlight: new Gauge({
      name: 'callback_quorum_rules_in_flight',
      help: 'Rules that are being asked now, over all requests',
      registers,
    }),
    claimSeconds: new Histogram({
      name: 'callback_quorum_claim_seconds',
      help: 'Time from asking for the claim transaction to its commit, lock waits included',
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 1, 2, 4, 8],
      registers,
    }),
    outcomes: new Counter({
      name: 'callback_quorum_outcomes_total',
      help: 'Outcome notices from the gateway, by what they said and did',
      labelNames: ['outcome', 'effect'] as const,
      registers,
    }),
    approvalsLetGo: new Counter({
      name: 'callback_quorum_approvals_let_go_total',
      help: 'Approvals of Fireblocks that stopped holding their transaction after approval_hold: released, or kept by what else holds it',
      labelNames: ['effect'] as const,
      registers,
    }),
    platformEvents: new Counter({
      name: 'callback_quorum_platform_events_total',
      help: 'Events of nodes, by type (unknown: none that we know) and what became of them (recorded, repeated, refused)',
      labelNames: ['event', 'effect'] as const,
      registers,
    }),
  }
}

export const OUTCOME_LABEL = { approve: 'approved', reject: 'rejected', unable: 'failed' } as const
