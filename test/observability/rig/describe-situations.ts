import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasPrometheus, PROMETHEUS_NEEDED } from './installed-program.ts'
import { observe, type Observed, type ObserveOptions } from './observe.ts'
import type { Alert, Labels } from './prometheus-client.ts'
import type { Situation, Situations } from './situation.ts'
import { waitFor } from './wait-for.ts'

/** Situations are made side by side on two processors that others use too. */
const FIRES_MS_MAX = 150_000
const TEST_MS_MAX = 200_000
const AGAIN_EVERY_MS = 700

/** Every situation is made live, side by side, and its alert is seen firing with its labels. */
export function describeSituations(title: string, situations: Situations, options: ObserveOptions): void {
  describe.runIf(hasPrometheus)(`${title}: ${PROMETHEUS_NEEDED}`, () => {
    let o: Observed
    const fired = new Map<string, Promise<Fired>>()
    beforeAll(async () => {
      o = await observe(options)
      for (const [name, make] of Object.entries(situations)) {
        const firing = fire(o, name, make)
        // Whoever awaits it hears of it.
        firing.catch(() => undefined)
        fired.set(name, firing)
      }
    }, TEST_MS_MAX)
    afterAll(async () => {
      await Promise.allSettled(fired.values())
      await o.close()
    }, TEST_MS_MAX)

    test.each(Object.keys(situations))(
      '%s fires',
      async (name) => {
        const { alert, labels } = (await fired.get(name)) ?? { alert: undefined, labels: {} }
        expect(alert?.labels).toMatchObject({ alertname: name, ...labels })
        expect(alert?.labels.severity).toMatch(/^(?:page|ticket)$/)
        expect(alert?.annotations.runbook_url).toContain(`#${name.toLowerCase()}`)
        // A template that failed says so in the text.
        expect(JSON.stringify(alert?.annotations)).not.toMatch(/error expanding|<no value>|NaN/)
      },
      TEST_MS_MAX,
    )
  })
}

interface Fired {
  readonly alert: Alert
  readonly labels: Labels
}

async function fire(o: Observed, name: string, make: Situation): Promise<Fired> {
  const { labels, again, prometheus = o.prometheus } = await make(o)
  let seen: readonly Alert[] = []
  const problems = new Set<string>()
  const look = async (): Promise<Alert | undefined> => {
    // What is done again may fail because of the very situation.
    await again?.().catch((error: unknown) => problems.add(String(error)))
    seen = (await prometheus.alerts()).filter((alert) => alert.labels.alertname === name)
    return seen.find((alert) => alert.state === 'firing' && isOf(alert, labels))
  }
  const alert = await waitFor(`${name} fires`, look, {
    ms: FIRES_MS_MAX,
    everyMs: AGAIN_EVERY_MS,
    seen: () => [...seen.map(({ state, labels: found, value }) => ({ state, labels: found, value })), ...problems],
  })
  return { alert, labels }
}

const isOf = ({ labels }: Alert, wanted: Labels): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value)
