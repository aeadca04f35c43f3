import * as units from '@grafana/grafana-foundation-sdk/units'
import { ACT_NOW, ACT_SOON, WATCH } from '../colours.ts'
import { DASHBOARD_IDS } from '../dashboard-ids.ts'
import type { Page, Row } from '../page.ts'
import { gauge, lines, rates, table } from '../panels.ts'
import { chosen, maxBy, sumBy, within } from '../promql.ts'
import { checkerNumbers, everyChecker } from '../rows/every-checker.ts'

/** How full the limits are, what they refused, and what keeps them full. */
export const limitsPage = (): Page => ({
  file: 'deploy/checkers/limits/dashboards/limits.json',
  uid: DASHBOARD_IDS.limits.uid,
  title: 'Callback quorum: limits',
  description:
    'How full the limits are, which of them refused, whether reservations are let go, and whether prices are fresh.',
  servicesBy: 'callback_quorum_limits_alarms_total',
  rows: [
    { lines: [checkerNumbers(), used()] },
    { title: 'Reservations', lines: [reservations()] },
    { title: 'Prices', lines: [prices()] },
    ...everyChecker(),
  ],
})

type Line = Row['lines'][number]

const usedSteps = [
  [0.8, WATCH],
  [0.95, ACT_SOON],
  [1, ACT_NOW],
] as const

const used = (): Line => [
  gauge(
    {
      title: 'Fullest limit',
      good: 'The used share of the limit that is closest to refusing: green',
      otherwise: 'past 1 it refuses; the line to the right says which, and two people may change it',
      runbook: ['LimitNearlyUsed', 'LimitUsedUp'],
    },
    { expr: `max(${chosen('limits_used_ratio')})`, legend: '' },
    { columns: 5, steps: usedSteps },
  ),
  lines(
    {
      title: 'Used share of each rule',
      good: 'Rises with payments and falls as its window moves on; the fullest counter of each rule counts',
      otherwise:
        'a line that does not fall: reservations are not let go, see below; a line near 1: payments will be refused soon',
      runbook: ['LimitNearlyUsed', 'LimitUsedUp'],
    },
    [{ expr: maxBy('rule', chosen('limits_used_ratio')), legend: '{{rule}}' }],
    { unit: units.PercentUnit, columns: 11, steps: usedSteps },
  ),
  table(
    {
      title: 'Refused by rule',
      good: 'Empty, or what the rules are for; mode shadow: it would have refused',
      otherwise:
        'ask treasury whether the payments are wanted: the limit is raised by two people, never by switching it off',
      runbook: ['LimitRefusals'],
      silent: 'it has data only after a limit refused',
    },
    `sort_desc(${sumBy('rule, code, mode', within(chosen('limits_refusals_total')))} > 0)`,
    { value: 'times', decimals: 0, columns: 8 },
  ),
]

const reservations = (): Line => [
  lines(
    {
      title: 'Oldest reservation',
      good: 'held: waits for the outcome of the gateway, minutes; committed: waits for its chain',
      otherwise: 'held for hours: notices of the gateway do not arrive; only a notice or two people release it',
      runbook: ['ReservationHeldLong'],
    },
    [{ expr: maxBy('state', chosen('limits_oldest_reservation_seconds')), legend: '{{state}}' }],
    { unit: units.Seconds },
  ),
  rates(
    {
      title: 'Refusals',
      good: 'None that surprise; mode shadow: it would have refused',
      otherwise: 'the table above names the rule; a burst of refusals may be somebody who tries',
      runbook: ['LimitRefusals'],
      silent: 'it has data only after a limit refused',
    },
    'limits_refusals_total',
    'rule, mode',
  ),
  lines(
    {
      title: 'Contradictions',
      good: '0. released_but_seen, failed_but_counted, succeeded_unknown, over_limit_by_confirmation: ledger and reports differ; drift: counters and ledger differ',
      otherwise: 'money may have moved that is not counted: find the transaction in the log, correct it by two people',
      runbook: ['LimitsContradiction', 'LimitsDrift', 'LimitsFailedButCounted'],
    },
    [{ expr: sumBy('alarm', within(chosen('limits_alarms_total'))), legend: '{{alarm}}' }],
    { steps: [[1, ACT_NOW]] },
  ),
]

const prices = (): Line => [
  lines(
    {
      title: 'Age of prices',
      good: 'Younger than max_age of the configuration',
      otherwise: 'without two fresh sources, limits in money cannot tell and payments wait',
      runbook: ['PriceSourceOld', 'PricesOld'],
      silent: 'it has data only where price sources are configured',
    },
    [{ expr: maxBy('source', chosen('limits_price_age_seconds')), legend: '{{source}}' }],
    {
      unit: units.Seconds,
      steps: [
        [300, WATCH],
        [600, ACT_SOON],
      ],
    },
  ),
  rates(
    {
      title: 'Fetches of prices',
      good: 'Each source answers ok at its interval',
      otherwise: 'timeout, transport, http_status: it is away; malformed: it answers something else than it used to',
      runbook: ['PriceSourceOld', 'PricesOld'],
      silent: 'it has data only where price sources are configured',
    },
    'limits_price_fetch_total',
    'source, outcome',
  ),
]
