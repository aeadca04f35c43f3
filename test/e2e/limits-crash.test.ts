import { setTimeout as delay } from 'node:timers/promises'
import { createTestDatabase } from '@callback-quorum/service'
import { CUSTODY, makeV2KeySign, requestIdOf, type CoboPackage } from '@callback-quorum/simulator'
import { afterAll, beforeAll, describe, expect, inject, test, type TestContext } from 'vitest'
import { startHeldConnection, type HeldConnection } from './held-connection.ts'
import { read, readBooks, readVerdicts, type Books } from './limits-books.ts'
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
const APPROVE = { result: 'approve', status: 0, action: 'APPROVE' }
const DEFERRAL = { result: 'status', status: 30, action: null }
const OVER_LIMIT = { result: 'reject', error: expect.stringContaining('LIMIT_WINDOW') as string }

let limits: LimitsProcesses
beforeAll(async () => {
  limits = await limitsProcesses()
})
afterAll(() => limits.close())

let nonce = 0n
/** A transaction of its own each time: with one nonce twice, the second would be a replacement. */
const payment = (amount: string): CoboPackage =>
  makeV2KeySign({ to: CUSTOMER, amount, nonce: (nonce += 1n), organisation: CUSTODY.organisation })

/** So much by so many payments, each counted once; counters and ledger agree. */
const counted = (atomic: bigint, payments: number): Books => ({
  used: atomic === 0n ? [] : [`eth-day ${String(atomic)}`],
  reservations: payments,
  entries: payments,
  drift: [],
})

interface World {
  readonly url: string
  /** The way to the database that can break. */
  readonly way: HeldConnection
  start(databaseUrl: string): Promise<LimitsProcess>
  booksBecome(expected: Books): Promise<void>
}

/** A database of its own, or the one at `url`. */
async function startWorld({ expect, onTestFinished }: TestContext, url?: string): Promise<World> {
  const testDatabase = url === undefined ? await createTestDatabase(inject('postgresUrl'), []) : undefined
  if (testDatabase !== undefined) onTestFinished(() => testDatabase.drop())
  const own = url ?? testDatabase?.url ?? ''
  const way = await startHeldConnection(Number(new URL(own).port))
  onTestFinished(() => way.close())
  const start = async (databaseUrl: string): Promise<LimitsProcess> => {
    const process = await limits.start(databaseUrl)
    onTestFinished(() => process.stop())
    return process
  }
  const booksBecome = (expected: Books): Promise<void> =>
    expect.poll(() => readBooks(own), { timeout: 5_000, interval: 10 }).toEqual(expected)
  return { url: own, way, start, booksBecome }
}

/** Asks, and kills the process after its database has committed and before it could know that. */
async function killBetweenCommitAndAnswer(
  { url, way, booksBecome }: World,
  process: LimitsProcess,
  content: CoboPackage,
  token: string,
): Promise<void> {
  const committing = way.holdAfterCommitOf(requestIdOf(content))
  const asking = process.ask(content, token)
  await committing
  await booksBecome(counted(4n * ETH, 1))
  await process.running.kill()
  expect(await asking).toMatchObject({ result: 'no_answer' })
  expect(await readVerdicts(url, requestIdOf(content))).toEqual(['approve'])
}

describe.concurrent('a limits checker killed between commit and answer', () => {
  test('gives the same verdict after its restart and has counted once', async (context) => {
    const world = await startWorld(context)
    const { url, way, start } = world
    const content = payment('4')
    const token = await limits.mint(content, 120)
    await killBetweenCommitAndAnswer(world, await start(way.through(url)), content, token)

    way.restore()
    const again = await start(way.through(url))
    expect(await again.ask(content, token)).toMatchObject(APPROVE)
    const later = await limits.mint(content, 180)
    expect(later).not.toBe(token)
    expect(await again.ask(content, later)).toMatchObject(APPROVE)
    expect(await readBooks(url)).toEqual(counted(4n * ETH, 1))
    const verdicts = ['approve', 'approve replayed', 'approve replayed']
    expect(await readVerdicts(url, requestIdOf(content))).toEqual(verdicts)
  })

  test('leaves its verdict to another replica, which counts nothing again', async (context) => {
    const world = await startWorld(context)
    const { url, way, start } = world
    const content = payment('4')
    const token = await limits.mint(content, 120)
    const [first, second] = await Promise.all([start(way.through(url)), start(url)])
    await killBetweenCommitAndAnswer(world, first, content, token)
    expect(await second.ask(content, token)).toMatchObject(APPROVE)
    expect(await readBooks(url)).toEqual(counted(4n * ETH, 1))
    expect(await readVerdicts(url, requestIdOf(content))).toEqual(['approve', 'approve replayed'])
    // What is left of the limit is what one payment left.
    expect(await second.ask(payment('6'))).toMatchObject(APPROVE)
    expect(await second.ask(payment('0.000000000000000001'))).toMatchObject(OVER_LIMIT)
  })
})

test('two replicas that are asked the same at once count it once, and neither rejects it', async (context) => {
  const { url, start } = await startWorld(context)
  const replicas = await Promise.all([start(url), start(url)])
  for (let round = 1; round <= 10; round += 1) {
    const content = payment('1')
    const token = await limits.mint(content, 120)
    const exchanges = await Promise.all(replicas.map((replica) => replica.ask(content, token)))
    const said = exchanges.map(({ result, status }) => `${result} ${String(status)}`)
    // Both approve, or one of them says that it is to be asked again.
    expect(said).toContain('approve 0')
    for (const each of said) expect(['approve 0', 'status 30']).toContain(each)
    expect(await readBooks(url)).toEqual(counted(BigInt(round) * ETH, round))
  }
})

describe.concurrent('L40: the database', () => {
  test('is away for five seconds: deferred in time, and approved afterwards by the same process', async (context) => {
    const { url, way, start } = await startWorld(context)
    const process = await start(way.through(url))
    expect(await process.ask(payment('1'))).toMatchObject(APPROVE)
    const content = payment('4')
    way.cut()
    const backAt = performance.now() + OUTAGE_MS
    do {
      const exchange = await process.ask(content, await limits.mint(content, 120))
      expect(exchange).toMatchObject(DEFERRAL)
      expect(exchange.ms).toBeLessThan(NODE_WAITS_MS)
      expect((await process.ping()).status).toBe(30)
      await delay(ASK_EVERY_MS)
    } while (performance.now() < backAt)
    expect(await process.readiness()).toBe(503)
    expect(await readBooks(url)).toEqual(counted(1n * ETH, 1))

    way.restore()
    expect(await process.ask(content)).toMatchObject(APPROVE)
    expect(await process.ask(content)).toMatchObject(APPROVE)
    expect(await readBooks(url)).toEqual(counted(5n * ETH, 2))
    expect(await process.readiness()).toBe(200)
  })

  test('falls silent at the commit: deferred in time although it counts, approved afterwards without counting again', async (context) => {
    const { url, way, start } = await startWorld(context)
    const process = await start(way.through(url))
    const content = payment('4')
    const committing = way.holdAfterCommitOf(requestIdOf(content))
    const [exchange] = await Promise.all([process.ask(content), committing])
    expect(exchange).toMatchObject(DEFERRAL)
    expect(exchange.ms).toBeLessThan(NODE_WAITS_MS)
    expect(await readBooks(url)).toEqual(counted(4n * ETH, 1))

    way.restore()
    expect(await process.ask(content)).toMatchObject(APPROVE)
    expect(await readBooks(url)).toEqual(counted(4n * ETH, 1))
    expect(await readVerdicts(url, requestIdOf(content))).toEqual(['approve', 'approve replayed'])
  })

  test(
    'fails over: what was acknowledged counts on the standby, what the standby lacks is not approved',
    { timeout: 60_000 },
    async (context) => {
      if (POSTGRES === undefined) return context.skip('needs the programs of the Debian package postgresql')
      const pair = await startFailoverPair(POSTGRES)
      context.onTestFinished(() => pair.close())
      const { way, start, booksBecome } = await startWorld(context, pair.url)
      const process = await start(way.through(pair.url))
      const first = payment('2')
      await pair.stopStandby()
      const exchange = await process.ask(first)
      expect(exchange).toMatchObject(DEFERRAL)
      expect(exchange.ms).toBeLessThan(NODE_WAITS_MS)
      await pair.startStandby()
      await booksBecome(counted(2n * ETH, 1))
      expect(await process.ask(first)).toMatchObject(APPROVE)
      const second = payment('4')
      expect(await process.ask(second)).toMatchObject(APPROVE)

      await pair.stopPrimary()
      expect(await process.ask(second)).toMatchObject(DEFERRAL)
      await pair.promoteStandby()
      way.restore(pair.port)
      for (const content of [second, first]) {
        expect(await process.ask(content)).toMatchObject(APPROVE)
        expect(await readVerdicts(pair.url, requestIdOf(content))).toContain('approve replayed')
        expect(await readBooks(pair.url)).toEqual(counted(6n * ETH, 2))
      }
      expect(await process.ask(payment('5'))).toMatchObject(OVER_LIMIT)
      expect(await process.ask(payment('4'))).toMatchObject(APPROVE)
      expect(await readBooks(pair.url)).toEqual(counted(10n * ETH, 3))
    },
  )

  test('was changed by hand: the difference between counter and ledger is reported', async (context) => {
    const { url, start } = await startWorld(context)
    const process = await start(url)
    expect(await process.ask(payment('4'))).toMatchObject(APPROVE)
    expect(await readBooks(url)).toEqual(counted(4n * ETH, 1))
    await read(url, 'update counter set used = used + 1')
    const drift = [`eth-day ${String(4n * ETH + 1n)} ${String(4n * ETH)}`]
    expect(await readBooks(url)).toMatchObject({ drift })
  })
})
