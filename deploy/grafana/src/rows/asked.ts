import * as units from '@grafana/grafana-foundation-sdk/units'
import { ACT_SOON, WATCH } from '../colours.ts'
import type { Row } from '../page.ts'
import { lines, percentiles, rates, table } from '../panels.ts'
import { chosen, maxBy, share, rate, sumBy, within } from '../promql.ts'

/** What the gateway asks its checkers, and what it owes them. */
export const askedRows = (): readonly Row[] => [
  { title: 'Checkers', lines: [votes(), speed()] },
  { title: 'Notices to checkers', lines: [notices()] },
]

type Line = Row['lines'][number]

const failedVotes = sumBy('checker', rate(chosen('checker_votes_total', 'mode="enforce", outcome="failed"')))
const allVotes = sumBy('checker', rate(chosen('checker_votes_total', 'mode="enforce"')))

const votes = (): Line => [
  rates(
    {
      title: 'Votes of the checkers that count',
      good: 'Each checker is asked as often as the quorum says, and approves most',
      otherwise: 'a checker without a line is not asked: `check-config` prints who is asked for what',
    },
    'checker_votes_total',
    'checker, outcome',
    { matchers: 'mode="enforce"' },
  ),
  rates(
    {
      title: 'Votes of shadow checkers',
      good: 'What they would say; they never count',
      otherwise: 'before one is made to count, its rejections must all be explained',
      runbook: ['ShadowCheckerFailing'],
      silent: 'it has data only where a checker is configured as shadow',
    },
    'checker_votes_total',
    'checker, outcome',
    { matchers: 'mode="shadow"' },
  ),
  table(
    {
      title: 'Failures by checker and cause',
      good: 'Empty: every checker that was asked gave a usable verdict in the time shown',
      otherwise:
        'transport, timeout: is it up, is it reachable; http_status, malformed: its version or a proxy; bad_signature, mismatch, expired: its key or its clock',
      runbook: ['CheckerFailing'],
      silent: 'it has data only after a checker gave no usable verdict',
    },
    `sort_desc(${sumBy('checker, mode, cause', within(chosen('checker_votes_total', 'outcome="failed"')))} > 0)`,
    { value: 'times', decimals: 0 },
  ),
]

const speed = (): Line => [
  percentiles(
    {
      title: 'How long each checker takes',
      good: 'The slowest of each stage is what a payment waits for: well below the deadline',
      otherwise: 'ask the team of that checker; its own dashboard says which rule it is',
      runbook: ['CheckerSlow'],
    },
    'checker_seconds',
    { by: 'checker' },
  ),
  lines(
    {
      title: 'Share of askings that failed',
      good: '0 for every checker that counts',
      otherwise: 'payments that need this checker wait as long as it fails',
      runbook: ['CheckerFailing'],
    },
    [{ expr: share(failedVotes, allVotes), legend: '{{checker}} failed' }],
    {
      unit: units.PercentUnit,
      max: 1,
      steps: [
        [0.05, WATCH],
        [0.5, ACT_SOON],
      ],
    },
  ),
  lines(
    {
      title: 'Being asked now',
      good: 'A few for each checker; as many as requests come in while it thinks',
      otherwise: 'a number that stays: that checker accepts connections and does not answer',
      runbook: ['CheckerSlow'],
    },
    [{ expr: sumBy('checker', chosen('checker_in_flight')), legend: '{{checker}}' }],
    {},
  ),
]

const notices = (): Line => [
  lines(
    {
      title: 'Notices owed',
      good: 'What was decided and not yet acknowledged by each checker that was asked: 0, or falling',
      otherwise: 'until they know, checkers hold what they reserved: limits may refuse too early',
      runbook: ['OutboxLagging'],
    },
    [{ expr: maxBy('service', chosen('outbox_owed')), legend: '{{service}}' }],
    {},
  ),
  lines(
    {
      title: 'Oldest notice owed',
      good: 'Seconds: how long the oldest notice waits to be acknowledged',
      otherwise: 'the checker named by "Deliveries" as failed is away or does not accept our key',
      runbook: ['OutboxLagging'],
    },
    [{ expr: maxBy('service', chosen('outbox_oldest_seconds')), legend: '{{service}}' }],
    {
      unit: units.Seconds,
      steps: [
        [60, WATCH],
        [600, ACT_SOON],
      ],
    },
  ),
  rates(
    {
      title: 'Deliveries',
      good: 'Acknowledged, once for each decision and checker',
      otherwise: 'failed: the checker is away, or answers with an error that stands in our log',
      runbook: ['OutboxLagging'],
    },
    'outbox_deliveries_total',
    'checker, result',
  ),
]
