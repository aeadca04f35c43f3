import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasPrometheus, PROMETHEUS_NEEDED } from './rig/installed-program.ts'
import { deliverHouseList, houseListEntry } from './rig/house-list.ts'
import { observe, type Observed } from './rig/observe.ts'
import { playApprovals } from './rig/scenario.ts'
import { waitFor } from './rig/wait-for.ts'

const SETUP_MS_MAX = 240_000
/** Longer than everything has to last before its alert fires, shortened as it is (rig/shorten-rules.ts). */
const QUIET_MS = 20_000
const PAYMENTS_EVERY_MS = 1_000
const HOUSE_LISTED = '0x2222222222222222222222222222222222222222'

describe.runIf(hasPrometheus)(`five healthy services with payments of both platforms: ${PROMETHEUS_NEEDED}`, () => {
  let o: Observed
  beforeAll(async () => {
    o = await observe({
      areProcesses: true,
      prepare: (folder) => deliverHouseList(folder, [HOUSE_LISTED]),
      // The packaged list has an alert of its own: StarterListInUse.
      edit: { sanctions: (config) => ({ ...config, lists: [houseListEntry()] }) },
    })
    await waitFor('all five are scraped', async () => {
      const up = (await o.prometheus.targets()).filter(({ health }) => health === 'up')
      return up.length === 5 || undefined
    })
  }, SETUP_MS_MAX)
  afterAll(() => o.close(), SETUP_MS_MAX)

  test('no alert fires, of all there are', { timeout: SETUP_MS_MAX }, async () => {
    const fired = new Set<string>()
    const until = performance.now() + QUIET_MS
    let payments = 0
    await waitFor(
      'a quiet while is over',
      async () => {
        await playApprovals(o)
        payments += 1
        for (const { state, labels } of await o.prometheus.alerts())
          if (state === 'firing') fired.add(JSON.stringify(labels))
        return performance.now() > until || undefined
      },
      { ms: QUIET_MS * 4, everyMs: PAYMENTS_EVERY_MS },
    )
    expect([...fired]).toEqual([])
    const [decided] = await o.prometheus.query('sum(callback_quorum_decisions_total{outcome="approved"})')
    expect(decided?.value).toBeGreaterThan(payments)
    const rules = (await o.prometheus.rules()).filter(({ type }) => type === 'alerting')
    expect(rules.length).toBeGreaterThan(60)
  })
})
