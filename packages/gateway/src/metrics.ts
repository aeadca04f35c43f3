import { exemplarHistogram } from '@callback-quorum/service'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>

/** From a database that answers at once to the 25 s of a Co-signer. */
const WAIT_BUCKETS_SECONDS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 25]

/** Every metric of the gateway, declared once. Labels never hold ids, addresses or amounts. */
export function createGatewayMetrics(registry: Registry) {
  const registers = [registry]
  return {
    decisions: new Counter({
      name: 'callback_quorum_decisions_total',
      help: 'Answers given: approved, rejected, or failed (could not tell, deferred) with its cause; recalled ones come from the record',
      labelNames: ['kind', 'outcome', 'cause', 'recalled'] as const,
      registers,
    }),
    decisionSeconds: exemplarHistogram({
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
    voteSeconds: exemplarHistogram({
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
    owed: new Gauge({ name: 'callback_quorum_outbox_owed', help: 'Outcome notices not yet acknowledged', registers }),
    owedAge: new Gauge({
      name: 'callback_quorum_outbox_oldest_seconds',
      help: 'Age of the oldest notice not yet acknowledged',
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
    frozen: new Gauge({ name: 'callback_quorum_frozen', help: '1 while frozen: nothing is approved', registers }),
  }
}
