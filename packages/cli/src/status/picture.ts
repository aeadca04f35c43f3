import { countedOf, quantilesOf, type Counted, type Quantiles } from './counts.ts'
import { gatewayPicture, type GatewayPicture } from './gateway-picture.ts'
import type { History } from './history.ts'
import type { Scrape } from './scrape.ts'
import type { Series } from './series.ts'

/** Everything at one moment, as `--output json` prints it. */
export interface Picture {
  readonly at: string
  /** Between two pictures; null when it is the only one. */
  readonly interval_seconds: number | null
  readonly ready: number
  readonly services: readonly ServicePicture[]
}

export interface ServicePicture {
  readonly url: string
  /** Its service_name; null while nobody has said it. */
  readonly service: string | null
  readonly is: 'gateway' | 'checker' | 'unknown'
  readonly up: boolean
  readonly ready: boolean
  /** Why it is not ready, or why it is not up. */
  readonly reasons: readonly string[]
  readonly version: string | null
  readonly node: string | null
  readonly config_digest: string | null
  readonly uptime_seconds: number | null
  /** What ends first of its certificates and keys. */
  readonly next_expiry: Expiry | null
  readonly alarms: readonly Alarm[]
  readonly gateway: GatewayPicture | null
  readonly verdicts: VerdictsPicture | null
  readonly limits: readonly { readonly rule: string; readonly used_ratio: number }[]
  readonly lists: readonly ListPicture[]
}

export interface Expiry {
  readonly what: 'certificate' | 'key'
  readonly role: string
  readonly at: string
}

export interface Alarm {
  readonly alarm: string
  readonly since_start: number
}

/** What a checker said, to whoever asked. */
export interface VerdictsPicture extends Counted {
  readonly answering: Quantiles
}

export interface ListPicture {
  readonly source: string
  readonly loaded: boolean
  readonly checked_age_seconds: number | null
  readonly starter: boolean
  readonly quarantined: boolean
}

/** One service as it is now, beside what it was. Missing series are null, [] or '-': an older service has fewer. */
export function servicePicture(scrape: Scrape, name: string | null, history: History): ServicePicture {
  if (!scrape.isUp) return { ...NOTHING, service: name, url: scrape.url, reasons: [scrape.problem] }
  const { url, series, isReady, reasons, atMs } = scrape
  const startedAt = series.sum('process_start_time_seconds')
  const isGateway = series.has('decisions_total')
  const isChecker = series.has('verdicts_total')
  return {
    url,
    service: labelOf(series, 'process_start_time_seconds', 'service') ?? name,
    is: isGateway ? 'gateway' : isChecker ? 'checker' : 'unknown',
    up: true,
    ready: isReady,
    reasons,
    version: labelOf(series, 'build_info', 'version'),
    node: labelOf(series, 'build_info', 'node'),
    config_digest: labelOf(series, 'config_info', 'digest'),
    uptime_seconds: startedAt === undefined ? null : Math.max(0, Math.round(atMs / 1_000 - startedAt)),
    next_expiry: nextExpiry(series),
    alarms: alarmsOf(series),
    gateway: isGateway ? gatewayPicture(series, history) : null,
    verdicts: isChecker
      ? {
          ...countedOf('verdicts_total', series, history),
          answering: quantilesOf('request_seconds', series, history),
        }
      : null,
    limits: series
      .of('limits_used_ratio')
      .map(({ labels, value }) => ({ rule: labels['rule'] ?? '', used_ratio: value }))
      .sort((a, b) => b.used_ratio - a.used_ratio),
    lists: listsOf(series),
  }
}

const NOTHING: Omit<ServicePicture, 'url' | 'reasons'> = {
  service: null,
  is: 'unknown',
  up: false,
  ready: false,
  version: null,
  node: null,
  config_digest: null,
  uptime_seconds: null,
  next_expiry: null,
  alarms: [],
  gateway: null,
  verdicts: null,
  limits: [],
  lists: [],
}

const labelOf = (series: Series, name: string, label: string): string | null =>
  series.of(name)[0]?.labels[label] ?? null

function nextExpiry(series: Series): Expiry | null {
  const ends = (['certificate', 'key'] as const).flatMap((what) =>
    series
      .of(`${what}_expiry_timestamp_seconds`)
      .map(({ labels, value }) => ({ what, role: labels['role'] ?? '', seconds: value })),
  )
  const [first] = ends.filter(({ seconds }) => isDate(seconds * 1_000)).sort((a, b) => a.seconds - b.seconds)
  return first === undefined
    ? null
    : { what: first.what, role: first.role, at: new Date(first.seconds * 1_000).toISOString() }
}

/** A number that no day has would throw when it is written as one. */
const isDate = (ms: number): boolean => !Number.isNaN(new Date(ms).getTime())

const ALARMS = ['alarms_total', 'limits_alarms_total', 'lookup_inbox_alarms_total'] as const

const alarmsOf = (series: Series): readonly Alarm[] =>
  ALARMS.flatMap((name) =>
    series
      .of(name)
      .flatMap(({ labels, value }) =>
        value > 0 ? [{ alarm: labels['alarm'] ?? labels['kind'] ?? name, since_start: value }] : [],
      ),
  )

function listsOf(series: Series): readonly ListPicture[] {
  return series.of('sanctions_list_loaded').map(({ labels, value }) => {
    const source = labels['source'] ?? ''
    const of = (name: string): number | undefined => series.sum(`sanctions_list_${name}`, { source })
    return {
      source,
      loaded: value === 1,
      checked_age_seconds: of('checked_age_seconds') ?? null,
      starter: of('is_starter') === 1,
      quarantined: of('quarantined') === 1,
    }
  })
}
