import { setTimeout as delay } from 'node:timers/promises'
import { createTestDatabase, type TestDatabase } from '@callback-quorum/service'
import { CUSTODY, makeV2KeySign, requestIdOf, type CoboPackage } from '@callback-quorum/simulator'
import { afterEach, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest'
import { startHeldConnection, type HeldConnection } from './held-connection.ts'
import { read, readBooks, readVerdicts } from './limits-books.ts'
import { limitsProcesses, type LimitsProcess, type LimitsProcesses } from './limits-processes.ts'
import { replicatingPostgres, startFailoverPair } from './postgres-failover.ts'
import { CUSTOMER } from './rig.ts'

const ETH = 10n ** 18n
const POSTGRES = replicatingPostgres()
const OUTAGE_MS = 5_000
/** During an outage: how often the node asks here. */
const ASK_EVERY_MS = 100
/** The node's own default (protocol/cobo.md section 5). */
const NODE_WAITS_MS = 10_000

let nonce = 0n
/** A transaction of its own each time; with one nonce twice, the second would be a replacement. */
const payment = (amount: string): CoboPackage =>
  makeV2KeySign({ to: CUSTOMER, amount, nonce: (nonce += 1n), organisation: CUSTODY.organisation })

/** Counted once each, and counters and ledger agree. */
const counted = (eth: bigint, payments: number) => ({
  used: eth === 0n ? [] : [`eth-day ${String(eth)}`],
  reservations: payments,
  entries: payments,
  drift: [],
})

let testDatabase: TestDatabase
let held: HeldConnection
let limits: LimitsProcesses
beforeEach(async () => {
  testDatabase = await createTestDatabase(inject('postgresUrl'), [])
  held = await startHeldConnection(Number(new URL(testDatabase.url).port))
  limits = await limitsProcesses()
})
afterEach(async () => {
  await limits.close()
  await held.close()
  await testDatabase.drop()
})

/** Asks, and kills the process after its database has committed and before it could know that. */
async function killBetweenCommitAndAnswer(first: LimitsProcess, content: CoboPackage, token: string): Promise<void> {
  const committed = held.holdAfterCommitOf(requestIdOf(content))
  const asking = first.ask(content, token)
  await committed
  await expect
    .poll(() => readBooks(testDatabase.url), { timeout: 5_000, interval: 10 })
    .toMatchObject({ reservations: 1 })
  await first.process.kill()
  expect(await asking).toMatchObject({ result: 'no_answer' })
  expect(await readVerdicts(testDatabase.url, requestIdOf(content))).toEqual(['approve'])
}

describe('a limits checker killed between commit and answer', () => {
  test('gives the same verdict after its restart and has counted once', async () => {
    const content = payment('4')
    const token = await limits.mint(content, 120)
    await killBetweenCommitAndAnswer(await limits.start(held.through(testDatabase.url)), content, token)
    expect(await readBooks(testDatabase.url)).toEqual(counted(4n * ETH, 1))

    held.restore()
    const again = await limits.start(held.through(testDatabase.url))
    expect(await again.ask(content, token)).toMatchObject({ result: 'approve', status: 0, action: 'APPROVE' })
    const later = await limits.mint(content, 180)
    expect(later).not.toBe(token)
    expect(await again.ask(content, later)).toMatchObject({ result: 'approve', status: 0, action: 'APPROVE' })
    expect(await readBooks(testDatabase.url)).toEqual(counted(4n * ETH, 1))
    expect(await readVerdicts(testDatabase.url, requestIdOf(content))).toEqual([
      'approve',
      'approve replayed',
      'approve replayed',
    ])
  })

  test('leaves its verdict to another replica, which counts nothing again', async () => {
    const content = payment('4')
    const token = await limits.mint(content, 120)
    const [first, second] = await Promise.all([
      limits.start(held.through(testDatabase.url)),
      limits.start(testDatabase.url),
    ])
    await killBetweenCommitAndAnswer(first, content, token)
    expect(await second.ask(content, token)).toMatchObject({ result: 'approve', status: 0, action: 'APPROVE' })
    expect(await readBooks(testDatabase.url)).toEqual(counted(4n * ETH, 1))
    expect(await readVerdicts(testDatabase.url, requestIdOf(content))).toEqual(['approve', 'approve replayed'])
    // What is left of the limit is what one payment left.
    expect((await second.ask(payment('6'))).result).toBe('approve')
    expect(await second.ask(payment('0.000000000000000001'))).toMatchObject({
      result: 'reject',
      error: expect.stringContaining('LIMIT_WINDOW') as string,
    })
  })
})

test('two replicas that are asked the same at once count it once, and neither rejects it', async () => {
  const replicas = await Promise.all([limits.start(testDatabase.url), limits.start(testDatabase.url)])
  for (let round = 1; round <= 10; round += 1) {
    const content = payment('1')
    const token = await limits.mint(content, 120)
    const exchanges = await Promise.all(replicas.map((replica) => replica.ask(content, token)))
    const said = exchanges.map(({ result, status }) => `${result} ${String(status)}`)
    expect(said).toContain('approve 0')
    // Both approve, or one of them says that it is to be asked again.
    for (const each of said) expect(['approve 0', 'status 30']).toContain(each)
    expect(await readBooks(testDatabase.url)).toEqual(counted(BigInt(round) * ETH, round))
  }
})

describe('L40: the database', () => {
  test('is away for five seconds: deferred in time, and approved afterwards by the same process', async () => {
    const process = await limits.start(held.through(testDatabase.url))
    expect((await process.ask(payment('1'))).result).toBe('approve')
    const content = payment('4')
    held.cut()
    const backAt = performance.now() + OUTAGE_MS
    do {
      const exchange = await process.ask(content, await limits.mint(content, 120))
      expect(exchange).toMatchObject({ result: 'status', status: 30, action: null })
      expect(exchange.ms).toBeLessThan(NODE_WAITS_MS)
      expect((await process.ping()).status).toBe(30)
      await delay(ASK_EVERY_MS)
    } while (performance.now() < backAt)
    expect(await process.readiness()).toBe(503)
    expect(await readBooks(testDatabase.url)).toEqual(counted(1n * ETH, 1))

    held.restore()
    expect(await process.ask(content)).toMatchObject({ result: 'approve', status: 0, action: 'APPROVE' })
    expect(await process.ask(content)).toMatchObject({ result: 'approve', status: 0, action: 'APPROVE' })
    expect(await readBooks(testDatabase.url)).toEqual(counted(5n * ETH, 2))
    expect(await process.readiness()).toBe(200)
  })

  test('goes silent with the commit: deferred in time although it counts, and approved afterwards without counting again', async () => {
    const process = await limits.start(held.through(testDatabase.url))
    const content = payment('4')
    const committed = held.holdAfterCommitOf(requestIdOf(content))
    const asking = process.ask(content)
    await committed
    const exchange = await asking
    expect(exchange).toMatchObject({ result: 'status', status: 30, action: null })
    expect(exchange.ms).toBeLessThan(NODE_WAITS_MS)
    expect(await readBooks(testDatabase.url)).toEqual(counted(4n * ETH, 1))

    held.restore()
    expect(await process.ask(content)).toMatchObject({ result: 'approve', status: 0, action: 'APPROVE' })
    expect(await readBooks(testDatabase.url)).toEqual(counted(4n * ETH, 1))
    expect(await readVerdicts(testDatabase.url, requestIdOf(content))).toEqual(['approve', 'approve replayed'])
  })

  test('fails over after it acknowledged a reservation: the standby has it, and the limit holds there', async (context) => {
    if (POSTGRES === undefined) return context.skip('needs the programs of the Debian package postgresql')
    const pair = await startFailoverPair(POSTGRES)
    onTestFinished(() => pair.close())
    const way = await startHeldConnection(pair.port)
    onTestFinished(() => way.close())
    const process = await limits.start(way.through(pair.url))
    const content = payment('6')
    expect(await process.ask(content)).toMatchObject({ result: 'approve', status: 0, action: 'APPROVE' })

    await pair.stopPrimary()
    expect(await process.ask(content)).toMatchObject({ result: 'status', status: 30, action: null })
    await pair.promoteStandby()
    way.restore(pair.port)
    expect(await process.ask(content)).toMatchObject({ result: 'approve', status: 0, action: 'APPROVE' })
    expect(await readBooks(pair.url)).toEqual(counted(6n * ETH, 1))
    expect(await readVerdicts(pair.url, requestIdOf(content))).toEqual(['approve', 'approve replayed'])
    expect(await process.ask(payment('5'))).toMatchObject({
      result: 'reject',
      error: expect.stringContaining('LIMIT_WINDOW') as string,
    })
    expect((await process.ask(payment('4'))).result).toBe('approve')
    expect(await readBooks(pair.url)).toEqual(counted(10n * ETH, 2))
  })

  test('was changed by hand: the difference between counter and ledger is reported', async () => {
    const process = await limits.start(testDatabase.url)
    expect((await process.ask(payment('4'))).result).toBe('approve')
    expect(await readBooks(testDatabase.url)).toEqual(counted(4n * ETH, 1))
    await read(testDatabase.url, 'update counter set used = used + 1')
    // A limit per transaction keeps nothing, which is a difference as well.
    expect((await readBooks(testDatabase.url)).drift).toEqual([
      `eth-day ${String(4n * ETH + 1n)} ${String(4n * ETH)}`,
      'eth-tx 1 0',
    ])
  })
})
