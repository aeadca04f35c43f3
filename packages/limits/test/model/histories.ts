import fc from 'fast-check'
import { COUNT_MS, ROLLING_MS } from './model-rules.ts'
import type { Operation, Payment } from './model.ts'

export interface Step {
  /** Run at once. */
  readonly operations: readonly Operation[]
  /** How far the clock moves afterwards. */
  readonly advanceMs: number
}

export interface History {
  readonly startMs: number
  /** What the business keys of this history stand for; a key asks for the same payment each time. */
  readonly payments: readonly Payment[]
  readonly steps: readonly Step[]
}

const HOUR_MS = 3_600_000
const NOON_MS = Date.UTC(2026, 0, 1, 12)
const KEYS = 14

type Bytes = Pick<Payment, 'slots' | 'otherSlots'>

/** Some use up nothing that others could. The rest use up one or two of three outputs; half of those, over their other bytes, one that they had and another one. */
const bytes: fc.Arbitrary<Bytes> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ slots: [], otherSlots: [] }) },
  {
    weight: 3,
    arbitrary: fc.record({
      slots: fc.subarray([0, 1, 2], { minLength: 1, maxLength: 2 }),
      otherSlots: fc.subarray([0, 1, 2], { maxLength: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.shuffledSubarray([0, 1, 2], { minLength: 3 }).map(([only, both, other]) => ({
      slots: [only ?? 0, both ?? 0],
      otherSlots: [both ?? 0, other ?? 0],
    })),
  },
)

const moved: fc.Arbitrary<Omit<Payment, keyof Bytes>> = fc.record({
  wallet: fc.nat(1),
  destination: fc.nat(1),
  // 0 is what drops another payment, and 6 is more than a transaction may be.
  amount: fc.oneof({ weight: 9, arbitrary: fc.bigInt(1n, 5n) }, { weight: 1, arbitrary: fc.constantFrom(0n, 6n) }),
})
const payment: fc.Arbitrary<Payment> = fc.tuple(moved, bytes).map(([what, how]) => ({ ...what, ...how }))

const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom(
    ...(['reserve', 'reserve', 'reserve', 'reserve', 'resign', 'resign', 'commit', 'release', 'confirm'] as const),
  ),
  key: fc.nat(KEYS - 1),
})

/** Whole hours add up to whole windows, and so do a window less a millisecond and the millisecond: entries leave exactly at the edge. */
const advanceMs = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.nat(7).map((hours) => hours * HOUR_MS) },
  { weight: 2, arbitrary: fc.constantFrom(1, COUNT_MS - 1, COUNT_MS, ROLLING_MS - 1, ROLLING_MS, ROLLING_MS + 1) },
  { weight: 1, arbitrary: fc.nat(ROLLING_MS + HOUR_MS) },
)

const step: fc.Arbitrary<Step> = fc.record({
  operations: fc.array(operation, { minLength: 1, maxLength: 4, size: 'max' }),
  advanceMs,
})

export const histories: fc.Arbitrary<History> = fc.record({
  // So that midnight is met on the hour, and a millisecond beside it.
  startMs: fc.constantFrom(0, 1, -1).map((beside) => NOON_MS + beside),
  payments: fc.array(payment, { minLength: KEYS, maxLength: KEYS }),
  steps: fc.array(step, { minLength: 5, maxLength: 25, size: 'max' }),
})
