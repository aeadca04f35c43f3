import { createTestDatabase, type Database, type TestDatabase } from '@callback-quorum/service'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { activateRules } from '../../src/ledger/activate-rules.ts'
import { NO_PRICES } from '../../src/prices/index.ts'
import type { Rules } from '../../src/rules/rule.ts'
import { LOG, MIGRATIONS } from '../limits-rig.ts'
import { ASSETS } from '../payments.ts'
import { rulesOf } from '../written-rules.ts'
import { histories, type History } from './histories.ts'
import { Ledger } from './ledger.ts'
import { RULES_FILE } from './model-rules.ts'
import { Play } from './play.ts'
import { Tally } from './tally.ts'

/** CALLBACK_QUORUM_RUNS=2000 is the long run; its result stands in test/results. */
const RUNS = Number(process.env['CALLBACK_QUORUM_RUNS'] ?? 60)
const SEED = Number(process.env['CALLBACK_QUORUM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
/** Fewer histories need not meet every outcome. */
const RUNS_THAT_MEET_ALL = 60

let testDatabase: TestDatabase
let database: Database
let rules: Rules
beforeAll(async () => {
  testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS, { clock: 'fixed' })
  database = await testDatabase.open({ poolSizeMax: 6 })
  rules = rulesOf(RULES_FILE, 1)
  await activateRules(database, rules, 'rules.yaml', { assets: ASSETS, prices: NO_PRICES, log: LOG })
  console.info(`CALLBACK_QUORUM_SEED=${String(SEED)} CALLBACK_QUORUM_RUNS=${String(RUNS)}`)
})
afterAll(() => testDatabase.drop())

const setClock = async (nowMs: number): Promise<void> => {
  await database.query({ name: 'model-clock', text: 'update test_clock set now_at = $1', values: [new Date(nowMs)] })
}

/** A second try hides them from the caller, who waited for a second all the same. Connections tell what they met when they end. */
async function deadlocks(): Promise<unknown> {
  await database.close()
  const fresh = await testDatabase.open()
  return fresh.query({ text: 'select deadlocks from pg_stat_database where datname = current_database()' })
}

test(
  'operations at once happen as if one after the other: outcomes and counters are those of the model, no window is above its limit',
  { timeout: 60_000 + RUNS * 2_000 },
  async () => {
    const tally = new Tally()
    let number = 0
    const holds = async (history: History): Promise<void> => {
      const ledger = new Ledger(database, rules, `history-${String((number += 1))}`, history.payments)
      await new Play(ledger, history, setClock, tally).all()
    }
    await fc.assert(fc.asyncProperty(histories, holds), { numRuns: RUNS, seed: SEED })
    console.info(tally.text())

    expect(await database.query({ text: 'select * from limits_drift()' })).toEqual([])
    expect(await deadlocks()).toEqual([{ deadlocks: 0n }])
    if (RUNS >= RUNS_THAT_MEET_ALL) tally.assertMeaning()
  },
)
