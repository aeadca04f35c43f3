import type { Colours } from '../colours.ts'
import { renderTable, type Cell, type Column, type TableRow } from '../table.ts'
import { visible } from '../visible.ts'
import { OUTCOMES, type Counted, type Outcome, type Quantiles } from './counts.ts'
import { crop } from './crop.ts'
import type { GatewayPicture } from './gateway-picture.ts'
import type { ListPicture, Picture, ServicePicture } from './picture.ts'
import { countText, spanText, sparkline, waitText } from './words.ts'

const DIGEST_DIGITS = 8
/** As many rules of limits as a person reads. */
const RULES_MAX = 3
const DAY_SECONDS = 86_400
const EXPIRY_SOON_SECONDS = 30 * DAY_SECONDS

/** The picture as lines for a person, none longer than `columns`. */
export function renderPicture(picture: Picture, columns: number, colours: Colours): readonly string[] {
  const gateways = picture.services.filter(({ gateway }) => gateway !== null)
  return [
    ...headLines(picture, colours),
    '',
    ...tableLines(
      SERVICE_COLUMNS,
      picture.services.map((service) => serviceRow(service, picture, colours)),
      columns,
      colours,
    ),
    ...gateways.flatMap((service) => gatewayLines(service, columns, colours)),
    ...verdictLines(picture, columns, colours),
    ...picture.services.flatMap((service) => remarkLines(service, colours)),
  ].map((line) => crop(line, columns))
}

function headLines(
  { at, interval_seconds: interval, ready, services }: Picture,
  { bold, red, green, cyan }: Colours,
): readonly string[] {
  const total = `${ready} of ${services.length} ready`
  const frozen = services.flatMap(({ gateway, service }) => (gateway?.frozen === true ? [visible(service ?? '')] : []))
  return [
    `${bold('callback-quorum')}  ${at}${interval === null ? '' : `  every ${interval} s`}  ${ready === services.length ? green(total) : red(total)}`,
    ...(frozen.length === 0 ? [] : [cyan(`FROZEN: ${frozen.join(', ')} approves nothing`)]),
  ]
}

const SERVICE_COLUMNS: readonly Column[] = [
  { title: 'SERVICE' },
  { title: 'STATE' },
  { title: 'VERSION' },
  { title: 'CONFIG' },
  { title: 'UP', align: 'right' },
  { title: 'ENDS FIRST' },
]

function serviceRow(service: ServicePicture, { at }: Picture, { green, red, yellow, cyan }: Colours): TableRow {
  const { up, ready, reasons, version, config_digest: digest, uptime_seconds: uptime, next_expiry: expiry } = service
  const isFrozen = service.gateway?.frozen === true
  const state = !up ? 'DOWN' : !ready ? 'NOT READY' : isFrozen ? 'FROZEN' : 'ready'
  const left = expiry === null ? null : (Date.parse(expiry.at) - Date.parse(at)) / 1_000
  const isSoon = left !== null && left < EXPIRY_SOON_SECONDS
  return {
    cells: [
      { text: service.service ?? service.url },
      { text: state, paint: state === 'ready' ? green : state === 'FROZEN' ? cyan : red },
      { text: version ?? '-' },
      { text: digest?.slice(0, DIGEST_DIGITS) ?? '-' },
      { text: spanText(uptime) },
      {
        text: expiry === null ? '-' : `${spanText(left)}: ${expiry.what} ${expiry.role}`,
        ...(isSoon && { paint: left < 0 ? red : yellow }),
      },
    ],
    notes: reasons.map((text) => ({ text, paint: red })),
  }
}

const paintOf = (outcome: Outcome, { green, red, yellow }: Colours): ((text: string) => string) =>
  ({ approved: green, rejected: red, failed: yellow })[outcome]

const COUNT_COLUMNS: readonly Column[] = [
  { title: 'NOW', align: 'right' },
  { title: 'MINUTE', align: 'right' },
  { title: 'SINCE START', align: 'right' },
  { title: '' },
]

const countCells = (counted: Counted, outcome: Outcome, paint: (text: string) => string): readonly Cell[] => [
  { text: countText(counted.last_interval?.[outcome]) },
  { text: countText(counted.last_minute?.[outcome]) },
  { text: countText(counted.since_start[outcome]) },
  { text: sparkline(counted.intervals.map((counts) => counts[outcome])), paint },
]

function gatewayLines({ service, gateway }: ServicePicture, columns: number, colours: Colours): readonly string[] {
  if (gateway === null) return []
  const { decisions, checkers } = gateway
  const rows = OUTCOMES.map((outcome): TableRow => {
    const paint = paintOf(outcome, colours)
    return { cells: [{ text: outcome, paint }, ...countCells(decisions, outcome, paint)] }
  })
  const title = [{ title: `DECISIONS OF ${(service ?? '').toUpperCase()}` }, ...COUNT_COLUMNS]
  return [
    '',
    ...tableLines(title, rows, columns, colours),
    gatewayFigures(gateway, colours),
    ...(checkers.length === 0 ? [] : ['', ...checkerLines(gateway, columns, colours)]),
  ]
}

function gatewayFigures({ deciding, headroom, deferrals, outbox }: GatewayPicture, { dim, yellow }: Colours): string {
  const oldest = deferrals.oldest_seconds === null ? '' : `, oldest ${spanText(deferrals.oldest_seconds)}`
  const owedFor =
    outbox.oldest_seconds === null || outbox.oldest_seconds === 0 ? '' : `, oldest ${spanText(outbox.oldest_seconds)}`
  const waiting = `deferred ${countText(deferrals.open)}${oldest}`
  const owed = `outbox ${countText(outbox.owed)} owed${owedFor}`
  return [
    `latency p50 ${waitText(deciding.p50_seconds)} p99 ${waitText(deciding.p99_seconds)}`,
    `left of the deadline p50 ${waitText(headroom.p50_seconds)} p1 ${waitText(headroom.p01_seconds)}`,
    (deferrals.open ?? 0) > 0 ? yellow(waiting) : waiting,
    (outbox.owed ?? 0) > 0 ? yellow(owed) : owed,
  ].join(dim('  |  '))
}

const VOTE_COLUMNS: readonly Column[] = [
  { title: 'APPROVED', align: 'right' },
  { title: 'REJECTED', align: 'right' },
  { title: 'FAILED', align: 'right' },
  { title: 'P50', align: 'right' },
  { title: 'P99', align: 'right' },
]

/** Of the last minute where it is known, else since the start. */
function voteCells(
  { last_minute: minute, since_start: start }: Counted,
  { p50_seconds: p50, p99_seconds: p99 }: Quantiles,
  colours: Colours,
): readonly Cell[] {
  const counts = minute ?? start
  return [
    ...OUTCOMES.map((outcome): Cell => ({
      text: countText(counts[outcome]),
      ...(counts[outcome] > 0 && { paint: paintOf(outcome, colours) }),
    })),
    { text: waitText(p50) },
    { text: waitText(p99) },
  ]
}

const whenOf = (counted: readonly Counted[]): string =>
  counted.some(({ last_minute: minute }) => minute !== null) ? 'LAST MINUTE' : 'SINCE START'

function checkerLines({ checkers }: GatewayPicture, columns: number, colours: Colours): readonly string[] {
  const rows = checkers.map((checker): TableRow => ({
    cells: [
      { text: checker.checker },
      { text: checker.mode === '' ? '-' : checker.mode },
      ...voteCells(checker, checker.answering, colours),
      { text: countText(checker.in_flight) },
    ],
  }))
  const titles = [
    { title: `VOTES, ${whenOf(checkers)}` },
    { title: 'MODE' },
    ...VOTE_COLUMNS,
    { title: 'ASKED NOW', align: 'right' as const },
  ]
  return tableLines(titles, rows, columns, colours)
}

function verdictLines({ services }: Picture, columns: number, colours: Colours): readonly string[] {
  const said = services.flatMap(({ service, verdicts }) => (verdicts === null ? [] : [{ service, verdicts }]))
  if (said.length === 0) return []
  const rows = said.map(({ service, verdicts }): TableRow => ({
    cells: [{ text: service ?? '-' }, ...voteCells(verdicts, verdicts.answering, colours)],
  }))
  const titles = [{ title: `VERDICTS, ${whenOf(said.map(({ verdicts }) => verdicts))}` }, ...VOTE_COLUMNS]
  return ['', ...tableLines(titles, rows, columns, colours)]
}

function remarkLines({ service, limits, lists, alarms }: ServicePicture, { red, yellow }: Colours): readonly string[] {
  const name = visible(service ?? '-')
  const fullest = limits.slice(0, RULES_MAX).map(({ rule, used_ratio: ratio }) => {
    const text = `${visible(rule)} ${Number.isFinite(ratio) ? `${Math.round(ratio * 100)} %` : '-'}`
    return ratio >= 1 ? red(text) : ratio >= 0.8 ? yellow(text) : text
  })
  return [
    ...(fullest.length === 0 ? [] : [`${name}: fullest limits ${fullest.join(', ')}`]),
    ...lists.map((list) => `${name}: ${listText(list, red, yellow)}`),
    ...alarms.map(({ alarm, since_start: count }) =>
      red(`${name}: ALARM ${visible(alarm)} ${countText(count)}, since its start`),
    ),
  ]
}

function listText(
  { source, loaded, checked_age_seconds: age, starter, quarantined }: ListPicture,
  red: (text: string) => string,
  yellow: (text: string) => string,
): string {
  const list = `list ${visible(source)}`
  if (!loaded) return red(`${list} is not loaded`)
  return [
    age === null ? list : `${list} checked ${spanText(age)} ago`,
    ...(starter ? [yellow('starter list for demonstrations')] : []),
    ...(quarantined ? [yellow('a version waits for two people')] : []),
  ].join(', ')
}

const tableLines = (
  titles: readonly Column[],
  rows: readonly TableRow[],
  columns: number,
  { dim }: Colours,
): readonly string[] => renderTable(titles, rows, { width: columns, paintTitle: dim }).trimEnd().split('\n')
