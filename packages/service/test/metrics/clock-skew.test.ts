import { Registry } from 'prom-client'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { createTestDatabase, startClockSkew, type Database, type TestDatabase } from '../../src/database/index.ts'
import type { Stoppable } from '../../src/lifecycle/index.ts'
import { createLogger } from '../../src/log.ts'

/** Where a fixed clock of the database stands. */
const CLOCK_MS = Date.UTC(2026, 0, 1)

let testDatabase: TestDatabase
let database: Database
let registry: Registry
let measuring: Stoppable
let ownMs: readonly number[] = []

beforeEach(async () => {
  testDatabase = await createTestDatabase(inject('postgresUrl'), [], { clock: 'fixed' })
  database = await testDatabase.open()
  registry = new Registry()
  ownMs = [CLOCK_MS]
  let asked = 0
  const clock = { nowMs: () => ownMs[asked++ % ownMs.length] ?? Number.NaN }
  const log = createLogger({ name: 'rig', level: 'silent' })
  measuring = startClockSkew({ registry, database, clock, log, everyMs: 20 })
})
afterEach(async () => {
  await measuring.stop()
  await testDatabase.drop()
})

const skew = async (): Promise<readonly number[]> =>
  ((await registry.getSingleMetric('callback_quorum_clock_skew_seconds')?.get())?.values ?? []).map(
    ({ value }) => value,
  )

test('is our clock minus that of the database, and follows both', async () => {
  await expect.poll(skew).toEqual([0])
  ownMs = [CLOCK_MS + 2_500]
  await expect.poll(skew).toEqual([2.5])
  await testDatabase.advance(10_000)
  await expect.poll(skew).toEqual([-7.5])
})

test('takes half of the round trip for the way back', async () => {
  ownMs = [CLOCK_MS - 1_000, CLOCK_MS + 3_000]
  await expect.poll(skew).toEqual([1])
})

test('is no series while the database does not answer, and comes back with it', async () => {
  await expect.poll(skew).toEqual([0])
  await database.query({ text: 'alter function clock_now() rename to clock_gone' })
  await expect.poll(skew).toEqual([])
  expect(await registry.metrics()).not.toMatch(/^callback_quorum_clock_skew_seconds /m)
  await database.query({ text: 'alter function clock_gone() rename to clock_now' })
  await expect.poll(skew).toEqual([0])
})
