import { setTimeout as delay } from 'node:timers/promises'
import { createLogger, createMetricsRegistry, type Sql } from '@callback-quorum/service'
import { expect, onTestFinished, test } from 'vitest'
import { startHeldClaims } from '../src/held-claims.ts'

test('a ledger that cannot be counted in time is left alone for as long as one that can', async () => {
  let asked = 0
  const tooLong: Sql = {
    query: async () => {
      asked += 1
      await delay(50)
      throw new Error('canceling statement due to statement timeout')
    },
  }
  const held = startHeldClaims({
    registry: createMetricsRegistry('limits'),
    database: tooLong,
    log: createLogger({ name: 'rig', level: 'silent' }),
    kinds: ['keysign'],
    everyMs: 10,
  })
  onTestFinished(() => held.stop())
  // Fifty times as long as it took is 2.5 s.
  await delay(1_000)
  expect(asked).toBe(1)
})
