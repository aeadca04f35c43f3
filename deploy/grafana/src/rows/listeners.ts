import * as units from '@grafana/grafana-foundation-sdk/units'
import { ACT_NOW, ACT_SOON, WATCH } from '../colours.ts'
import type { Row } from '../page.ts'
import { lines, percentiles, rates, stat } from '../panels.ts'
import { chosen, sumBy, total, within } from '../promql.ts'

/** Who knocks, who is let in, and what signing the answers costs. */
export const listenerRows = (): readonly Row[] => [
  { title: 'Listeners and tokens', lines: [tokens(), strangers(), admin()] },
  { title: 'Signing', lines: [signing()] },
]

type Line = Row['lines'][number]

const tokens = (): Line => [
  rates(
    {
      title: 'Tokens that could not be verified',
      good: 'None. By reason, and by caller where the key is proven',
      otherwise:
        'a known caller: its clock or an old key; unknown: a stranger, or a caller whose new key is not configured here',
      runbook: ['StrangersAsking', 'CallerTokensRefused'],
      silent: 'it has data only after a token could not be verified',
    },
    'token_failures_total',
    'service, caller, reason',
  ),
  rates(
    {
      title: 'Pings',
      good: 'Each node pings when it starts and as its operator wants; ready="true"',
      otherwise: 'ready="false": /readyz says why',
      runbook: ['PingsMissing', 'CallerSilent'],
      silent: 'it has data only after a node pinged',
    },
    'pings_total',
    'service, caller, dialect, ready',
  ),
  rates(
    {
      title: 'Requests without an id',
      good: 'None: verified, and still without a readable request id',
      otherwise: 'the platform changed its format: keep the log lines and ask its support',
      runbook: ['RequestsUnidentified'],
      silent: 'it has data only after a verified request had no id',
    },
    'unidentified_requests_total',
    'service, dialect',
  ),
]

const strangers = (): Line => [
  lines(
    {
      title: 'Bodies not verified yet',
      good: 'Near 0; from 64 on more are answered 503',
      otherwise: 'somebody sends faster than signatures are verified: see who, and keep him away in front of us',
      runbook: ['BodiesTurnedAway'],
    },
    [{ expr: sumBy('service, instance', chosen('unverified_bodies')), legend: '{{service}} {{instance}}' }],
    {
      steps: [
        [32, WATCH],
        [64, ACT_NOW],
      ],
    },
  ),
  stat(
    {
      title: 'Turned away',
      good: 'Requests answered 503 in the time shown, because too many unverified bodies were held: 0',
      otherwise: 'a flood, or callers who share one proxy that is too small',
      runbook: ['BodiesTurnedAway'],
    },
    { expr: total(chosen('bodies_turned_away_total')), legend: '' },
    { decimals: 0, steps: [[1, ACT_SOON]] },
  ),
  rates(
    {
      title: 'Connections refused',
      good: 'None: address not allowed, no good certificate, wrong or slow HTTP',
      otherwise: 'a caller whose certificate ended, or a scanner: the log has the address',
      silent: 'it has data only after a connection was refused',
    },
    'connections_refused_total',
    'service, reason',
  ),
]

const admin = (): Line => [
  rates(
    {
      title: 'Calls of the admin listener',
      good: 'What people and consoles ask, by the role of their token',
      otherwise: 'role none or 4xx: somebody without a valid token tries',
      runbook: ['AdminTokensTried'],
      silent: 'it has data only where the configuration opens an admin listener',
    },
    'admin_requests_total',
    'service, role, status',
  ),
  lines(
    {
      title: 'TLS files loaded anew',
      good: 'loaded once after each renewal of a certificate',
      otherwise: 'failed: the files in their place cannot be used, the former ones are still served until they end',
      runbook: ['CertificateExpires'],
      silent: 'it has data only after a TLS file of a listener changed',
    },
    [
      {
        expr: sumBy('service, listener, result', within(chosen('tls_reload_total'))),
        legend: '{{service}} {{listener}} {{result}}',
      },
    ],
    {},
  ),
  rates(
    {
      title: 'Spans sent to the collector of traces',
      good: 'exported alone',
      otherwise:
        'failed: the collector is away or refuses; dropped: more spans than are kept. Traces are missing, decisions are not touched',
      silent: 'it has data only where the configuration has the block tracing',
    },
    'trace_exports_total',
    'service, result',
  ),
]

const signing = (): Line => [
  lines(
    {
      title: 'Signatures being computed',
      good: 'At most as many as there are processors, for moments',
      otherwise:
        'always at the most: the host is too small or the key too long (4096 bits take 13 times as long as 2048)',
      runbook: ['SigningQueue'],
    },
    [
      { expr: sumBy('service, instance', chosen('signing_in_flight')), legend: '{{service}} {{instance}}' },
      {
        expr: sumBy('service, verified', chosen('signing_waiting')),
        legend: '{{service}} waiting, verified {{verified}}',
      },
    ],
    {},
  ),
  percentiles(
    {
      title: 'How long a signature is waited for',
      good: 'Milliseconds; strangers may wait longer than verified callers, never the other way round',
      otherwise: 'past 1 s an answer is given up: more processors, or fewer strangers',
      runbook: ['SigningQueue'],
    },
    'signing_wait_seconds',
    { by: 'service, verified', unit: units.Seconds },
  ),
]
