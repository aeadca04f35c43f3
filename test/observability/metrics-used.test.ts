import { panelQueries } from '@callback-quorum/grafana'
import { beforeAll, describe, expect, test } from 'vitest'
import { declaredSeries, type Declared } from './declared-series.ts'
import { namesInSources } from './names-in-sources.ts'
import { labelsOf, seriesIn, syntaxErrors, type Series } from './promql.ts'
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
  known = withRecorded(new Map([...OF_PROMETHEUS, ...declared.series]), rules)
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
    syntaxErrors(expr).map((error) => `${where}: ${error}`),
  )
  expect(refused).toEqual([])
})

test('every series that a dashboard or rule names is declared, recorded or of Prometheus itself', () => {
  const unknown = [...dashboards, ...rules].flatMap(({ where, expr }) =>
    seriesIn(expr)
      .filter((name) => !known.has(name))
      .map((name) => `${where}: ${name}`),
  )
  expect(unknown).toEqual([])
})

test('every declared metric is on a dashboard', () => {
  const used = new Set(dashboards.flatMap(({ expr }) => seriesIn(expr)))
  expect(declared.names.filter((name) => !isUsed(name, used))).toEqual([])
})

test('every recorded series is on a dashboard or in an alert', () => {
  const used = new Set([...dashboards, ...rules].flatMap(({ expr }) => seriesIn(expr)))
  const unused = rules.flatMap(({ record }) => (record === undefined || used.has(record) ? [] : [record]))
  expect(unused).toEqual([])
})

test('every label that a query matches, groups by or shows is one that its series can have', () => {
  expect([...dashboards, ...rules].flatMap((query) => strangeLabels(query, known))).toEqual([])
})

describe('the check itself', () => {
  const series: Series = new Map([
    ['a_total', ['service', 'kind']],
    ['b_bucket', ['service', 'le']],
  ])
  const strange = (expr: string, ...shown: readonly string[]): readonly string[] =>
    strangeLabels({ where: 'here', expr, shown }, series)

  test('finds a label in a matcher, a grouping and a legend that no series has', () => {
    expect(strange('sum by (kind) (a_total{service="x"})', 'kind')).toEqual([])
    expect(strange('a_total{colour="x"}')).toEqual(['here: a_total has no label colour'])
    expect(strange('sum by (colour) (a_total)')).toEqual(['here: what is aggregated has no label colour'])
    expect(strange('sum by (kind) (a_total)', 'service')).toEqual(['here: the result has no label service'])
    expect(strange('a_total', 'colour')).toEqual(['here: the result has no label colour'])
  })

  test('knows that an aggregation leaves only what it groups by', () => {
    expect(strange('sum by (service) (max by (kind) (a_total))')).toEqual([
      'here: what is aggregated has no label service',
    ])
    expect(strange('max without (kind) (a_total)', 'service', 'kind')).toEqual(['here: the result has no label kind'])
    expect(strange('topk by (kind) (1, a_total)', 'service', 'kind')).toEqual([])
    expect(strange('histogram_quantile(0.9, sum by (le) (rate(b_bucket[5m])))', 'le')).toEqual([
      'here: the result has no label le',
    ])
  })

  test('follows joins and alternatives', () => {
    expect(strange('max by (service) (a_total) * on (service) group_left (kind) a_total', 'service', 'kind')).toEqual(
      [],
    )
    expect(strange('sum by (kind) (a_total) / on (colour) a_total')).toEqual([
      'here: what is combined has no label colour',
    ])
    expect(strange('sum(a_total) or sum by (kind) (a_total)', 'kind')).toEqual([])
    expect(strange('a_total unless b_bucket', 'le')).toEqual(['here: the result has no label le'])
  })

  test('takes a label that label_replace makes', () => {
    expect(strange('sum by (new) (label_replace(a_total, "new", "$1", "kind", "(.+)"))', 'new')).toEqual([])
    expect(strange('label_replace(a_total, "new", "$1", "colour", "(.+)")')).toEqual([
      'here: what label_replace reads has no label colour',
    ])
  })

  test('finds the place of a query that cannot be parsed', () => {
    expect(syntaxErrors('sum by (kind (a_total)')).not.toEqual([])
  })
})

function isUsed(name: string, used: ReadonlySet<string>): boolean {
  return declared.series.has(name)
    ? used.has(name)
    : ['_bucket', '_sum', '_count'].some((suffix) => used.has(`${name}${suffix}`))
}

/** What recording rules make, one after the other: a rule may read what an earlier one recorded. */
function withRecorded(series: Series, written: readonly WrittenQuery[]): Series {
  const all = new Map(series)
  for (const { record, expr } of written) if (record !== undefined) all.set(record, labelsOf(expr, all).result)
  return all
}

function strangeLabels({ where, expr, shown }: WrittenQuery, series: Series): readonly string[] {
  const { result, strange } = labelsOf(expr, series)
  const strangers = shown.filter((label) => !result.includes(label)).map((label) => `the result has no label ${label}`)
  return [...strange, ...strangers].map((problem) => `${where}: ${problem}`)
}
