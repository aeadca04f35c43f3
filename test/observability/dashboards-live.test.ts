import { panelQueries } from '@callback-quorum/grafana'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { declaredSeries } from './declared-series.ts'
import { seriesIn } from './promql.ts'
import { hasPrometheus, PROMETHEUS_NEEDED } from './rig/installed-program.ts'
import {
  playApprovals,
  playDeferral,
  playDesk,
  playEvents,
  playForgeries,
  playFreeze,
  playInbox,
  playOutages,
  playRejections,
  type Stage,
} from './rig/scenario.ts'
import { startStage } from './rig/start-stage.ts'
import { times } from './rig/times.ts'
import { waitFor } from './rig/wait-for.ts'
import { IDENTITIES } from './situations/identities.ts'
import { dashboardQueries, ruleQueries } from './written-queries.ts'

const SETUP_MS_MAX = 240_000
const QUERIES_AT_ONCE = 8
const ROUNDS = 3
/** Everything since the start, and more. */
const LOOK_BACK_SECONDS = 300
const SEEN_MS_MAX = 60_000

/** As Grafana fills them in when everything is chosen. */
const VARIABLES: readonly (readonly [name: RegExp, value: string])[] = [
  [/\$__rate_interval\b/g, '10s'],
  [/\$__range\b/g, '60s'],
  [/\$service\b/g, '.+'],
  [/\$instance\b/g, '.+'],
]
const filledIn = (expr: string): string => VARIABLES.reduce((text, [name, value]) => text.replaceAll(name, value), expr)

/** Panels that the scenario leaves empty, by dashboard; each says itself why it is silent on most days. None is. */
const SILENT: Readonly<Record<string, readonly string[]>> = {}

/** Metrics that the scenario makes no series of. */
const NOT_MADE: readonly string[] = []

describe.runIf(hasPrometheus)(`everything that has series was driven: ${PROMETHEUS_NEEDED}`, () => {
  let stage: Stage & { close(): Promise<void> }
  beforeAll(async () => {
    stage = await startStage()
    await play(stage)
    await everythingScraped(stage)
  }, SETUP_MS_MAX)
  afterAll(() => stage.close(), SETUP_MS_MAX)

  test(
    'every panel query of every dashboard is answered, with data wherever the scenario makes it',
    { timeout: SETUP_MS_MAX },
    async () => {
      const empty = new Map<string, Set<string>>()
      const unexplained: string[] = []
      await eachOf(panelQueries(), async ({ dashboard, panel, expr, isSilent }) => {
        // Recorded series come a moment after what they are made of.
        const wait = isSilent === undefined ? SEEN_MS_MAX : 0
        const seen = waitFor(panel, async () => (await hasData(stage, expr)) || undefined, { ms: wait })
        if (await seen.catch(() => false)) return
        empty.set(dashboard, (empty.get(dashboard) ?? new Set()).add(panel))
        if (isSilent === undefined) unexplained.push(`${dashboard} / ${panel}: ${expr}`)
      })
      expect(unexplained).toEqual([])
      const found = [...empty].map(([dashboard, panels]) => [dashboard, [...panels].sort()] as const).sort()
      expect(Object.fromEntries(found)).toEqual(SILENT)
    },
  )

  test('every query of the committed dashboards and of the rules is one that Prometheus takes', async () => {
    const refused: string[] = []
    await eachOf([...(await dashboardQueries()), ...(await ruleQueries())], async ({ where, expr }) => {
      await stage.observed.prometheus
        .query(filledIn(expr))
        .catch((error: unknown) => refused.push(`${where}: ${String(error)}`))
    })
    expect(refused).toEqual([])
  })

  test('every series of a dashboard or rule, and every declared metric, is in Prometheus', async () => {
    const asked = [...(await dashboardQueries()), ...(await ruleQueries())].flatMap(({ expr }) => seriesIn(expr))
    const { names } = await declaredSeries()
    const missing = new Set<string>()
    await eachOf([...new Set([...asked, ...names])], async (name) => {
      const found = await stage.observed.prometheus.series([`{__name__=~"${name}(?:_bucket|_count)?"}`])
      if (found.length === 0) missing.add(name)
    })
    expect([...missing].sort()).toEqual([...NOT_MADE].sort())
  })

  test('a time that a dashboard shows leads to the trace it was measured in', async () => {
    for (const name of ['request_seconds', 'decision_seconds', 'checker_seconds']) {
      const labels = await stage.observed.prometheus.exemplars(`callback_quorum_${name}_bucket`, LOOK_BACK_SECONDS)
      expect(labels.length, name).toBeGreaterThan(0)
      for (const { trace_id: id } of labels) expect(id, name).toMatch(/^[0-9a-f]{32}$/)
    }
  })

  test('every rule was evaluated without an error', async () => {
    const rules = await stage.observed.prometheus.rules()
    expect(rules.length).toBeGreaterThan(60)
    expect(
      rules.filter(({ health }) => health !== 'ok').map(({ name, lastError }) => `${name}: ${lastError ?? ''}`),
    ).toEqual([])
  })
})

async function play(stage: Stage): Promise<void> {
  const { observed: o } = stage
  await playDesk(o)
  await playEvents(o)
  await playFreeze(o)
  await IDENTITIES.KeyExpiresSoon?.(o)
  const renewal = await IDENTITIES.CertificateNotTaken?.(o)
  await renewal?.again?.()
  // Seen once and then more, so that every counter also grows.
  for (const _ of times(ROUNDS)) {
    await playApprovals(o)
    await playRejections(o)
    await playDeferral(o)
    await playForgeries(o)
    await playInbox(stage)
    await everythingScraped(stage)
  }
  await playOutages(stage)
}

/** What happened last is in Prometheus. */
async function everythingScraped({ observed: o }: Stage): Promise<void> {
  const gateway = o.service('gateway')
  const text = await (await fetch(`${gateway.metricsUrl}/metrics`)).text()
  const [, decided = ''] = /kind="keyreshare"[^}]*outcome="rejected"[^}]*\} (\d+)/.exec(text) ?? []
  await waitFor(
    'the last decisions are scraped',
    async () => {
      const query = 'max(callback_quorum_decisions_total{kind="keyreshare", outcome="rejected"})'
      const [sample] = await o.prometheus.query(query)
      return (sample?.value ?? 0) >= Number(decided) || undefined
    },
    { ms: SEEN_MS_MAX },
  )
}

const hasData = async ({ observed: { prometheus } }: Stage, expr: string): Promise<boolean> =>
  (await prometheus.queryRange(filledIn(expr), LOOK_BACK_SECONDS)).some(({ values }) => values.some(Number.isFinite))

/** Some at once, so that Prometheus is kept busy and not more. */
async function eachOf<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = [...all]
  const worker = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one)
  }
  await Promise.all(times(QUERIES_AT_ONCE).map(worker))
}
