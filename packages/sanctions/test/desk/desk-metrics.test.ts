import { createLogger, createMetricsRegistry, type Sql } from '@callback-quorum/service'
import { expect, test } from 'vitest'
import { createDeskMetrics } from '../../src/desk/desk-metrics.ts'

test('a database that stays silent costs a scrape two seconds and one question, and the counts are NaN', async () => {
  let asked = 0
  const silent: Sql = {
    query: () => {
      asked += 1
      return new Promise(() => undefined)
    },
  }
  const registry = createMetricsRegistry('sanctions')
  createDeskMetrics(registry, silent, createLogger({ name: 'rig', level: 'silent' }))
  const startedMs = performance.now()
  const [text] = await Promise.all([registry.metrics(), registry.metrics()])
  // Prometheus is told to wait five.
  expect(performance.now() - startedMs).toBeLessThan(4_000)
  expect(asked).toBe(1)
  for (const name of ['override_active', 'override_expiring_7d', 'blocks_active'])
    expect(text).toMatch(new RegExp(`^callback_quorum_sanctions_${name}\\S* Nan$`, 'm'))
})
