import { Counter, Histogram, type Registry } from 'prom-client'

export type InboxMetrics = ReturnType<typeof createInboxMetrics>

const INBOX_ALARMS = ['changed_after_approval', 'event_id_reused'] as const
export type InboxAlarm = (typeof INBOX_ALARMS)[number]

/** Every metric of the inbox, declared once. Labels never hold references, producers or amounts. */
export function createInboxMetrics(registry: Registry) {
  const registers = [registry]
  const metrics = {
    events: new Counter({
      name: 'callback_quorum_lookup_inbox_events_total',
      help: 'Pushes of the business system by what became of them: stored, repeated, older, cancelled, disputed, or why they were refused',
      labelNames: ['result'] as const,
      registers,
    }),
    lagSeconds: new Histogram({
      name: 'callback_quorum_lookup_inbox_lag_seconds',
      help: 'From the time of an event to its being received',
      buckets: [0.1, 0.5, 1, 2, 5, 15, 60, 300, 1_800, 7_200],
      registers,
    }),
    alarms: new Counter({
      name: 'callback_quorum_lookup_inbox_alarms_total',
      help: 'Pushes that somebody must look at: terms changed after an approval, an event id used for something else',
      labelNames: ['kind'] as const,
      registers,
    }),
  }
  for (const kind of INBOX_ALARMS) metrics.alarms.inc({ kind }, 0)
  return metrics
}
