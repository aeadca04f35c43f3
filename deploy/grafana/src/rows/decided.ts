import * as units from '@grafana/grafana-foundation-sdk/units'
import { ACT_NOW, ACT_SOON, WATCH } from '../colours.ts'
import type { Row } from '../page.ts'
import { heatmap, lines, rates, stat, table } from '../panels.ts'
import { chosen, maxBy, quantile, recorded, sumBy, total, within } from '../promql.ts'

/** What the gateway decided, what it owes an answer, and who asked. */
export const decidedRows = (): readonly Row[] => [
  { title: 'Decisions', lines: [decisions(), deferred()] },
  { title: 'Requests', lines: [requests(), alarms()] },
]

type Line = Row['lines'][number]

const decisions = (): Line => [
  rates(
    {
      title: 'Decisions by kind',
      good: 'Every kind that the platforms ask about, mostly approved; key ceremonies are rare',
      otherwise: 'an unexpected key ceremony or configuration change: ask who started it before anything else',
    },
    'decisions_total',
    'kind, outcome',
  ),
  rates(
    {
      title: 'Not decided, by cause',
      good: 'Nothing: each cause stands for askings that ended with "not yet"',
      otherwise:
        'timeout, transport, http_status: a checker is away; bad_signature, mismatch: somebody else answers in its place; unable: it says so itself; database: ours',
      runbook: ['RequestsFailing'],
      silent: 'it has data only after a request could not be decided',
    },
    'decisions_total',
    'cause',
    { matchers: 'outcome="failed"' },
  ),
  rates(
    {
      title: 'Answered from the record',
      good: 'Requests that came again and were answered with the recorded decision: a small part of all',
      otherwise:
        'many: answers do not reach the platform, look at the network between it and us, and at "Requests and answers"',
      silent: 'it has data only after a request was asked again once it was decided',
    },
    'decisions_total',
    'kind, outcome',
    { matchers: 'recalled="yes"' },
  ),
  lines(
    {
      title: 'Time to decide, by kind',
      good: 'Well under a second where checkers answer from their own database; 99th percentile of each kind, 95th of each outcome',
      otherwise: 'compare with "How long each checker takes"; what remains is our own database or signing',
      runbook: ['HeadroomLow', 'CheckerSlow'],
    },
    [
      { expr: recorded('decision_seconds:p99_5m'), legend: '{{kind}} p99' },
      { expr: quantile(0.95, 'decision_seconds', { by: 'outcome' }), legend: '{{outcome}} p95' },
    ],
    { unit: units.Seconds },
  ),
]

const deferred = (): Line => [
  lines(
    {
      title: 'How long the oldest waits',
      good: 'Nobody waits longer than a few retries of the platform',
      otherwise:
        'close to the retries of the caller: repair the checker that it waits for, or reject it; afterwards the platform gives up by itself',
      runbook: ['DeferralsWaiting', 'DeferralsNearGiveUp'],
    },
    [{ expr: maxBy('platform', chosen('deferral_oldest_seconds')), legend: '{{platform}}' }],
    {
      unit: units.Seconds,
      steps: [
        [300, WATCH],
        [1800, ACT_SOON],
      ],
    },
  ),
  lines(
    {
      title: 'How long requests waited that were decided at last',
      good: 'Minutes at most, and approved',
      otherwise: 'hours: the checker in charge was away that long; rejected: the budget of the caller was spent first',
      runbook: ['DeferralsWaiting', 'DeferralsNearGiveUp'],
      silent: 'it has data only after a request was decided that had been answered "not yet"',
    },
    [{ expr: quantile(0.95, 'deferral_age_seconds', { by: 'kind, outcome' }), legend: '{{kind}} {{outcome}} p95' }],
    { unit: units.Seconds },
  ),
  stat(
    {
      title: 'Given up by the platform',
      good: 'Requests answered "not yet" that nobody asked about again, in the time shown: 0',
      otherwise: 'those payments did not happen: tell who sent them, and find in the row above what they waited for',
      runbook: ['RequestsAbandoned'],
    },
    { expr: total(chosen('abandoned_total')), legend: '' },
    { decimals: 0, steps: [[1, ACT_SOON]] },
  ),
]

const requests = (): Line => [
  rates(
    {
      title: 'Requests and answers',
      good: 'Verified requests by what was answered; failed is absent',
      otherwise: 'no requests: the platform does not reach us or does not ask; failed: see "Not decided, by cause"',
      runbook: ['RequestsFailing'],
    },
    'requests_total',
    'dialect, outcome',
  ),
  heatmap(
    {
      title: 'How long callers wait for an answer',
      good: 'One dark band far below 8 s (Cobo) or 25 s (Fireblocks)',
      otherwise:
        'a band at the deadline: a checker does not answer; a band that climbs: not enough processes or database',
      runbook: ['HeadroomLow', 'CheckerSlow'],
    },
    'request_seconds',
  ),
  table(
    {
      title: 'Deadlines of the gateway',
      good: 'Each lies below the request timeout of every caller of its platform, to the right',
      otherwise:
        'an answer after the timeout of the caller is lost: lower the deadline or raise the timeout on the platform side',
    },
    maxBy('service, platform', chosen('deadline_seconds')),
    { unit: units.Seconds, value: 'deadline' },
  ),
  table(
    {
      title: 'What callers wait for at most',
      good: 'The request timeout of each caller, as configured here and on the platform',
      otherwise: 'make both sides say the same; see the deadlines to the left',
    },
    maxBy('caller, platform', chosen('caller_timeout_seconds')),
    { unit: units.Seconds, value: 'timeout' },
  ),
]

const alarms = (): Line => [
  lines(
    {
      title: 'Alarms',
      good: 'None. digest_changed: an approved request came again with other content; unverifiable_verdict: a verdict that is not from its checker; notice_refused: a checker does not accept our word',
      otherwise: 'treat each as an attack until it is explained: freeze, then read the records of that time',
      runbook: ['GatewayDigestChanged', 'GatewayUnverifiableVerdict', 'GatewayNoticeRefused'],
    },
    [{ expr: sumBy('alarm', within(chosen('alarms_total'))), legend: '{{alarm}}' }],
    { steps: [[1, ACT_NOW]] },
  ),
]
