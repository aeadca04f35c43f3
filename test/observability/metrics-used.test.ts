import { panelQueries } from '@callback-quorum/grafana'
import { beforeAll, describe, expect, test } from 'vitest'
import { declaredSeries, type Declared, type Series } from './declared-series.ts'
import { namesInSources } from './names-in-sources.ts'
import { parseQuery, type ParsedQuery } from './promql.ts'
import { dashboardQueries, ruleQueries, type WrittenQuery } from './written-queries.ts'

// What the code measures, and what people are shown and called for, are the same: nothing is measured for nobody, and no panel or rule looks
// at a series that is not there.

/** Prometheus makes these by itself. */
const OF_PROMETHEUS: Series = new Map([
  ['up', ['job', 'instance', 'team']],
  ['ALERTS', ['alertname', 'alertstate', 'severity', 'team', 'service', 'instance']],
])

let declared: Declared
let dashboards: readonly WrittenQuery[]
let rules: readonly WrittenQuery[]
let known: Series

beforeAll(async () => {
  declared = await declaredSeries()
  dashboards = await dashboardQueries()
  rules = await ruleQueries()
  known = new Map([...OF_PROMETHEUS, ...declared.series, ...recordedSeries(rules)])
})

test('something was declared and something is asked: an empty comparison proves nothing', () => {
  expect(declared.names.length).toBeGreaterThan(90)
  expect(dashboards.length).toBeGreaterThan(120)
  expect(panelQueries().length).toBeGreaterThan(110)
})

test('the sources name no metric that the running code did not register', async () => {
  expect((await namesInSources()).filter((name) => !declared.names.includes(name))).toEqual([])
})

test('every query of a dashboard or rule is PromQL', () => {
  const refused = [...dashboards, ...rules].flatMap(({ where, expr }) =>
    parseQuery(expr).errors.map((error) => `${where}: ${error}`),
  )
  expect(refused).toEqual([])
})

test('every series that a dashboard or rule names is declared, recorded or of Prometheus itself', () => {
  const unknown = [...dashboards, ...rules].flatMap(({ where, expr }) =>
    parseQuery(expr)
      .selected.filter(({ name }) => !known.has(name))
      .map(({ name }) => `${where}: ${name}`),
  )
  expect(unknown).toEqual([])
})

test('every declared metric is on a dashboard', () => {
  const used = new Set(dashboards.flatMap(({ expr }) => parseQuery(expr).selected.map(({ name }) => name)))
  expect(declared.names.filter((name) => !isUsed(name, used))).toEqual([])
})

test('every recorded series is on a dashboard or in an alert', () => {
  const used = new Set(
    [...dashboards, ...rules].flatMap(({ expr }) => parseQuery(expr).selected.map(({ name }) => name)),
  )
  const unused = rules.flatMap(({ record }) => (record === undefined || used.has(record) ? [] : [record]))
  expect(unused).toEqual([])
})

test('every label that a query matches, groups by or shows is one that its series can have', () => {
  expect([...dashboards, ...rules].flatMap((query) => strangeLabels(query, known))).toEqual([])
})

describe('the check itself', () => {
  const series: Series = new Map([['a_total', ['service', 'kind']]])
  const strange = (expr: string, ...shown: readonly string[]): readonly string[] =>
    strangeLabels({ where: 'here', expr, shown }, series)

  test('finds a label in a matcher, a grouping and a legend that no series has', () => {
    expect(strange('sum by (kind) (a_total{service="x"})', 'kind')).toEqual([])
    expect(strange('a_total{colour="x"}')).toEqual(['here: a_total has no label colour'])
    expect(strange('sum by (colour) (a_total)')).toEqual(['here: nothing has a label colour'])
    expect(strange('sum by (kind) (a_total)', 'service')).toEqual(['here: the result has no label service'])
    expect(strange('a_total', 'colour')).toEqual(['here: the result has no label colour'])
  })

  test('takes a label that label_replace makes', () => {
    expect(strange('sum by (new) (label_replace(a_total, "new", "$1", "kind", "(.+)"))', 'new')).toEqual([])
  })

  test('finds the place of a query that cannot be parsed', () => {
    expect(parseQuery('sum by (kind (a_total)').errors).not.toEqual([])
  })
})

function isUsed(name: string, used: ReadonlySet<string>): boolean {
  return declared.series.has(name)
    ? used.has(name)
    : ['_bucket', '_sum', '_count'].some((suffix) => used.has(`${name}${suffix}`))
}

/** A recorded series has the labels that its rule groups by, or those of its series. */
function recordedSeries(written: readonly WrittenQuery[]): Series {
  return new Map(
    written.flatMap(({ record, expr }) => {
      if (record === undefined) return []
      const parsed = parseQuery(expr)
      return [
        [
          record,
          parsed.result ??
            labelsOf(
              parsed.selected.map(({ name }) => name),
              declared.series,
            ),
        ] as const,
      ]
    }),
  )
}

const labelsOf = (names: readonly string[], series: Series): readonly string[] =>
  names.flatMap((name) => series.get(name) ?? OF_PROMETHEUS.get(name) ?? [])

function strangeLabels({ where, expr, shown }: WrittenQuery, series: Series): readonly string[] {
  const parsed: ParsedQuery = parseQuery(expr)
  const all = [
    ...labelsOf(
      parsed.selected.map(({ name }) => name),
      series,
    ),
    ...parsed.made,
  ]
  const matched = parsed.selected.flatMap(({ name, labels }) =>
    labels
      .filter((label) => !labelsOf([name], series).includes(label))
      .map((label) => `${where}: ${name} has no label ${label}`),
  )
  const grouped = parsed.grouped.flatMap(({ labels, of }) =>
    labels
      .filter((label) => ![...labelsOf(of, series), ...parsed.made].includes(label))
      .map((label) => `${where}: nothing has a label ${label}`),
  )
  const result = parsed.result ?? all
  const strangers = shown.filter((label) => !result.includes(label))
  return [...matched, ...grouped, ...strangers.map((label) => `${where}: the result has no label ${label}`)]
}
