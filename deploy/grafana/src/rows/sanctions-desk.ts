import * as units from '@grafana/grafana-foundation-sdk/units'
import { ACT_NOW, ACT_SOON, WATCH } from '../colours.ts'
import type { Row } from '../page.ts'
import { lines, percentiles, rates, stat, timeline } from '../panels.ts'
import { chosen, maxBy, sumBy, total, within } from '../promql.ts'
import { BREAKER } from '../states.ts'

/** What people allowed or blocked, what was found afterwards, and who else is asked. */
export const sanctionsDesk = (): readonly Row[] => [
  { title: 'Desk', lines: [desk(), found()] },
  { title: 'Vendors', lines: [vendors()] },
]

type Line = Row['lines'][number]

const desk = (): Line => [
  stat(
    {
      title: 'Overrides in force',
      good: 'List matches that two people allow: few, each with its reason',
      otherwise: '`callback-quorum sanctions overrides` lists them; revoke what is no longer needed',
    },
    { expr: `max(${chosen('sanctions_override_active')})`, legend: '' },
    { decimals: 0 },
  ),
  stat(
    {
      title: 'Overrides that end within 7 days',
      good: '0, or known to who asked for them',
      otherwise: 'afterwards those payments are refused again: decide now whether they are still wanted',
      runbook: ['OverridesExpiring'],
    },
    { expr: `max(${chosen('sanctions_override_expiring_7d')})`, legend: '' },
    { decimals: 0, steps: [[1, WATCH]] },
  ),
  stat(
    {
      title: 'Own blocks in force',
      good: 'Addresses that we block ourselves',
      otherwise: 'more than the desk knows of: read who proposed and who approved them',
    },
    { expr: `max(${chosen('sanctions_blocks_active')})`, legend: '' },
    { decimals: 0 },
  ),
  stat(
    {
      title: 'Overrides made void by a new list',
      good: '0: payments in the time shown that an override would have allowed, had the list entry not changed',
      otherwise: 'the entry says something new about that party: read it before the override is renewed',
      runbook: ['SanctionsMatch'],
    },
    { expr: total(chosen('sanctions_overrides_void_total')), legend: '' },
    { decimals: 0, steps: [[1, ACT_SOON]] },
  ),
]

const found = (): Line => [
  lines(
    {
      title: 'Found afterwards',
      good: 'None: approvals of the past, and entries of the address book, that a newly listed row hits',
      otherwise: 'each must be looked at and perhaps reported: `callback-quorum sanctions lookback`',
      runbook: ['LookbackHit'],
      silent: 'it has data only after a list had new rows',
    },
    [
      {
        expr: sumBy('source, found_in', within(chosen('sanctions_lookback_hits_total'))),
        legend: '{{source}} {{found_in}}',
      },
    ],
    { steps: [[1, ACT_NOW]] },
  ),
  lines(
    {
      title: 'Looks back that failed',
      good: 'None; each is tried again by itself',
      otherwise: 'until it succeeds nobody knows what the new rows hit: see the log and the database',
      runbook: ['LookbackFailing'],
      silent: 'it has data only after looking back failed',
    },
    [{ expr: sumBy('source', within(chosen('sanctions_lookback_failures_total'))), legend: '{{source}}' }],
    { steps: [[1, ACT_SOON]] },
  ),
  rates(
    {
      title: 'Look-alikes',
      good: 'None: destinations that resemble an address of the book, or one that was paid lately',
      otherwise: 'somebody poisons the history of the wallet: warn who copies addresses from it',
      silent: 'it has data only after a destination resembled another one',
    },
    'sanctions_look_alikes_total',
    'known, policy',
  ),
]

const SILENT_WITHOUT_VENDORS = 'it has data only where vendors are configured'

const vendors = (): Line => [
  percentiles(
    {
      title: 'How long vendors take',
      good: 'Well below their timeout',
      otherwise: 'payments wait for them: ask the vendor; see whether their breaker opens',
      runbook: ['VendorBreakerOpen'],
      silent: SILENT_WITHOUT_VENDORS,
    },
    'sanctions_vendor_seconds',
    { by: 'vendor' },
  ),
  lines(
    {
      title: 'What vendors say',
      good: 'Mostly approved: nothing against the address',
      otherwise: 'rejected: read the evidence in the record; failed: no judgement, the policy of the vendor decides',
      runbook: ['VendorBreakerOpen'],
      silent: SILENT_WITHOUT_VENDORS,
    },
    [
      {
        expr: sumBy('vendor, outcome', `rate(${chosen('sanctions_vendor_seconds_count')}[$__rate_interval])`),
        legend: '{{vendor}} {{outcome}}',
      },
    ],
    { unit: units.RequestsPerSecond, stacked: true },
  ),
  timeline(
    {
      title: 'Are vendors asked?',
      good: 'Asked, all the time',
      otherwise: 'not asked: the vendor only failed; it is tried again by itself',
      runbook: ['VendorBreakerOpen'],
      silent: SILENT_WITHOUT_VENDORS,
    },
    [
      {
        expr: maxBy('service, instance, vendor', chosen('sanctions_vendor_breaker_open')),
        legend: '{{instance}} {{vendor}}',
      },
    ],
    { states: BREAKER },
  ),
]
