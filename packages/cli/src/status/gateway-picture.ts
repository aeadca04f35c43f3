import { countedOf, quantilesOf, type Counted, type Quantiles } from './counts.ts'
import type { History } from './history.ts'
import type { Series } from './series.ts'

/** What only a gateway has. */
export interface GatewayPicture {
  readonly frozen: boolean | null
  readonly decisions: Counted
  readonly deciding: Quantiles
  /** What was left of the deadline; p01 is what the slowest hundredth had left. */
  readonly headroom: Quantiles
  readonly deferrals: { readonly open: number | null; readonly oldest_seconds: number | null }
  readonly outbox: { readonly owed: number | null; readonly oldest_seconds: number | null }
  readonly checkers: readonly CheckerPicture[]
}

/** One checker, as the gateway hears it. */
export interface CheckerPicture extends Counted {
  readonly checker: string
  readonly mode: string
  readonly answering: Quantiles
  readonly in_flight: number | null
}

export function gatewayPicture(series: Series, history: History): GatewayPicture {
  const frozen = known(series.sum('frozen'))
  return {
    frozen: frozen === null ? null : frozen === 1,
    decisions: countedOf('decisions_total', series, history),
    deciding: quantilesOf('decision_seconds', series, history),
    headroom: quantilesOf('deadline_headroom_seconds', series, history),
    deferrals: { open: known(series.sum('deferrals_open')), oldest_seconds: oldest(series, 'deferral_oldest_seconds') },
    outbox: { owed: known(series.sum('outbox_owed')), oldest_seconds: known(series.sum('outbox_oldest_seconds')) },
    checkers: checkersOf(series, history),
  }
}

/** NaN is what a gauge says that cannot be known now. */
const known = (value: number | undefined): number | null => (value === undefined || Number.isNaN(value) ? null : value)

function oldest(series: Series, name: string): number | null {
  const ages = series.of(name).flatMap(({ value }) => (Number.isNaN(value) ? [] : [value]))
  return ages.length === 0 ? null : Math.max(...ages)
}

function checkersOf(series: Series, history: History): readonly CheckerPicture[] {
  const voting = series
    .of('checker_votes_total')
    .map(({ labels }) => `${labels['checker'] ?? ''}\n${labels['mode'] ?? ''}`)
  const heard = new Set(voting.map((key) => key.split('\n')[0]))
  const silent = series
    .of('checker_in_flight')
    .flatMap(({ labels: { checker = '' } }) => (heard.has(checker) ? [] : [`${checker}\n`]))
  return [...new Set([...voting, ...silent])].sort().map((key) => {
    const [checker = '', mode = ''] = key.split('\n')
    return {
      checker,
      mode,
      ...countedOf('checker_votes_total', series, history, { checker, mode }),
      answering: quantilesOf('checker_seconds', series, history, { checker }),
      in_flight: known(series.sum('checker_in_flight', { checker })),
    }
  })
}
