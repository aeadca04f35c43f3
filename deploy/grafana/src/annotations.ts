import { type AnnotationQuery, AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { ACT_NOW, NEUTRAL, WATCH } from './colours.ts'
import { DATASOURCE } from './datasource.ts'
import { chosen, everywhere, maxBy } from './promql.ts'

/** Looked at once a minute, back over two: no change falls between two looks. */
const STEP = '60s'
const WINDOW = '2m'

const config = maxBy('service, digest', chosen('config_info'))
const configBefore = maxBy('service, digest', `${chosen('config_info')} offset ${WINDOW}`)

const EVENTS: readonly (readonly [name: string, colour: string, expr: string, title: string])[] = [
  // A freeze of any gateway concerns every checker behind it.
  [
    'Frozen or thawed',
    ACT_NOW,
    `${maxBy('service', `changes(${everywhere('frozen')}[${WINDOW}])`)} > 0`,
    '{{service}} was frozen or thawed',
  ],
  ['Configuration', NEUTRAL, `${config} unless ${configBefore}`, '{{service}} has configuration {{digest}}'],
  [
    'Restart',
    WATCH,
    `${maxBy('service, instance', `changes(${chosen('process_start_time_seconds')}[${WINDOW}])`)} > 0`,
    '{{service}} at {{instance}} started anew',
  ],
]

/** What usually explains a change on a chart: a freeze, another configuration, a restart. */
export const annotations = (): { build(): AnnotationQuery }[] =>
  EVENTS.map(([name, colour, expr, title]) =>
    new AnnotationQueryBuilder()
      .name(name)
      .datasource(DATASOURCE)
      .enable(true)
      .iconColor(colour)
      .expr(expr)
      .step(STEP)
      .titleFormat(title)
      .target(new DataqueryBuilder().refId('A').expr(expr).interval(STEP).range()),
  )
