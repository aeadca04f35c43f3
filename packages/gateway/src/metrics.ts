import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>

/** From a database that answers at once to the 25 s of a Co-signer. */
const WAIT_BUCKETS_SECONDS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 25]

/** From the shortest pause of a node to the six hours after which hardly anybody asks again. */
const DEFERRAL_BUCKETS_SECONDS = [1, 5, 15, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600]

/** What must be looked at by a person. */
const ALARMS = ['digest_changed', 'unverifiable_verdict', 'notice_refused'] as const

/** What the gateway measures of what it does; what its database says stands in state-metrics.ts. Labels never hold ids, addresses or amounts. */
export function createGatewayMetrics(registry: Registry) {
  const registers = [registry]
  const metrics = {
    decisions: new Counter({
      name: 'callback_quorum_decisions_total',
      help: 'Answers given: approved, rejected, or failed (could not tell, deferred) with its cause; recalled ones come from the record',
      labelNames: ['kind', 'outcome', 'cause', 'recalled'] as const,
      registers,
    }),
    decisionSeconds: new Histogram({
      name: 'callback_quorum_decision_seconds',
      help: 'Time from the verified request to the recorded decision or deferral',
      labelNames: ['kind', 'outcome'] as const,
      buckets: WAIT_BUCKETS_SECONDS,
      registers,
    }),
    headroomSeconds: new Histogram({
      name: 'callback_quorum_deadline_headroom_seconds',
      help: "Time that was left of the platform's deadline when the answer was ready",
      labelNames: ['platform'] as const,
      buckets: [0, 0.25, 0.5, 1, 2, 4, 6, 8, 12, 18, 25],
      registers,
    }),
    votes: new Counter({
      name: 'callback_quorum_checker_votes_total',
      help: 'What asking a checker came to, by mode (enforce, shadow), outcome and cause of failure',
      labelNames: ['checker', 'mode', 'outcome', 'cause'] as const,
      registers,
    }),
    voteSeconds: new Histogram({
      name: 'callback_quorum_checker_seconds',
      help: 'Time one checker took to answer, retries included',
      labelNames: ['checker'] as const,
      buckets: WAIT_BUCKETS_SECONDS,
      registers,
    }),
    alarms: new Counter({
      name: 'callback_quorum_alarms_total',
      help: 'What must be looked at by a person: digest_changed, unverifiable_verdict, notice_refused',
      labelNames: ['alarm'] as const,
      registers,
    }),
    deferralAgeSeconds: new Histogram({
      name: 'callback_quorum_deferral_age_seconds',
      help: 'Of a request that was deferred: from its first asking to its decision',
      labelNames: ['kind', 'outcome'] as const,
      buckets: DEFERRAL_BUCKETS_SECONDS,
      registers,
    }),
    inFlight: new Gauge({
      name: 'callback_quorum_checker_in_flight',
      help: 'Questions that a checker is being asked now, shadow ones included',
      labelNames: ['checker'] as const,
      registers,
    }),
    notices: new Counter({
      name: 'callback_quorum_outbox_deliveries_total',
      help: 'Attempts to deliver an outcome notice',
      labelNames: ['checker', 'result'] as const,
      registers,
    }),
    abandoned: new Counter({
      name: 'callback_quorum_abandoned_total',
      help: 'Deferred requests that nobody asked about again',
      registers,
    }),
  }
  for (const alarm of ALARMS) metrics.alarms.inc({ alarm }, 0)
  return metrics
}
