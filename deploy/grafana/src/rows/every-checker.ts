import * as units from '@grafana/grafana-foundation-sdk/units'
import { ACT_NOW, ACT_SOON, WATCH } from '../colours.ts'
import type { Row } from '../page.ts'
import { heatmap, lines, percentiles, rates, stat, table } from '../panels.ts'
import { chosen, maxBy, quantile, recorded, sumBy, total, within } from '../promql.ts'

type Line = Row['lines'][number]

/** The first line of a checker's dashboard: is it asked, what does it say, can it answer. */
export const checkerNumbers = (): Line => [
  stat(
    {
      title: 'Approved',
      good: 'Verdicts in the time shown that let a transaction pass this checker: most of them',
      otherwise: 'none: it is not asked, or refuses everything; see the next numbers',
    },
    { expr: verdictsOf('approved'), legend: 'approved' },
    { decimals: 0 },
  ),
  stat(
    {
      title: 'Rejected',
      good: 'Verdicts in the time shown that stopped a transaction: few, and every code can be explained',
      otherwise: 'the table of codes says which rule it was',
    },
    { expr: verdictsOf('rejected'), legend: 'rejected' },
    { decimals: 0, steps: [[1, WATCH]] },
  ),
  stat(
    {
      title: 'Could not tell',
      good: 'Verdicts in the time shown without a yes or no: 0. The payments wait',
      otherwise: 'the codes say what is missing: a list, a price, the business system, the database',
      runbook: ['CheckerUnable'],
    },
    { expr: verdictsOf('failed'), legend: 'failed' },
    {
      decimals: 0,
      steps: [
        [1, ACT_SOON],
        [20, ACT_NOW],
      ],
    },
  ),
  stat(
    {
      title: 'Not ready',
      good: 'Instances of this checker that say of themselves that they cannot answer: 0',
      otherwise: 'GET /readyz on its metrics listener says why',
      runbook: ['ServiceNotReady', 'InstanceNotReady'],
    },
    { expr: `sum(1 - ${chosen('ready')})`, legend: '' },
    { decimals: 0, steps: [[1, ACT_NOW]] },
  ),
]

const verdictsOf = (outcome: string): string => total(chosen('verdicts_total', `outcome="${outcome}"`))

/** What every checker has, whatever it checks. */
export const everyChecker = (): readonly Row[] => [
  { title: 'Every checker: verdicts', lines: [verdicts(), speed()] },
  { title: 'Every checker: claims and what it is told', lines: [claims(), told()] },
]

const verdicts = (): Line => [
  rates(
    {
      title: 'Verdicts by kind and outcome',
      good: 'Mostly approved, in the rhythm of the business',
      otherwise: 'failed: it cannot tell, and payments wait; rejected: look at the codes',
      runbook: ['CheckerUnable'],
    },
    'verdicts_total',
    'kind, outcome',
  ),
  table(
    {
      title: 'Codes',
      good: 'How often each code stopped a transaction in the time shown; the README of the checker explains each',
      otherwise: 'a new code at the top: what changed, here or on the other side',
      silent: 'it has data only after a verdict that did not approve',
    },
    `sort_desc(${sumBy('code', within(chosen('verdict_codes_total')))} > 0)`,
    { value: 'times', decimals: 0 },
  ),
  lines(
    {
      title: 'Judging now',
      good: 'Rules at work: a few, and back to 0',
      otherwise: 'a number that stays: a rule waits for something that does not answer',
    },
    [{ expr: sumBy('instance', chosen('rules_in_flight')), legend: '{{instance}}' }],
    {},
  ),
]

const speed = (): Line => [
  lines(
    {
      title: 'How long each rule takes',
      good: 'Milliseconds, where a rule asks nobody else',
      otherwise: 'the slowest rule decides how long a payment waits for this checker',
      runbook: ['RulesWithoutJudgement'],
    },
    [
      { expr: recorded('rule_seconds:p99_5m'), legend: '{{rule}} p99' },
      { expr: quantile(0.95, 'rule_seconds', { by: 'rule' }), legend: '{{rule}} p95' },
    ],
    { unit: units.Seconds },
  ),
  rates(
    {
      title: 'What each rule says',
      good: 'Approved by every rule',
      otherwise: 'rejected: this rule stops payments; failed: it could not tell',
    },
    'rule_seconds_count',
    'rule, outcome',
  ),
  heatmap(
    {
      title: 'How long callers wait for a verdict',
      good: 'One dark band far below the deadline of the gateway',
      otherwise: 'a band at 8 s or 25 s: answers come too late and payments wait; see the rules to the left',
      runbook: ['RequestsFailing'],
    },
    'request_seconds',
  ),
]

const claims = (): Line => [
  percentiles(
    {
      title: 'How long a claim takes',
      good: 'Milliseconds: the transaction that writes verdict and claim, waiting for locks included',
      otherwise: 'transactions wait for one another: see connections and the database on the dashboard Processes',
      runbook: ['DatabasePoolWaiting', 'DatabaseUnreachable'],
    },
    'claim_seconds',
  ),
  lines(
    {
      title: 'Transactions that hold a claim',
      good: 'As many as are under way: each was approved and is not yet told to be over',
      otherwise: 'a line that only rises: notices of the gateway do not arrive, or nobody says how signings ended',
      runbook: ['OutboxLagging'],
    },
    [{ expr: maxBy('service, kind', chosen('claims_held')), legend: '{{service}} {{kind}}' }],
    {},
  ),
  lines(
    {
      title: 'Slowest claims',
      good: 'The 99th percentile below a second',
      otherwise: 'one account or one reference that everybody wants at once, or a database without room',
      runbook: ['DatabasePoolWaiting', 'DatabaseUnreachable'],
    },
    [{ expr: quantile(0.99, 'claim_seconds', { by: 'instance' }), legend: '{{instance}} p99' }],
    {
      unit: units.Seconds,
      steps: [
        [1, WATCH],
        [4, ACT_SOON],
      ],
    },
  ),
]

const told = (): Line => [
  rates(
    {
      title: 'Notices of the gateway',
      good: 'What the gateway said about decisions, and what that did: each once',
      otherwise: 'none although verdicts are given: the gateway cannot reach this checker, claims stay held',
      runbook: ['OutboxLagging', 'OutcomesContradict', 'ApprovalContradicts'],
    },
    'outcomes_total',
    'outcome, effect',
  ),
  rates(
    {
      title: 'Events of nodes',
      good: 'What nodes report about signings, recorded or known already',
      otherwise: 'refused: a node with a wrong key, or somebody who is none',
      runbook: ['PlatformEventsRefused'],
      silent: 'it has data only where nodes send their events to this checker',
    },
    'platform_events_total',
    'event, effect',
  ),
  rates(
    {
      title: 'Approvals let go',
      good: 'Fireblocks asks to approve and later to sign: approvals that were never signed, let go after approval_hold',
      otherwise: 'many: transactions are approved and then not signed, ask the platform side',
      runbook: ['ApprovalsLetGo'],
      silent: 'it has data only with a Fireblocks Co-signer, when a signing does not follow its approval',
    },
    'approvals_let_go_total',
    'effect',
  ),
]
