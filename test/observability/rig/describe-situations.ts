import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasPrometheus, PROMETHEUS_NEEDED } from './installed-program.ts'
import { observe, type Observed, type ObserveOptions } from './observe.ts'
import type { Alert } from './prometheus-client.ts'
import type { Situations } from './situation.ts'
import { waitFor } from './wait-for.ts'

/** Situations are made side by side on two processors that others use too. */
const FIRES_MS_MAX = 110_000
const TEST_MS_MAX = 150_000
const AGAIN_EVERY_MS = 300

/** Every situation is made live, side by side, and its alert is seen firing with its labels; nothing fires for services that stay healthy. */
export function describeSituations(title: string, situations: Situations, options: ObserveOptions): void {
  describe.runIf(hasPrometheus)(`${title}: ${PROMETHEUS_NEEDED}`, () => {
    let o: Observed
    beforeAll(async () => {
      o = await observe(options)
    }, TEST_MS_MAX)
    afterAll(() => o.close(), TEST_MS_MAX)

    describe.concurrent('fires', () => {
      test.each(Object.entries(situations))(
        '%s',
        async (name, make) => {
          const { labels, again, prometheus = o.prometheus } = await make(o)
          const fired = await waitForAlert(name, labels, prometheus, again)
          expect(fired.labels).toMatchObject({ alertname: name, ...labels })
          expect(fired.labels.severity).toMatch(/^(?:page|ticket)$/)
          expect(fired.annotations.runbook_url).toContain(`#${name.toLowerCase()}`)
          // A template that failed says so in the text.
          expect(JSON.stringify(fired.annotations)).not.toMatch(/error expanding|<no value>|NaN/)
        },
        TEST_MS_MAX,
      )
    })

    test('and no alert fires for the healthy services beside them', async () => {
      const healthy = (options.services ?? []).map((name) => o.service(name))
      const fired = (await o.prometheus.alerts()).filter(
        ({ state, labels }) =>
          state === 'firing' &&
          healthy.some(({ instance, label }) => labels.instance === instance || labels.service === label),
      )
      expect(fired.map(({ labels }) => labels)).toEqual([])
    })
  })
}

async function waitForAlert(
  name: string,
  labels: Readonly<Record<string, string>>,
  prometheus: Pick<Observed['prometheus'], 'alerts'>,
  again: (() => Promise<unknown>) | undefined,
): Promise<Alert> {
  let seen: readonly Alert[] = []
  const look = async (): Promise<Alert | undefined> => {
    const [alerts] = await Promise.all([prometheus.alerts(), again?.()])
    seen = alerts.filter((alert) => alert.labels.alertname === name)
    return seen.find((alert) => alert.state === 'firing' && isOf(alert, labels))
  }
  return waitFor(`${name} fires`, look, {
    ms: FIRES_MS_MAX,
    everyMs: AGAIN_EVERY_MS,
    seen: () => seen.map(({ state, labels: found, value }) => ({ state, labels: found, value })),
  })
}

const isOf = ({ labels }: Alert, wanted: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value)
