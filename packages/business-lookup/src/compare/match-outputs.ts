import type { AllowedAmounts } from './allowed-amounts.ts'

/** One payment on either side. Only payments with the same `to` can be each other. */
export interface Matchable {
  /** Place in its own list. */
  readonly index: number
  /** Destination and tag, canonical; undefined for a destination that is none, which equals nothing. */
  readonly to: string | undefined
  readonly amountAtomic: bigint
}

export interface Matching {
  readonly pairs: readonly { readonly expected: number; readonly actual: number }[]
  /** Places in each list that stay alone, ascending. */
  readonly expectedLeft: readonly number[]
  readonly actualLeft: readonly number[]
}

/**
 * Pairs as many payments as can be paired, each with one of the other side at most. Two payments with one `to` are paired in the order of their
 * amounts: neither end of what an expected amount allows falls when the amount rises, so where a matching crosses (the smaller one with the larger
 * one and the other way round) it can be uncrossed, and an amount below what the smallest expected one allows, or an expected one whose most
 * is below the smallest amount, can be in no matching at all.
 */
export function matchOutputs(
  expected: readonly Matchable[],
  actual: readonly Matchable[],
  allowed: AllowedAmounts,
): Matching {
  const groups = new Map<string, { expected: Matchable[]; actual: Matchable[] }>()
  for (const [side, list] of [
    ['expected', expected],
    ['actual', actual],
  ] as const)
    for (const item of list) {
      if (item.to === undefined) continue
      const group = groups.get(item.to) ?? { expected: [], actual: [] }
      group[side].push(item)
      groups.set(item.to, group)
    }
  const pairs = [...groups.values()].flatMap((group) => pairInOrder(group.expected, group.actual, allowed))
  const isPaired = (side: 'expected' | 'actual') => {
    const places = new Set(pairs.map((pair) => pair[side]))
    return ({ index }: Matchable): readonly number[] => (places.has(index) ? [] : [index])
  }
  return {
    pairs: pairs.toSorted((a, b) => a.expected - b.expected),
    expectedLeft: expected.flatMap(isPaired('expected')),
    actualLeft: actual.flatMap(isPaired('actual')),
  }
}

function pairInOrder(
  expected: readonly Matchable[],
  actual: readonly Matchable[],
  allowed: AllowedAmounts,
): Matching['pairs'] {
  const pairs: { expected: number; actual: number }[] = []
  const wanted = expected.toSorted(byAmount).map((item) => ({ ...item, ...allowed(item.amountAtomic) }))
  const paid = actual.toSorted(byAmount)
  let want = wanted.shift()
  let pay = paid.shift()
  while (want !== undefined && pay !== undefined) {
    if (pay.amountAtomic < want.least) pay = paid.shift()
    else if (pay.amountAtomic > want.most) want = wanted.shift()
    else {
      pairs.push({ expected: want.index, actual: pay.index })
      want = wanted.shift()
      pay = paid.shift()
    }
  }
  return pairs
}

const byAmount = (a: Matchable, b: Matchable): number =>
  a.amountAtomic < b.amountAtomic ? -1 : a.amountAtomic > b.amountAtomic ? 1 : a.index - b.index
