import * as units from '@grafana/grafana-foundation-sdk/units'
import { ACT_NOW, ACT_SOON, GOOD, WATCH } from '../colours.ts'
import type { Row } from '../page.ts'
import { lines, rates, table, timeline } from '../panels.ts'
import { chosen, maxBy, sumBy, within } from '../promql.ts'

/** The lists of sanctions: how old, how many rows, what became of what was published. */
export const sanctionsLists = (): readonly Row[] => [
  { lines: [age()] },
  { title: 'Lists', lines: [rows(), published()] },
]

type Line = Row['lines'][number]

const list = (name: string, by = 'source'): string => maxBy(by, chosen(`sanctions_list_${name}`))

const age = (): Line => [
  lines(
    {
      title: 'Age of the last check of each list',
      good: 'Below max_age of the configuration: somebody asked the publisher, even when nothing was new',
      otherwise: 'past max_age nothing is approved: look at "Refreshes", then at the delivery of the list',
      runbook: ['ListCheckOverdue', 'ListNearlyStale'],
      silent: 'it has no data for a list that does not age, such as the packaged one',
    },
    [{ expr: list('checked_age_seconds'), legend: '{{source}}' }],
    { unit: units.Seconds },
  ),
  lines(
    {
      title: 'How current each process is',
      good: 'Seconds since each process knew that it screens with what the database says',
      otherwise: 'past 60 s it decides nothing: its database does not answer',
      runbook: ['ListBehind'],
    },
    [{ expr: list('synced_age_seconds', 'source, instance'), legend: '{{source}} {{instance}}' }],
    {
      unit: units.Seconds,
      steps: [
        [30, WATCH],
        [60, ACT_NOW],
      ],
    },
  ),
  timeline(
    {
      title: 'State of each list',
      good: 'In force: a version that people or the gates let through',
      otherwise: 'not loaded: nothing is approved; packaged list: it is for demonstrations, never for money',
      runbook: ['ListNotLoaded', 'StarterListInUse'],
    },
    [
      {
        expr: `${list('loaded')} + on (source) ${list('is_starter')}`,
        legend: '{{source}}',
      },
    ],
    { states: { 0: ['not loaded', ACT_NOW], 1: ['in force', GOOD], 2: ['packaged list', ACT_SOON] } },
  ),
]

const rows = (): Line => [
  lines(
    {
      title: 'Listed addresses',
      good: 'Slowly rising; a list loses rows only when people on it are removed',
      otherwise: 'a sudden fall is held back by its gates until two people have looked',
      runbook: ['ListQuarantined', 'RemovalsHeld'],
    },
    [{ expr: sumBy('source', maxBy('source, code', chosen('sanctions_list_rows'))), legend: '{{source}}' }],
    {},
  ),
  table(
    {
      title: 'Addresses by code',
      good: 'Every chain that you pay on has rows where the publisher has any',
      otherwise: 'a code without an entry in the assets file is matched as exact text only',
    },
    `sort_desc(${maxBy('source, code', chosen('sanctions_list_rows'))})`,
    { value: 'addresses', decimals: 0 },
  ),
  lines(
    {
      title: 'Values that no chain reads',
      good: 'Constant. unreadable: not shaped like an address; text only: matched as exact text',
      otherwise: 'a jump: the publisher changed its format, read the newest entries',
      runbook: ['ListCodesNew'],
    },
    [
      { expr: list('unparsed_rows'), legend: '{{source}} unreadable' },
      { expr: list('opaque_rows'), legend: '{{source}} text only' },
      { expr: sumBy('source', within(chosen('sanctions_new_codes_total'))), legend: '{{source}} new codes' },
    ],
    {},
  ),
]

const published = (): Line => [
  lines(
    {
      title: 'Since the list was published',
      good: 'As old as what the publisher has on its page',
      otherwise: 'older than that: the delivery serves an old file, though it answers',
      runbook: ['ListCheckOverdue', 'ListNearlyStale'],
      silent: 'it has no data for a list without a date of issue, such as the packaged one',
    },
    [{ expr: `time() - ${list('published_timestamp_seconds')}`, legend: '{{source}}' }],
    { unit: units.Seconds },
  ),
  rates(
    {
      title: 'Refreshes',
      good: 'unchanged most times, activated when there is something new',
      otherwise:
        'failed: the delivery is away; refused, outdated: the file is not what it should be; quarantined: two people must look',
      runbook: ['ListRefreshFailing'],
    },
    'sanctions_refresh_total',
    'source, result',
  ),
  lines(
    {
      title: 'Waiting for two people',
      good: '0: no version in quarantine, no removed row that still blocks',
      otherwise: '`callback-quorum sanctions diff` shows what would change; two people accept or refuse it',
      runbook: ['ListQuarantined', 'RemovalsHeld'],
    },
    [
      { expr: list('quarantined'), legend: '{{source}} version in quarantine' },
      { expr: list('removals_held'), legend: '{{source}} removals held' },
    ],
    { steps: [[1, WATCH]] },
  ),
]
