import * as common from '@grafana/grafana-foundation-sdk/common'
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as GaugeBuilder } from '@grafana/grafana-foundation-sdk/gauge'
import * as heatmaps from '@grafana/grafana-foundation-sdk/heatmap'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline'
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import * as units from '@grafana/grafana-foundation-sdk/units'
import { GOOD, OUTCOME_COLOURS } from './colours.ts'
import { describePanel } from './describe-panel.ts'
import type { MadePanel, PanelText, Query } from './panel.ts'
import { chosen, quantile, rate, sumBy } from './promql.ts'

/** `[from, colour]` in rising order; below the first it is good, unless something else is said. */
export type Steps = readonly (readonly [from: number, colour: string])[]

/** What a number is called, and its colour. */
export type States = Readonly<Record<number, readonly [text: string, colour: string]>>

interface Look {
  readonly unit?: string
  readonly columns?: number
  readonly decimals?: number
}

const CHART_ROWS = 8
const STAT_ROWS = 4

/** Lines over time. `stacked`: of parts that make a whole. */
export function lines(
  text: PanelText,
  queries: readonly Query[],
  {
    unit = units.Short,
    columns,
    steps,
    stacked = false,
    max,
  }: Look & { steps?: Steps; stacked?: boolean; max?: number },
): MadePanel {
  const builder = describePanel(new LinesBuilder(), text)
    .targets(targetsOf(queries, { hasExemplars: queries.some(({ expr }) => expr.includes('_bucket')) }))
    .unit(unit)
    .min(0)
    .lineWidth(1)
    .fillOpacity(stacked ? 40 : 8)
    .showPoints(common.VisibilityMode.Never)
    .stacking(new common.StackingConfigBuilder().mode(stacked ? common.StackingMode.Normal : common.StackingMode.None))
    .legend(legend())
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    )
    .overrides(outcomeColours())
  if (max !== undefined) builder.max(max)
  if (steps !== undefined)
    builder
      .thresholds(thresholds(steps))
      .thresholdsStyle(
        new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.DashedAndArea),
      )
  return { text, queries, height: CHART_ROWS, panel: builder.build(), ...(columns !== undefined && { columns }) }
}

/** How often something happens, by `by` (labels with commas); `metric` without the prefix. */
export function rates(
  text: PanelText,
  metric: string,
  by: string,
  { matchers = '', ...look }: Look & { matchers?: string; steps?: Steps } = {},
): MadePanel {
  const expr = sumBy(by, rate(chosen(metric, matchers)))
  return lines(text, [{ expr, legend: legendOf(by) }], {
    unit: units.RequestsPerSecond,
    stacked: look.steps === undefined,
    ...look,
  })
}

/** Median, 95th and 99th percentile of a histogram in seconds, or with `by` the 95th for each of its values. */
export function percentiles(
  text: PanelText,
  metric: string,
  { by = '', matchers = '', ...look }: Look & { by?: string; matchers?: string; steps?: Steps } = {},
): MadePanel {
  const queries =
    by === ''
      ? ([0.5, 0.95, 0.99] as const).map((q) => ({ expr: quantile(q, metric, { matchers }), legend: `p${q * 100}` }))
      : [{ expr: quantile(0.95, metric, { by, matchers }), legend: `${legendOf(by)} p95` }]
  return lines(text, queries, { unit: units.Seconds, ...look })
}

/** How a histogram is spread over time: each column one moment, the darker the more. */
export function heatmap(
  text: PanelText,
  metric: string,
  { unit = units.Seconds, columns, matchers = '' }: Look & { matchers?: string } = {},
): MadePanel {
  const queries = [{ expr: sumBy('le', rate(chosen(`${metric}_bucket`, matchers))), legend: '{{le}}' }]
  const panel = describePanel(new heatmaps.PanelBuilder(), text)
    .targets(targetsOf(queries, { format: PromQueryFormat.Heatmap, hasExemplars: true }))
    .color(
      new heatmaps.HeatmapColorOptionsBuilder()
        .mode(heatmaps.HeatmapColorMode.Scheme)
        .scheme('Blues')
        .steps(64)
        .exponent(0.5),
    )
    .yAxis(new heatmaps.YAxisConfigBuilder().unit(unit).axisPlacement(common.AxisPlacement.Left))
    .build()
  return { text, queries, height: CHART_ROWS, panel, ...(columns !== undefined && { columns }) }
}

/** The newest value, large, on the colour of its step or state. */
export function stat(
  text: PanelText,
  query: Query,
  {
    unit = units.Short,
    columns,
    decimals,
    steps = [],
    below = GOOD,
    states,
  }: Look & { steps?: Steps; below?: string; states?: States },
): MadePanel {
  const builder = describePanel(new StatBuilder(), text)
    .targets(targetsOf([query], { isInstant: isOfRange(query) }))
    .unit(unit)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorMode(
      steps.length > 0 || states !== undefined ? common.BigValueColorMode.Background : common.BigValueColorMode.Value,
    )
    .graphMode(states === undefined ? common.BigValueGraphMode.Area : common.BigValueGraphMode.None)
    .thresholds(thresholds(steps, below))
    .noValue('–')
  if (decimals !== undefined) builder.decimals(decimals)
  if (states !== undefined) builder.mappings([mappingOf(states)])
  return {
    text,
    queries: [query],
    height: STAT_ROWS,
    panel: builder.build(),
    ...(columns !== undefined && { columns }),
  }
}

/** A share of a whole as a dial. */
export function gauge(
  text: PanelText,
  query: Query,
  { columns, steps, below = GOOD }: Look & { steps: Steps; below?: string },
): MadePanel {
  const panel = describePanel(new GaugeBuilder(), text)
    .targets(targetsOf([query], {}))
    .unit(units.PercentUnit)
    .min(0)
    .max(1)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(thresholds(steps, below))
    .noValue('–')
    .build()
  return { text, queries: [query], height: CHART_ROWS, panel, ...(columns !== undefined && { columns }) }
}

/** What holds now, one line for each series: its labels and its value under `value`, largest first. */
export function table(
  text: PanelText,
  expr: string,
  {
    unit = units.Short,
    value,
    columns,
    steps,
    below = GOOD,
    decimals,
  }: Look & { value: string; steps?: Steps; below?: string },
): MadePanel {
  const queries = [{ expr, legend: '' }]
  const builder = describePanel(new TableBuilder(), text)
    .targets(targetsOf(queries, { format: PromQueryFormat.Table, isInstant: true }))
    .unit(unit)
    .withTransformation({
      id: 'organize',
      options: { excludeByName: { Time: true }, indexByName: {}, renameByName: { Value: value } },
    })
    .sortBy([new common.TableSortByFieldStateBuilder().displayName(value).desc(true)])
  if (decimals !== undefined) builder.decimals(decimals)
  if (steps !== undefined)
    builder
      .thresholds(thresholds(steps, below))
      .overrideByName(value, [{ id: 'custom.cellOptions', value: { type: 'color-text' } }])
  return { text, queries, height: CHART_ROWS, panel: builder.build(), ...(columns !== undefined && { columns }) }
}

/** What state each series was in, over time. */
export function timeline(
  text: PanelText,
  queries: readonly Query[],
  { columns, states }: Look & { states: States },
): MadePanel {
  const panel = describePanel(new TimelineBuilder(), text)
    .targets(targetsOf(queries, {}))
    .mappings([mappingOf(states)])
    .thresholds(thresholds([]))
    .mergeValues(true)
    .showValue(common.VisibilityMode.Auto)
    .legend(legend())
    .build()
  return { text, queries, height: CHART_ROWS, panel, ...(columns !== undefined && { columns }) }
}

/** One number for the whole time shown: asking for it at every moment of that time would be quadratic. */
const isOfRange = ({ expr }: Query): boolean => expr.includes('$__range')

/** `{{a}} {{b}}` for the labels `a, b`. */
const legendOf = (by: string): string =>
  by
    .split(',')
    .map((label) => `{{${label.trim()}}}`)
    .join(' ')

interface Asked {
  readonly format?: PromQueryFormat
  readonly isInstant?: boolean
  readonly hasExemplars?: boolean
}

function targetsOf(queries: readonly Query[], { format, isInstant = false, hasExemplars = false }: Asked) {
  return queries.map(({ expr, legend: legendFormat }, number) => {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode(65 + number))
      .expr(expr)
      .legendFormat(legendFormat)
    if (format !== undefined) query.format(format)
    // Each query brings the same exemplars: one of them is asked for them.
    if (hasExemplars && number === queries.length - 1) query.exemplar(true)
    return isInstant ? query.instant() : query.range()
  })
}

const legend = (): common.VizLegendOptionsBuilder =>
  new common.VizLegendOptionsBuilder()
    .displayMode(common.LegendDisplayMode.List)
    .placement(common.LegendPlacement.Bottom)
    .showLegend(true)

const thresholds = (steps: Steps, below: string = GOOD): dashboard.ThresholdsConfigBuilder =>
  new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps([{ value: null, color: below }, ...steps.map(([value, color]) => ({ value, color }))])

const mappingOf = (states: States): dashboard.ValueMapping => ({
  type: dashboard.MappingType.ValueToText,
  options: Object.fromEntries(
    Object.entries(states).map(([value, [text, color]], index) => [value, { text, color, index }]),
  ),
})

/** A series whose name says what came of something has the colour of that word everywhere. */
const outcomeColours = () =>
  Object.entries(OUTCOME_COLOURS).map(([word, fixedColor]) => ({
    matcher: { id: 'byRegexp', options: `/\\b${word}\\b/` },
    properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }],
  }))
