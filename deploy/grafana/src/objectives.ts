export interface Objective {
  /** Of the recording rules of deploy/prometheus/recording.yaml, without prefix: `<records>:ratio5m` is the share that missed. */
  readonly records: 'requests_failed' | 'requests_late'
  readonly title: string
  /** The share of requests that must not miss, over 30 days. */
  readonly objective: number
  readonly missed: string
  readonly runbook: readonly string[]
}

/** What the gateway promises to the platforms, measured over 30 days; the alerts of deploy/prometheus/alerts.yaml say the same numbers. */
export const OBJECTIVES: readonly Objective[] = [
  {
    records: 'requests_failed',
    title: 'Decided',
    objective: 0.99,
    missed: 'verified requests that got no decision (answered "not yet", or not at all)',
    runbook: ['RequestsFailingFast', 'RequestsFailing', 'RequestsFailingSlowly'],
  },
  {
    records: 'requests_late',
    title: 'In time',
    objective: 0.999,
    missed:
      'answers that came later than the request timeout of their platform (10 s Cobo, 30 s Fireblocks), so that nobody heard them',
    runbook: ['RequestsLateFast', 'RequestsLate', 'RequestsLateSlowly'],
  },
]

/** Windows of the recording rules, shortest first. */
export const BURN_WINDOWS = ['5m', '30m', '1h', '6h', '3d'] as const
export const BUDGET_WINDOW = '30d'

/**
 * How many times faster than the budget allows: at 14.4 a 30-day budget lasts two days, at 6 five, at 1 as long as it should (Google, The
 * Site Reliability Workbook, chapter 5).
 */
export const BURN_PAGE_FAST = 14.4
export const BURN_PAGE_SLOW = 6
export const BURN_TICKET = 1
