import { medianOf, median } from './reservations-sample.ts'
import type { Pace } from './sanctions-look-ups.ts'
import { TARGETS, type LoadingRound, type SanctionsReport } from './sanctions.ts'

/** For people: what was measured, against what, and whether that is enough. */
export function sanctionsTable({ cpu, cores, load, loading, lookUps }: SanctionsReport): string {
  return [
    `${cpu}, ${String(cores)} cores, Node ${process.version}; load of the machine ${load[0].toFixed(1)} at the begin, ${load[1].toFixed(1)} at the end`,
    '',
    '| what | figure | target | met |',
    '| --- | ---: | ---: | --- |',
    ...loadingLines(loading),
    ...lookUpLines(lookUps),
    '',
  ].join('\n')
}

type Line = readonly [what: string, figure: string, target?: string, isMet?: boolean]

const lineOf = ([what, figure, target = '', isMet]: Line): string =>
  `| ${what} | ${figure} | ${target} | ${isMet === undefined ? '' : isMet ? 'yes' : 'no'} |`

function loadingLines(rounds: readonly LoadingRound[]): readonly string[] {
  if (rounds.length === 0) return []
  const of = (figure: (round: LoadingRound) => number): number => median(rounds.map(figure))
  const { loadSecondsMax, residentMegabytesMax, p99MsMax } = TARGETS
  const [seconds, resident] = [
    of((round) => round.seconds),
    Math.max(...rounds.map((round) => round.residentMegabytesMax)),
  ]
  const [quiet, during] = [medianOf(rounds.map((round) => round.quiet)), medianOf(rounds.map((round) => round.loading))]
  const latency = ({ p50Ms, p99Ms }: { readonly p50Ms: number; readonly p99Ms: number }): string =>
    `${p50Ms.toFixed(1)}, ${p99Ms.toFixed(1)} ms`
  const lines: readonly Line[] = [
    [
      `loading, ${String(rounds.length)} rounds`,
      `${seconds.toFixed(1)} s`,
      `< ${String(loadSecondsMax)} s`,
      seconds < loadSecondsMax,
    ],
    [
      'times as long as unpacking and a parser that nobody listens to',
      of((round) => round.seconds / round.boundSeconds).toFixed(2),
    ],
    [
      'resident memory of the process, highest of all rounds',
      `${resident.toFixed(0)} MB`,
      `< ${String(residentMegabytesMax)} MB`,
      resident < residentMegabytesMax,
    ],
    [
      `checks while it loads, ${during.perSecond.toFixed(0)} a second: p50, p99`,
      latency(during),
      `p99 < ${String(p99MsMax)} ms`,
      during.p99Ms < p99MsMax,
    ],
    [`checks before that, ${quiet.perSecond.toFixed(0)} a second: p50, p99`, latency(quiet)],
    ['longest that the event loop was held', `${of((round) => round.heldMsMax).toFixed(1)} ms`],
  ]
  return lines.map(lineOf)
}

function lookUpLines({ readBefore, reading, mapGet, ...figures }: SanctionsReport['lookUps']): readonly string[] {
  const { lookUpsPerSecondMin: min } = TARGETS
  const pace = ({ perSecond, perProcessorSecond }: Pace): string =>
    `${perSecond.toFixed(0)}; ${perProcessorSecond.toFixed(0)}`
  const lines: readonly Line[] = [
    [`loading ${String(figures.rows)} rows, as they are stored`, `${figures.loadSeconds.toFixed(1)} s`],
    ['memory of that index', `${figures.indexMegabytes.toFixed(0)} MB`],
    [
      'resident memory of the process then, and at most',
      `${figures.residentMegabytes.toFixed(0)}, ${figures.residentMegabytesMax.toFixed(0)} MB`,
    ],
    [
      `look-ups in both lists, addresses read before, ${String(figures.listed)} of them listed: a second; a second of a processor`,
      pace(readBefore),
      `>= ${String(min)}`,
      readBefore.perSecond >= min,
    ],
    ['reading the address, and looking it up', pace(reading)],
    ['a bare Map.get of the same keys', pace(mapGet)],
    [
      'look-ups as a share of that',
      `${((100 * readBefore.perProcessorSecond) / mapGet.perProcessorSecond).toFixed(1)} %`,
    ],
  ]
  return lines.map(lineOf)
}
