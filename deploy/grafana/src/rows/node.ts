import * as units from '@grafana/grafana-foundation-sdk/units'
import { ACT_NOW, ACT_SOON, WATCH } from '../colours.ts'
import type { Row } from '../page.ts'
import { lines, table } from '../panels.ts'
import { chosen, rate, share, sumBy } from '../promql.ts'

/** What prom-client measures of a process and of Node.js. */
export const nodeRows = (): readonly Row[] => [
  { title: 'Process', lines: [work(), memory()] },
  { title: 'Node.js', lines: [loop(), heap(), held()] },
]

type Line = Row['lines'][number]

const EACH = 'service, instance'
const OF_EACH = '{{service}} {{instance}}'

const of = (metric: string, what = '') => ({
  expr: sumBy(EACH, chosen(metric)),
  legend: what === '' ? OF_EACH : `${OF_EACH} ${what}`,
})

const work = (): Line => [
  lines(
    {
      title: 'Processor time',
      good: 'Below one processor for each process; its event loop has no more',
      otherwise: 'close to 1: another replica, or find out what is judged so often',
      runbook: ['EventLoopLag'],
    },
    [
      { expr: sumBy(EACH, rate(chosen('process_cpu_seconds_total'))), legend: OF_EACH },
      { expr: sumBy(EACH, rate(chosen('process_cpu_user_seconds_total'))), legend: `${OF_EACH} own code` },
      { expr: sumBy(EACH, rate(chosen('process_cpu_system_seconds_total'))), legend: `${OF_EACH} kernel` },
    ],
    { unit: units.PercentUnit },
  ),
  lines(
    {
      title: 'Open files and connections',
      good: 'Far below the maximum that the system allows',
      otherwise: 'a line that only rises: connections are not closed; restart one replica and report it',
      silent: 'it has data only on Linux, where the system says so',
    },
    [of('process_open_fds'), of('process_max_fds', 'maximum')],
    {},
  ),
  lines(
    {
      title: 'Share of files in use',
      good: 'A few percent',
      otherwise: 'see the panel to the left; raise the limit of the unit or container meanwhile',
      silent: 'it has data only on Linux, where the system says so',
    },
    [{ expr: share(chosen('process_open_fds'), chosen('process_max_fds')), legend: OF_EACH }],
    {
      unit: units.PercentUnit,
      max: 1,
      steps: [
        [0.5, WATCH],
        [0.8, ACT_SOON],
      ],
    },
  ),
]

const memory = (): Line => [
  lines(
    {
      title: 'Memory in use',
      good: 'Level, after the first hours; sanctions needs more while it loads a list',
      otherwise: 'a line that only rises ends with a restart: note what was done meanwhile',
    },
    [of('process_resident_memory_bytes')],
    { unit: units.BytesIEC },
  ),
  lines(
    {
      title: 'Address space and data',
      good: 'Level; much larger than what is in use, which is normal for Node.js',
      otherwise: 'compare with the memory in use: only together they mean something',
      silent: 'it has data only on Linux, where the system says so',
    },
    [of('process_virtual_memory_bytes', 'address space'), of('process_heap_bytes', 'data')],
    { unit: units.BytesIEC },
  ),
  table(
    {
      title: 'Node.js',
      good: 'One version everywhere, one that still gets security fixes',
      otherwise: 'build and roll out the image anew',
    },
    sumBy('service, version, major, minor, patch', chosen('nodejs_version_info')),
    { value: 'instances', decimals: 0 },
  ),
]

const LAG = 'nodejs_eventloop_lag'

const loop = (): Line => [
  lines(
    {
      title: 'Event loop lag now',
      good: 'Milliseconds: how late the process comes to what is due',
      otherwise: 'everything that it answers is that late: something computes too long, or the host is overloaded',
      runbook: ['EventLoopLag'],
    },
    [of(`${LAG}_seconds`)],
    {
      unit: units.Seconds,
      steps: [
        [0.1, WATCH],
        [0.5, ACT_NOW],
      ],
    },
  ),
  lines(
    {
      title: 'Event loop lag, spread',
      good: 'About 10 ms, which is how exactly it is measured; only the greatest is sometimes more',
      otherwise: 'p99 far above: regular pauses, compare with garbage collection',
      runbook: ['EventLoopLag'],
    },
    [
      ...(['min', 'mean', 'max', 'stddev'] as const).map((what) => of(`${LAG}_${what}_seconds`, what)),
      ...(['p50', 'p90', 'p99'] as const).map((what) => of(`${LAG}_${what}_seconds`, what)),
    ],
    { unit: units.Seconds },
  ),
  lines(
    {
      title: 'Garbage collection',
      good: 'A few percent of the time; major ones are rare',
      otherwise: 'much time in major ones: memory is short, see the heap',
    },
    [
      {
        expr: sumBy(`${EACH}, kind`, rate(chosen('nodejs_gc_duration_seconds_sum'))),
        legend: `${OF_EACH} {{kind}}`,
      },
    ],
    {
      unit: units.PercentUnit,
      steps: [
        [0.1, WATCH],
        [0.3, ACT_SOON],
      ],
    },
  ),
]

const heap = (): Line => [
  lines(
    {
      title: 'Heap',
      good: 'A saw that comes back to the same level; external: buffers and the sanctions index',
      otherwise: 'a level that rises from tooth to tooth: memory is held, report what was done',
    },
    [
      of('nodejs_heap_size_used_bytes', 'used'),
      of('nodejs_heap_size_total_bytes', 'total'),
      of('nodejs_external_memory_bytes', 'external'),
    ],
    { unit: units.BytesIEC },
  ),
  lines(
    {
      title: 'Heap by space',
      good: 'old: what lives long; new: what comes and goes; large_object: lists',
      otherwise: 'which of them rises says what is held',
    },
    (['used', 'total', 'available'] as const).map((what) => ({
      expr: sumBy('service, space', chosen(`nodejs_heap_space_size_${what}_bytes`)),
      legend: `{{service}} {{space}} ${what}`,
    })),
    { unit: units.BytesIEC },
  ),
]

const held = (): Line => [
  lines(
    {
      title: 'What keeps the event loop busy',
      good: 'Level: sockets, timers and files by type',
      otherwise: 'a type that only rises: it is not closed',
    },
    [
      { expr: sumBy('service, type', chosen('nodejs_active_resources')), legend: '{{service}} {{type}}' },
      of('nodejs_active_resources_total', 'all'),
    ],
    {},
  ),
  lines(
    {
      title: 'Handles',
      good: 'Level: sockets, servers and child processes by type',
      otherwise: 'a type that only rises: connections are not closed',
    },
    [
      { expr: sumBy('service, type', chosen('nodejs_active_handles')), legend: '{{service}} {{type}}' },
      of('nodejs_active_handles_total', 'all'),
    ],
    {},
  ),
  lines(
    {
      title: 'Requests to the system',
      good: 'Few, for moments: files and names being looked up',
      otherwise: 'many that stay: the disk or the name server does not answer',
      silent: 'it has data by type only in the moment in which something is asked of the system',
    },
    [
      { expr: sumBy('service, type', chosen('nodejs_active_requests')), legend: '{{service}} {{type}}' },
      of('nodejs_active_requests_total', 'all'),
    ],
    {},
  ),
]
