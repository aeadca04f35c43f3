import type { Kind, OutcomeNotice } from '@callback-quorum/protocol'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { OutcomeEffect } from './outcome-ledger.ts'

export type CheckerMetrics = ReturnType<typeof createCheckerMetrics>

export const OUTCOME_LABEL = { approve: 'approved', reject: 'rejected', unable: 'failed' } as const

const OUTCOMES: readonly OutcomeNotice['outcome'][] = ['approved', 'rejected', 'abandoned']
const EFFECTS: readonly OutcomeEffect[] = ['closed', 'tombstone', 'repeated', 'contradiction']

/** Every metric of a checker, declared once. Labels never hold ids, addresses or amounts. `kinds`: those that it answers. */
export function createCheckerMetrics(registry: Registry, kinds: Iterable<Kind> = []) {
  const registers = [registry]
  const metrics = {
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
  // What was never there has no increase: a contradiction, or a first verdict after days, would go unseen.
  for (const outcome of OUTCOMES) for (const effect of EFFECTS) metrics.outcomes.inc({ outcome, effect }, 0)
  for (const effect of ['released', 'kept']) metrics.approvalsLetGo.inc({ effect }, 0)
  for (const kind of kinds)
    for (const outcome of Object.values(OUTCOME_LABEL)) metrics.verdicts.inc({ kind, outcome }, 0)
  return metrics
}
