import * as units from '@grafana/grafana-foundation-sdk/units'
import { ACT_NOW, ACT_SOON, GOOD, WATCH } from '../colours.ts'
import { DASHBOARD_IDS } from '../dashboard-ids.ts'
import {
  BUDGET_WINDOW,
  BURN_PAGE_FAST,
  BURN_PAGE_SLOW,
  BURN_TICKET,
  BURN_WINDOWS,
  OBJECTIVES,
  type Objective,
} from '../objectives.ts'
import type { Page, Row } from '../page.ts'
import { gauge, heatmap, lines, stat } from '../panels.ts'
import { chosen, maxBy, quantile, rate, recorded, sumBy } from '../promql.ts'

/** What the gateway promises: a decision, in time. How much of the error budget is left, and how fast it goes. */
export const sloPage = (): Page => ({
  file: 'deploy/gateway/dashboards/slo.json',
  uid: DASHBOARD_IDS.slo.uid,
  title: 'Callback quorum: objectives',
  description:
    'What the gateway promises the platforms over 30 days: 99 % of verified requests are decided, 99.9 % of answers come in time.',
  servicesBy: 'callback_quorum_deadline_seconds',
  rows: [
    ...OBJECTIVES.map((objective) => ({ title: titleOf(objective), lines: [budget(objective)] })),
    { title: 'How much time is left', lines: [headroom(), patience()] },
    { title: 'How many ask', lines: [traffic()] },
  ],
})

type Line = Row['lines'][number]

const percent = (share: number): string => `${(share * 100).toFixed(1).replace('.0', '')} %`

const titleOf = ({ title, objective }: Objective): string => `${title}: ${percent(objective)} over 30 days`

/** 1 is what the objective allows to miss. The subtraction is written out so that the query can be read beside the objective. */
const budgetOf = ({ objective }: Objective): string => `(1 - ${objective})`

function budget(objective: Objective): Line {
  const { records, missed, runbook, title } = objective
  const spent = `${recorded(`${records}:ratio${BUDGET_WINDOW}`)} / ${budgetOf(objective)}`
  return [
    gauge(
      {
        title: `${title}: budget left`,
        good: `How much of the error budget of 30 days is left, of the worst platform. The budget is spent by ${missed}`,
        otherwise:
          'empty: nothing that can wait is deployed before the cause is found; see which window burns, to the right',
        runbook,
      },
      { expr: `clamp_min(1 - max(${spent}), 0)`, legend: '' },
      {
        columns: 4,
        steps: [
          [0.1, ACT_SOON],
          [0.25, WATCH],
          [0.5, GOOD],
        ],
        below: ACT_NOW,
      },
    ),
    lines(
      {
        title: `${title}: budget left, by platform`,
        good: 'Level or rising. It falls with every miss, and comes back after 30 days',
        otherwise: 'a step: an incident, find it by its time; a slope: something misses all the time',
        runbook,
      },
      [{ expr: `1 - ${spent}`, legend: '{{service}} {{platform}}' }],
      { unit: units.PercentUnit, columns: 6 },
    ),
    lines(
      {
        title: `${title}: how fast the budget burns`,
        good: `Below ${BURN_TICKET}: at that speed the budget lasts 30 days. Somebody is called at ${BURN_PAGE_FAST} (lasts 2 days) over 1 h, and at ${BURN_PAGE_SLOW} (5 days) over 6 h`,
        otherwise: 'short windows high, long ones low: it just began, or is over; all high: it goes on',
        runbook,
      },
      BURN_WINDOWS.map((window) => ({
        expr: `max(${recorded(`${records}:ratio${window}`)}) / ${budgetOf(objective)}`,
        legend: `over ${window}`,
      })),
      {
        columns: 8,
        steps: [
          [BURN_TICKET, WATCH],
          [BURN_PAGE_SLOW, ACT_SOON],
          [BURN_PAGE_FAST, ACT_NOW],
        ],
      },
    ),
    lines(
      {
        title: `${title}: share missed`,
        good: `0. The share of ${missed}, within the last 5 minutes and within 30 days`,
        otherwise: 'the gateway dashboard says what requests waited for at that time',
        runbook,
      },
      (['5m', BUDGET_WINDOW] as const).map((window) => ({
        expr: recorded(`${records}:ratio${window}`),
        legend: `{{service}} {{platform}} ${window}`,
      })),
      { unit: units.PercentUnit, columns: 6, max: 1 },
    ),
  ]
}

const headroom = (): Line => [
  heatmap(
    {
      title: 'Time left when the answer was ready',
      good: 'Dark at the top: answers are ready long before the deadline of the gateway',
      otherwise: 'dark at 0: checkers use all the time there is, and the request ends with "not yet"',
      runbook: ['HeadroomLow', 'CheckerSlow'],
    },
    'deadline_headroom_seconds',
  ),
  lines(
    {
      title: 'Least time left',
      good: 'The 1st and 5th percentile of each platform stay far above 0',
      otherwise: 'at 0 the deadline decides instead of the checkers: see how long each checker takes',
      runbook: ['HeadroomLow', 'CheckerSlow'],
    },
    ([0.01, 0.05] as const).map((q) => ({
      expr: quantile(q, 'deadline_headroom_seconds', { by: 'platform' }),
      legend: `{{platform}} p${q * 100}`,
    })),
    { unit: units.Seconds },
  ),
  lines(
    {
      title: 'Past the deadline of the gateway',
      good: '0: the share of requests whose deadline passed before there was an answer',
      otherwise: 'a checker that is away spends all the time there is: see who failed on the gateway dashboard',
      runbook: ['HeadroomLow', 'CheckerSlow'],
    },
    [
      {
        // One label value is written 0 by Prometheus 2 and 0.0 by Prometheus 3.
        expr: `${sumBy('platform', rate(chosen('deadline_headroom_seconds_bucket', 'le=~"0|0.0"')))} / ${sumBy('platform', rate(chosen('deadline_headroom_seconds_count')))}`,
        legend: '{{platform}}',
      },
    ],
    { unit: units.PercentUnit, max: 1 },
  ),
]

const patience = (): Line => [
  lines(
    {
      title: 'Answers against what callers wait for',
      good: 'The 99th percentile of answers stays below the deadline, and the deadline below what each caller waits for',
      otherwise: 'a deadline above the timeout of a caller is a mistake of the configuration: `check-config`',
      runbook: ['HeadroomLow', 'CheckerSlow'],
    },
    [
      { expr: recorded('request_seconds:p99_5m'), legend: 'p99 {{service}} {{platform}}' },
      { expr: maxBy('platform', chosen('deadline_seconds')), legend: 'deadline {{platform}}' },
      { expr: maxBy('caller, platform', chosen('caller_timeout_seconds')), legend: '{{caller}} waits' },
    ],
    { unit: units.Seconds },
  ),
  stat(
    {
      title: 'Least time between deadline and timeout',
      good: 'At least 2 s between the deadline of the gateway and the request timeout of the most impatient caller: for signing and the way back',
      otherwise: 'lower the deadline of that platform, or raise the request timeout on both sides',
    },
    {
      expr: `min(${maxBy('service, platform, caller', chosen('caller_timeout_seconds'))} - on (service, platform) group_left () ${maxBy('service, platform', chosen('deadline_seconds'))})`,
      legend: '',
    },
    {
      unit: units.Seconds,
      steps: [
        [0.5, ACT_SOON],
        [1, WATCH],
        [2, GOOD],
      ],
      below: ACT_NOW,
    },
  ),
]

const traffic = (): Line => [
  lines(
    {
      title: 'Verified requests',
      good: 'The rhythm of the business; budgets of a quiet day are spent by single requests',
      otherwise: 'none: the platform does not ask, see the gateway dashboard',
      runbook: ['EverythingRejected', 'CallerSilent'],
    },
    BURN_WINDOWS.map((window) => ({
      expr: recorded(`requests:rate${window}`),
      legend: `{{service}} {{platform}} ${window}`,
    })),
    { unit: units.RequestsPerSecond },
  ),
]
