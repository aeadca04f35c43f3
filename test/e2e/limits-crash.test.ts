import { createTestDatabase, type TestDatabase } from '@callback-quorum/service'
import { CUSTODY, makeV2KeySign, requestIdOf, type CoboPackage } from '@callback-quorum/simulator'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { startHeldConnection, type HeldConnection } from './held-connection.ts'
import { read, readBooks, readVerdicts } from './limits-books.ts'
import { limitsProcesses, type LimitsProcess, type LimitsProcesses } from './limits-processes.ts'
import { CUSTOMER } from './rig.ts'

const ETH = 10n ** 18n

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
