import * as units from '@grafana/grafana-foundation-sdk/units'
import { ACT_NOW, ACT_SOON, WATCH } from '../colours.ts'
import { DASHBOARD_IDS } from '../dashboard-ids.ts'
import type { Page, Row } from '../page.ts'
import { lines, percentiles, rates, table, timeline } from '../panels.ts'
import { chosen, maxBy, quantile, sumBy, within } from '../promql.ts'
import { checkerNumbers, everyChecker } from '../rows/every-checker.ts'
import { BREAKER } from '../states.ts'

/** Does the business system answer, does it know the payments, and is no reference used twice. */
export const businessLookupPage = (): Page => ({
  file: 'deploy/checkers/business-lookup/dashboards/business-lookup.json',
  uid: DASHBOARD_IDS.businessLookup.uid,
  title: 'Callback quorum: business lookup',
  description: 'Does the business system answer, does it know the payments, and is no reference used twice.',
  servicesBy: 'callback_quorum_lookup_claims_total',
  rows: [
    { lines: [checkerNumbers(), found()] },
    { title: 'The business system', lines: [system()] },
    { title: 'Inbox: what the business system pushes', lines: [inbox()] },
    ...everyChecker(),
  ],
})

type Line = Row['lines'][number]

const found = (): Line => [
  rates(
    {
      title: 'Payments compared with their record',
      good: 'Approved: the record is there and says the same',
      otherwise: 'rejected: the code to the right says what differs; failed: the business system did not answer',
      runbook: ['LookupConnectorErrors', 'LookupConnectorRefused'],
    },
    'lookup_total',
    'connector, outcome',
  ),
  table(
    {
      title: 'What differed',
      good: 'Empty. Otherwise how often each code came first, in the time shown',
      otherwise:
        'not found: the payment was not in the business system when it was asked; a difference: somebody changed it on the way',
      runbook: ['EverythingUnknown'],
      silent: 'it has data only after a payment did not match its record',
    },
    `sort_desc(${sumBy('connector, outcome, code', within(chosen('lookup_total', 'code!="none"')))} > 0)`,
    { value: 'times', decimals: 0 },
  ),
  lines(
    {
      title: 'Claims on references',
      good: 'claimed and released; replaced by a payment with a higher fee; refused is rare',
      otherwise:
        'refused: two transactions want one reference, only one is wanted; contradicted: signed after its release, look at once',
      runbook: ['ClaimContradicted'],
    },
    [{ expr: sumBy('result', within(chosen('lookup_claims_total'))), legend: '{{result}}' }],
    {},
  ),
]

const system = (): Line => [
  percentiles(
    {
      title: 'How long the business system takes',
      good: 'Far below the timeout of the connector',
      otherwise: 'payments wait for it: ask its team; see the errors to the right',
      runbook: ['LookupConnectorErrors'],
    },
    'lookup_seconds',
    { by: 'connector, outcome' },
  ),
  rates(
    {
      title: 'Tries that came to nothing',
      good: 'None: every question to the business system got a usable answer',
      otherwise:
        'timeout, transport, http_status: away; auth: our credentials; malformed: its answer changed; breaker: not asked for a while; address: it stands for an address that is not allowed',
      runbook: ['LookupConnectorErrors', 'LookupConnectorRefused'],
      silent: 'it has data only after the business system gave no usable answer',
    },
    'lookup_connector_errors_total',
    'connector, kind',
  ),
  timeline(
    {
      title: 'Is it asked?',
      good: 'The business system is asked, all the time',
      otherwise: 'not asked: it only failed, payments wait; it is tried again by itself',
      runbook: ['LookupBreakerOpen'],
      silent: 'it has data only after the business system failed once; an inbox has no breaker',
    },
    [
      {
        expr: maxBy('service, instance, connector', chosen('lookup_breaker_open')),
        legend: '{{instance}} {{connector}}',
      },
    ],
    { states: BREAKER },
  ),
]

const SILENT_WITHOUT_INBOX = 'it has data only where the connector is an inbox'

const inbox = (): Line => [
  rates(
    {
      title: 'Pushes',
      good: 'stored, as many as the business system makes payments; repeated is harmless',
      otherwise: 'everything else is a push that was refused: the producer is told why in the answer',
      runbook: ['InboxPushesRefused'],
      silent: SILENT_WITHOUT_INBOX,
    },
    'lookup_inbox_events_total',
    'result',
  ),
  lines(
    {
      title: 'How late pushes come',
      good: 'Seconds: a push must be here before its payment is asked about',
      otherwise: 'payments are asked again until their record is here: ask the producer',
      runbook: ['InboxLagging'],
      silent: SILENT_WITHOUT_INBOX,
    },
    ([0.5, 0.95, 0.99] as const).map((q) => ({ expr: quantile(q, 'lookup_inbox_lag_seconds'), legend: `p${q * 100}` })),
    {
      unit: units.Seconds,
      steps: [
        [15, WATCH],
        [300, ACT_SOON],
      ],
    },
  ),
  lines(
    {
      title: 'Alarms of the inbox',
      good: 'None. Terms changed after an approval, or an event id used for something else',
      otherwise: 'somebody changes payments that were approved: talk to the producer before the next payment',
      runbook: ['InboxAlarm'],
      silent: SILENT_WITHOUT_INBOX,
    },
    [{ expr: sumBy('kind', within(chosen('lookup_inbox_alarms_total'))), legend: '{{kind}}' }],
    { steps: [[1, ACT_NOW]] },
  ),
]
