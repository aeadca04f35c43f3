import type { Question } from '@callback-quorum/checker-kit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { approvalOf, signingOf } from './fireblocks-payments.ts'
import { outcomeOf, startLimitsRig, type LimitsRig, type WrittenRule } from './limits-rig.ts'

const RUNS = Number(process.env['CALLBACK_QUORUM_RUNS'] ?? 150)
const SEED = Number(process.env['CALLBACK_QUORUM_SEED'] ?? 20_261_121)

/** Whole numbers below `end`, the same for a seed: Lehmer's generator (Park and Miller 1988). */
function randomOf(seed: number): (end: number) => number {
  let state = BigInt(seed)
  return (end) => {
    state = (state * 48_271n) % 2_147_483_647n
    return Number(state % BigInt(end))
  }
}

const eth = (atomic: bigint): string => `0.${atomic.toString().padStart(18, '0')}`
const LIMIT = 3_000n
const day: WrittenRule = { id: 'day', match: { asset: ['ETH'] }, window: { rolling: '24h' }, limit: eth(LIMIT) }
const costs: WrittenRule = { ...day, id: 'costs', include_fee: true, limit: eth(LIMIT + 900n) }

let rig: LimitsRig
beforeEach(async () => {
  rig = await startLimitsRig()
})
afterEach(() => rig.testDatabase.drop())

const ask = async (rules: readonly WrittenRule[], question: Question): Promise<string> =>
  outcomeOf(await rig.claim(rules, question))

/** What one payment counts, said without reservations: by its signature if there is one, else by what was approved at most. */
interface Counted {
  readonly isSigned: boolean
  readonly day: bigint
  readonly costs: bigint
}

const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other)

function next(before: Counted | undefined, isSigning: boolean, amount: bigint, fee: bigint): Counted {
  const asked: Counted = { isSigned: isSigning, day: amount, costs: isSigning ? amount + fee : amount }
  if (before === undefined || before.isSigned !== isSigning) return before?.isSigned === true ? before : asked
  return { isSigned: isSigning, day: larger(before.day, asked.day), costs: larger(before.costs, asked.costs) }
}

test(`approvals and signatures in any order: each payment counts once, by its bytes once it is signed (seed ${String(SEED)})`, async () => {
  const random = randomOf(SEED)
  const counted = new Map<string, Counted>()
  const sum = (which: 'day' | 'costs', without = ''): bigint =>
    [...counted].reduce((total, [id, payment]) => (id === without ? total : total + payment[which]), 0n)
  const seen = { approve: 0, LIMIT_WINDOW: 0 }
  for (let run = 0; run < RUNS; run += 1) {
    const id = `p${String(random(6))}`
    const what = random(8)
    if (what === 0) {
      await rig.release(approvalOf({ id, asset: 'ETH', amountAtomic: 1n }))
      counted.delete(id)
    } else {
      const isSigning = what > 4
      const amountAtomic = BigInt(1 + random(1_500))
      const feeAtomic = BigInt(random(400))
      const bytes = { slots: [`nonce:${id}`], feeAtomic }
      const options = { id, asset: 'ETH', amountAtomic }
      const after = next(counted.get(id), isSigning, amountAtomic, feeAtomic)
      const isWithin = sum('day', id) + after.day <= LIMIT && sum('costs', id) + after.costs <= LIMIT + 900n
      const said = await ask([day, costs], isSigning ? signingOf({ ...options, ...bytes }) : approvalOf(options))
      expect(said.split(' ')[0], `run ${String(run)}`).toBe(isWithin ? 'approve' : 'LIMIT_WINDOW')
      seen[isWithin ? 'approve' : 'LIMIT_WINDOW'] += 1
      if (isWithin) counted.set(id, after)
    }
    const used = (['costs', 'day'] as const).flatMap((rule) => (sum(rule) > 0n ? [`${rule} ${String(sum(rule))}`] : []))
    expect(await rig.used(), `run ${String(run)}`).toEqual(used)
  }
  expect(Math.min(seen.approve, seen.LIMIT_WINDOW)).toBeGreaterThan(RUNS / 20)
})

test('many are signed at once, on other counters than they were approved on, while others are approved: none waits for ever, and all are counted', async () => {
  const address = (digit: number): string => `0x${String(digit).repeat(40)}`
  const each: WrittenRule = { ...day, id: 'each', per: ['destination'], limit: eth(1_000_000n) }
  // No counter that all of them share: it would make them come one after the other.
  const rules = [each]
  const payments = Array.from({ length: 48 }, (_, index) => ({
    id: `p${String(index)}`,
    asset: 'ETH',
    amountAtomic: 3n,
    to: address(1 + (index % 9)),
    also: [{ to: address(1 + ((index * 5) % 9)), amountAtomic: 2n }],
  }))
  await Promise.all(payments.map(async (payment) => expect(await ask(rules, approvalOf(payment))).toBe('approve')))
  await Promise.all(
    payments.map(async (payment, index) => {
      const signing = {
        ...payment,
        to: address(9 - (index % 9)),
        also: [{ to: address(1 + ((index * 7) % 9)), amountAtomic: 4n }],
        slots: [`nonce:${String(index)}`],
      }
      const another = approvalOf({ ...payment, id: `other-${payment.id}` })
      expect(await Promise.all([ask(rules, signingOf(signing)), ask(rules, another)])).toEqual(['approve', 'approve'])
    }),
  )
  const used = (await rig.used()).map((line) => Number(line.split(' ')[1]))
  expect(used.reduce((total, one) => total + one, 0)).toBe(48 * (7 + 5))
  // A second try hides them from the caller, and connections tell what they met when they end.
  await rig.database.close()
  const fresh = await rig.testDatabase.open()
  const text = 'select deadlocks from pg_stat_database where datname = current_database()'
  expect(await fresh.query({ text })).toEqual([{ deadlocks: 0n }])
})
