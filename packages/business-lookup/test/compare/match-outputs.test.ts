import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allowedAmounts, isAllowed, type AllowedAmounts } from '../../src/compare/allowed-amounts.ts'
import type { CompareConfig } from '../../src/compare/compare-config.ts'
import { matchOutputs, type Matchable } from '../../src/compare/match-outputs.ts'
import { ASSETS } from '../lookup-rig.ts'

const ASSET = { ...ASSETS.asset('ETH')!, decimals: 0 }

/** Few places and small amounts, so that payments meet. */
const side = fc
  .array(fc.record({ to: fc.constantFrom('a', 'b', undefined), amount: fc.integer({ min: 0, max: 12 }) }), {
    maxLength: 6,
  })
  .map((items): readonly Matchable[] =>
    items.map(({ to, amount }, index) => ({ index, to, amountAtomic: BigInt(amount) })),
  )

const rule: fc.Arbitrary<CompareConfig['amount']> = fc.oneof(
  fc.constant({ op: 'equal' } as const),
  fc.constant({ op: 'at_most' } as const),
  fc.integer({ min: 0, max: 4 }).map((by) => ({ op: 'within', by: by.toString() }) as const),
  // Far beyond what a configuration may say: with amounts this small, less would allow nothing.
  fc.integer({ min: 1, max: 9_999 }).map((by) => ({ op: 'within_bps', by }) as const),
)

const allowedBy = (amount: CompareConfig['amount']): AllowedAmounts => {
  const allowed = allowedAmounts(amount, ASSET)
  if (allowed === undefined) throw new Error('whole numbers fit every asset')
  return allowed
}

const fits = (expected: Matchable, actual: Matchable, allowed: AllowedAmounts): boolean =>
  expected.to !== undefined &&
  expected.to === actual.to &&
  isAllowed(actual.amountAtomic, allowed(expected.amountAtomic))

/** The most pairs that there can be, by trying every assignment. */
function mostPairs(expected: readonly Matchable[], actual: readonly Matchable[], allowed: AllowedAmounts): number {
  const [first, ...rest] = expected
  if (first === undefined) return 0
  const taking = actual.map((item, at) =>
    fits(first, item, allowed) ? 1 + mostPairs(rest, actual.toSpliced(at, 1), allowed) : 0,
  )
  return Math.max(mostPairs(rest, actual, allowed), ...taking)
}

describe('pairing in the order of the amounts', () => {
  test('finds as many pairs as trying every assignment, each of them allowed and nothing twice', () => {
    fc.assert(
      fc.property(side, side, rule, (expected, actual, amount) => {
        const allowed = allowedBy(amount)
        const { pairs, expectedLeft, actualLeft } = matchOutputs(expected, actual, allowed)
        expect(pairs).toHaveLength(mostPairs(expected, actual, allowed))
        for (const pair of pairs) expect(fits(expected[pair.expected]!, actual[pair.actual]!, allowed)).toBe(true)
        const places = (list: readonly Matchable[]) => list.map(({ index }) => index)
        expect([...pairs.map((pair) => pair.expected), ...expectedLeft].toSorted()).toEqual(places(expected))
        expect([...pairs.map((pair) => pair.actual), ...actualLeft].toSorted()).toEqual(places(actual))
      }),
      { numRuns: 2_000 },
    )
  })

  test('rests on this: neither end of what is allowed falls when the amount rises', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n }), rule, (expected, amount) => {
        const allowed = allowedBy(amount)
        const [one, next] = [allowed(expected), allowed(expected + 1n)]
        expect(one.least <= next.least && one.most <= next.most).toBe(true)
      }),
    )
  })

  test('pairs a thousand of the same place quickly', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => ({ index, to: 'a', amountAtomic: BigInt(index % 7) }))
    expect(matchOutputs(many, many.toReversed(), allowedBy({ op: 'equal' })).pairs).toHaveLength(1_000)
  })
})
