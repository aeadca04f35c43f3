import * as units from '@grafana/grafana-foundation-sdk/units'
import { ACT_NOW, ACT_SOON, GOOD, WATCH } from '../colours.ts'
import { DASHBOARD_IDS } from '../dashboard-ids.ts'
import type { Page, Row } from '../page.ts'
import { lines, stat, table, timeline } from '../panels.ts'
import { chosen, everywhere, maxBy, quantile, rate, sumBy, total, within } from '../promql.ts'
import { askedRows } from '../rows/asked.ts'
import { decidedRows } from '../rows/decided.ts'
import { FROZEN, READY } from '../states.ts'

/** Kinds whose approval lets a key share sign a payment. */
const SIGNED = 'kind=~"keysign|tx-signing"'

/** Is money moving, who says no and why, are we in time, is anything waiting, is anybody frozen: the first screen. */
export const gatewayPage = (): Page => ({
  file: 'deploy/gateway/dashboards/gateway.json',
  uid: DASHBOARD_IDS.gateway.uid,
  title: 'Callback quorum: gateway',
  description: 'Is money moving, who says no and why, are we in time, is anything waiting, is anybody frozen.',
  servicesBy: 'callback_quorum_frozen',
  rows: [{ lines: [numbers(), moving(), waiting()] }, ...decidedRows(), ...askedRows()],
})

type Line = Row['lines'][number]

const decided = (outcome: string): string =>
  total(chosen('decisions_total', `${SIGNED}, recalled="no", outcome="${outcome}"`))

const numbers = (): Line => [...counted(), ...standing()]

const counted = (): Line => [
  stat(
    {
      title: 'Payments approved',
      good: 'Payments that every required checker approved in the time shown: about as many as the business sent out',
      otherwise: 'see whether requests arrive at all (row Requests), then who refuses, then what waits',
      runbook: ['EverythingRejected', 'CallerSilent'],
    },
    { expr: decided('approved'), legend: 'approved' },
    { decimals: 0 },
  ),
  stat(
    {
      title: 'Payments refused',
      good: 'Payments that a checker objected to in the time shown: few, each with a code that its team can explain',
      otherwise: 'look at "Why: codes of the checkers" and ask the team of that checker; a refusal is final',
      runbook: ['EverythingRejected'],
    },
    { expr: decided('rejected'), legend: 'rejected' },
    { decimals: 0, steps: [[1, WATCH]] },
  ),
  stat(
    {
      title: 'Answered "not yet"',
      good: 'Askings that ended without a decision in the time shown: none. Each is asked again by the platform',
      otherwise: 'look at "Not decided, by cause": the checker or the database named there is what payments wait for',
      runbook: ['RequestsFailing'],
    },
    { expr: decided('failed'), legend: 'failed' },
    {
      decimals: 0,
      steps: [
        [1, ACT_SOON],
        [20, ACT_NOW],
      ],
    },
  ),
]

const standing = (): Line => [
  stat(
    {
      title: 'Waiting now',
      good: 'Requests that were answered "not yet" and are still undecided: none, or a few for moments',
      otherwise: 'the oldest of them is in "How long the oldest waits"; past the retries of its caller it is lost',
      runbook: ['DeferralsWaiting', 'DeferralsNearGiveUp'],
    },
    { expr: `sum(${maxBy('service, platform', chosen('deferrals_open'))})`, legend: 'waiting' },
    {
      decimals: 0,
      steps: [
        [1, WATCH],
        [10, ACT_SOON],
      ],
    },
  ),
  stat(
    {
      title: 'Frozen',
      good: 'Not frozen. While frozen nothing is approved, by decision of a person',
      otherwise: 'the record of the freeze says who and why; `callback-quorum unfreeze` when that is settled',
      runbook: ['GatewayFrozen'],
    },
    { expr: `max(${chosen('frozen')})`, legend: '' },
    { states: FROZEN },
  ),
  stat(
    {
      title: 'Not ready',
      good: 'Instances, of the gateway and of all checkers, that say of themselves that they cannot answer: 0',
      otherwise:
        'GET /readyz on the metrics listener of that instance says why; which one it is stands in "Ready and frozen"',
      runbook: ['ServiceNotReady', 'InstanceNotReady'],
    },
    { expr: `sum(1 - ${everywhere('ready')})`, legend: '' },
    { decimals: 0, steps: [[1, ACT_NOW]] },
  ),
]

const moving = (): Line => [
  lines(
    {
      title: 'Is money moving?',
      good: 'Decisions about payments: mostly approved, with the rhythm of the business',
      otherwise:
        'no line at all: nothing is asked, look at the platform; orange: a checker objects; red: no checker or no database in time',
      runbook: ['EverythingRejected', 'CallerSilent', 'RequestsFailing'],
    },
    [{ expr: sumBy('outcome', rate(chosen('decisions_total', SIGNED))), legend: '{{outcome}}' }],
    { unit: units.RequestsPerSecond, stacked: true },
  ),
  lines(
    {
      title: 'Who says no?',
      good: 'Checkers that count (not shadow) and did not approve: rejections are few and failures none',
      otherwise:
        'failed: that checker is what to repair; rejected: look at its codes to the right and at its own dashboard',
      runbook: ['CheckerFailing'],
    },
    [
      {
        expr: sumBy('checker, outcome', rate(chosen('checker_votes_total', 'mode="enforce", outcome!="approved"'))),
        legend: '{{checker}} {{outcome}}',
      },
    ],
    { unit: units.RequestsPerSecond, stacked: true },
  ),
  table(
    {
      title: 'Why: codes of the checkers',
      good: 'How often each checker gave each code in the time shown; every code is in the README of its checker',
      otherwise: 'a code that leads the table suddenly: a changed list, limit or mapping, or somebody tries something',
      runbook: ['EverythingRejected'],
    },
    `sort_desc(${sumBy('service, code', within(everywhere('verdict_codes_total')))} > 0)`,
    { value: 'times', decimals: 0 },
  ),
]

const waiting = (): Line => [
  lines(
    {
      title: 'Are we in time?',
      good: 'From the verified request to the decision: far below the dashed deadline of each platform',
      otherwise: '"How long each checker takes" shows which one; past the deadline the answer is "not yet"',
      runbook: ['HeadroomLow', 'CheckerSlow'],
    },
    [
      { expr: maxBy('platform', chosen('deadline_seconds')), legend: 'deadline {{platform}}' },
      ...([0.5, 0.95, 0.99] as const).map((q) => ({ expr: quantile(q, 'decision_seconds'), legend: `p${q * 100}` })),
    ],
    { unit: units.Seconds },
  ),
  lines(
    {
      title: 'Is anything waiting?',
      good: 'Requests not yet decided and notices not yet acknowledged: at or near 0, falling after each peak',
      otherwise: 'a line that only rises: its checker is away, or nobody asks again',
      runbook: ['DeferralsWaiting', 'DeferralsNearGiveUp', 'OutboxLagging'],
    },
    [
      { expr: maxBy('platform', chosen('deferrals_open')), legend: 'requests of {{platform}}' },
      { expr: maxBy('service', chosen('outbox_owed')), legend: 'notices of {{service}}' },
      { expr: sumBy('checker', chosen('checker_in_flight')), legend: 'being asked: {{checker}}' },
    ],
    {},
  ),
  timeline(
    {
      title: 'Ready and frozen',
      good: 'Every instance of every service ready, no gateway frozen',
      otherwise: 'not ready: /readyz of that instance says why; frozen: a person did that',
      runbook: ['ServiceNotReady', 'InstanceNotReady', 'GatewayFrozen'],
    },
    [
      { expr: `${maxBy('service', everywhere('frozen'))} + 2`, legend: '{{service}} frozen' },
      { expr: everywhere('ready'), legend: '{{service}} {{instance}}' },
    ],
    { states: { ...READY, 2: ['not frozen', GOOD], 3: ['FROZEN', ACT_NOW] } },
  ),
]
