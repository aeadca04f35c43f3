import { Counter, Gauge, type Registry } from 'prom-client'

export interface LimitsMetrics {
  /** `mode` shadow: it would have refused. */
  readonly refusals: Counter<'code' | 'rule' | 'mode'>
  /** What people must look at: a contradiction, a difference between counters and ledger. */
  readonly alarms: Counter<'alarm'>
  /** The fullest counter of each rule, 0 to 1 and above. */
  readonly usedRatio: Gauge<'rule'>
  readonly oldestSeconds: Gauge<'state'>
}

export const ALARMS = [
  'released_but_seen',
  'failed_but_counted',
  'succeeded_unknown',
  'over_limit_by_confirmation',
  'drift',
] as const
export type Alarm = (typeof ALARMS)[number]

export function createLimitsMetrics(registry: Registry): LimitsMetrics {
  const registers = [registry]
  const metrics: LimitsMetrics = {
    refusals: new Counter({
      name: 'callback_quorum_limits_refusals_total',
      help: 'Limits that refused, or would have in shadow mode, by rule.',
      labelNames: ['code', 'rule', 'mode'],
      registers,
    }),
    alarms: new Counter({
      name: 'callback_quorum_limits_alarms_total',
      help: 'Contradictions between the ledger and what is reported, and counters that differ from their ledger.',
      labelNames: ['alarm'],
      registers,
    }),
    usedRatio: new Gauge({
      name: 'callback_quorum_limits_used_ratio',
      help: 'Used share of the fullest counter of each rule.',
      labelNames: ['rule'],
      registers,
    }),
    oldestSeconds: new Gauge({
      name: 'callback_quorum_limits_oldest_reservation_seconds',
      help: 'Age of the oldest reservation that waits for an outcome (held) or for its chain (committed).',
      labelNames: ['state'],
      registers,
    }),
  }
  for (const alarm of ALARMS) metrics.alarms.inc({ alarm }, 0)
  return metrics
}
