import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createLogger, createTestDatabase, type Database, type TestDatabase } from '@callback-quorum/service'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { activateRules } from '../src/ledger/activate-rules.ts'
import { NO_PRICES } from '../src/prices/index.ts'
import { MIGRATIONS } from './limits-rig.ts'
import { ASSETS } from './payments.ts'
import type { ReplicaPayment } from './replica.ts'
import { rulesOf, type WrittenFile } from './written-rules.ts'

// Several processes, each with connections of its own, on one database with the real clock.
const ROUNDS = 50

let testDatabase: TestDatabase
let database: Database
let replicas: Replica[] = []
beforeEach(async () => {
  testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS)
  database = await testDatabase.open()
})
afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.end()))
  replicas = []
  await testDatabase.drop()
})

interface Replica {
  /** All at once; resolves to what each was answered. */
  ask(payments: readonly ReplicaPayment[]): Promise<readonly string[]>
  end(): Promise<void>
}

async function startReplicas(count: number, file: WrittenFile): Promise<void> {
  const log = createLogger({ level: 'silent', name: 'test' })
  await activateRules(database, rulesOf(file, 1), 'rules.yaml', { assets: ASSETS, prices: NO_PRICES, log })
  replicas = await Promise.all(Array.from({ length: count }, () => startReplica(file)))
}

async function startReplica(file: WrittenFile): Promise<Replica> {
  const path = join(import.meta.dirname, 'replica.ts')
  const child = spawn(process.execPath, [path], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const tell = async (line: object): Promise<readonly string[]> => {
    child.stdin.write(`${JSON.stringify(line)}\n`)
    const { value, done } = await lines.next()
    if (done === true) throw new Error('the replica ended')
    return JSON.parse(value) as readonly string[]
  }
  await tell({ url: testDatabase.url, file, version: 1 })
  return {
    ask: tell,
    end: async () => {
      const closed = once(child, 'close')
      child.stdin.end()
      await closed
    },
  }
}

const used = async (): Promise<readonly string[]> => {
  expect(await database.query({ text: 'select * from limits_drift()' })).toEqual([])
  const rows = await database.query<{ line: string }>({
    text: `select rule_id || ' ' || (dimensions::jsonb->-1->>1) || ' ' || used as line from counter order by 1`,
  })
  return rows.map(({ line }) => line)
}

test(
  'L13: of 60 payments of a tenth of the limit at once on a counter that is not there yet, exactly ten pass, fifty times',
  { timeout: 180_000 },
  async () => {
    await startReplicas(3, { rules: [{ id: 'cold', window: { rolling: '24h' }, limit: '0.0001' }] })
    const wallets = Array.from({ length: ROUNDS }, (_, round) => `wallet-${String(round).padStart(2, '0')}`)
    for (const wallet of wallets) {
      const twenty = (part: number): readonly ReplicaPayment[] =>
        Array.from({ length: 20 }, (_, n) => ({ id: `${wallet}-${String(part)}-${String(n)}`, wallet, amount: '10' }))
      const outcomes = (await Promise.all(replicas.map((replica, part) => replica.ask(twenty(part))))).flat()
      expect(outcomes.filter((outcome) => outcome === 'approve')).toHaveLength(10)
      expect(outcomes.filter((outcome) => outcome === 'LIMIT_WINDOW')).toHaveLength(50)
    }
    expect(await used()).toEqual(wallets.map((wallet) => `cold ${wallet} 100`))
  },
)

test(
  'L14: 2 replicas, 200 payments at once that meet 3 counters in different orders: no deadlock surfaces, the sums are exact',
  { timeout: 120_000 },
  async () => {
    // The order of a payment's destinations is the order of its charges.
    const rule = { per: ['destination' as const, 'asset' as const], window: { rolling: '24h' }, limit: '1' }
    await startReplicas(2, {
      rules: [
        { id: 'first', ...rule },
        { id: 'wallet', window: { rolling: '24h' }, limit: '1' },
        { id: 'last', ...rule },
      ],
    })
    const places = [
      '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
      '0x0f76f604fd7762bd94b48ca2523f69ab9665c97f',
      '0xdAC17F958D2ee523a2206206994597C13D831ec7',
    ]
    const hundred = (part: string): readonly ReplicaPayment[] =>
      Array.from({ length: 100 }, (_, n) => {
        const [to = '', ...others] = [...places.slice(n % 3), ...places.slice(0, n % 3)]
        return { id: `${part}-${String(n)}`, to, amount: '3', others }
      })
    const answers = await Promise.all(replicas.map((replica, part) => replica.ask(hundred(String(part)))))
    expect(new Set(answers.flat())).toEqual(new Set(['approve']))
    expect((await used()).map((line) => line.split(' ').at(-1))).toEqual([
      '600',
      '600',
      '600',
      '600',
      '600',
      '600',
      '1800',
    ])
  },
)
