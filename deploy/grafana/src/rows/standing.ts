import * as units from '@grafana/grafana-foundation-sdk/units'
import { ACT_NOW, ACT_SOON, GOOD, WATCH } from '../colours.ts'
import type { Row } from '../page.ts'
import { lines, percentiles, table, timeline } from '../panels.ts'
import { chosen, maxBy, sumBy } from '../promql.ts'
import { READY, SCRAPED } from '../states.ts'

/** Who runs, in which version, on which database, and what ends soon. */
export const standingRows = (): readonly Row[] => [
  { lines: [running(), versions()] },
  { title: 'Certificates, keys and the clock', lines: [expiries()] },
  { title: 'Database', lines: [database()] },
]

type Line = Row['lines'][number]

const DAY = 86_400
/** Green far ahead, red when it ends within a week. */
const ENDS = [
  [7 * DAY, ACT_SOON],
  [14 * DAY, WATCH],
  [30 * DAY, GOOD],
] as const

const endsSoon = (metric: string): string => `sort(${maxBy('service, instance, role', chosen(metric))} - time())`

const running = (): Line => [
  timeline(
    {
      title: 'Ready',
      good: 'Ready, all the time, every instance of every service',
      otherwise: 'GET /readyz on the metrics listener of that instance says why',
      runbook: ['ServiceNotReady', 'InstanceNotReady'],
    },
    [{ expr: chosen('ready'), legend: '{{service}} {{instance}}' }],
    { states: READY },
  ),
  timeline(
    {
      title: 'Does it answer Prometheus?',
      good: 'Answers. Every target of the job, whatever service it is',
      otherwise: 'the process is down, or the network between Prometheus and its metrics listener is',
      runbook: ['InstanceDown', 'ServiceDown'],
    },
    [{ expr: 'up{job="callback-quorum", instance=~"$instance"}', legend: '{{instance}}' }],
    { states: SCRAPED },
  ),
  lines(
    {
      title: 'Running since',
      good: 'Each process runs since it was last deployed',
      otherwise: 'a short life again and again: the last lines of its log say why it ended',
      runbook: ['RestartLoop'],
    },
    [{ expr: `time() - ${chosen('process_start_time_seconds')}`, legend: '{{service}} {{instance}}' }],
    { unit: units.Seconds },
  ),
]

const versions = (): Line => [
  table(
    {
      title: 'Versions',
      good: 'One version for all instances of a service, outside of an upgrade',
      otherwise: 'finish the upgrade, or go back',
      runbook: ['VersionsDiffer'],
    },
    sumBy('service, version, node', chosen('build_info')),
    { value: 'instances', decimals: 0 },
  ),
  table(
    {
      title: 'Configurations',
      good: 'One configuration digest for all instances of a service',
      otherwise:
        'replicas decide differently: give them the same file and restart them; recalled approvals hold only under one digest',
      runbook: ['ConfigurationsDiffer'],
    },
    sumBy('service, digest', chosen('config_info')),
    { value: 'instances', decimals: 0 },
  ),
]

const expiries = (): Line => [
  table(
    {
      title: 'Certificates end in',
      good: 'Weeks; the soonest stands first, the role says which file of which service',
      otherwise:
        'renew the file in its place: listeners load it by themselves, connections to checkers at the next start',
      runbook: ['CertificateExpiresSoon', 'CertificateExpires'],
      silent: 'it has data only where TLS is configured',
    },
    endsSoon('certificate_expiry_timestamp_seconds'),
    { unit: units.Seconds, value: 'ends in', steps: ENDS, below: ACT_NOW },
  ),
  table(
    {
      title: 'Keys are accepted for',
      good: 'Weeks, or not listed: a key without not_after never ends',
      otherwise: 'add the next key of that peer before the last one ends: afterwards its requests are refused',
      runbook: ['KeyExpiresSoon', 'KeyExpires'],
      silent: 'it has data only for peers whose every key has a not_after',
    },
    endsSoon('key_expiry_timestamp_seconds'),
    { unit: units.Seconds, value: 'ends in', steps: ENDS, below: ACT_NOW },
  ),
  lines(
    {
      title: 'Clock against the database',
      good: 'Within tens of milliseconds of 0',
      otherwise: 'tokens are refused as expired or not yet issued: repair the time service of that host',
      runbook: ['ClockSkew', 'DatabaseUnreachable'],
    },
    [{ expr: `abs(${chosen('clock_skew_seconds')})`, legend: '{{service}} {{instance}}' }],
    {
      unit: units.Seconds,
      steps: [
        [0.5, WATCH],
        [2, ACT_NOW],
      ],
    },
  ),
]

const database = (): Line => [
  lines(
    {
      title: 'Connections',
      good: 'Busy ones far below the dashed maximum',
      otherwise:
        'all busy: statements are slow or transactions wait for one another; look at the database before raising the maximum',
      runbook: ['DatabasePoolWaiting', 'DatabaseUnreachable'],
    },
    [
      { expr: sumBy('service, state', chosen('database_connections')), legend: '{{service}} {{state}}' },
      { expr: sumBy('service', chosen('database_connections_max')), legend: '{{service}} maximum' },
    ],
    {},
  ),
  lines(
    {
      title: 'Waiting for a connection',
      good: '0: how many statements and transactions wait until another one gives its connection back',
      otherwise: 'everything behind the database waits; past 3 s it fails and payments are answered "not yet"',
      runbook: ['DatabasePoolWaiting', 'DatabaseUnreachable'],
    },
    [{ expr: sumBy('service, instance', chosen('database_waiting')), legend: '{{service}} {{instance}}' }],
    {
      steps: [
        [1, WATCH],
        [10, ACT_SOON],
      ],
    },
  ),
  percentiles(
    {
      title: 'How long a connection is waited for',
      good: 'A millisecond; 5 to 20 ms for a new one',
      otherwise: 'see the connections: too few, or held too long',
      runbook: ['DatabasePoolWaiting', 'DatabaseUnreachable'],
    },
    'database_acquire_seconds',
    { by: 'service' },
  ),
]
