export interface Signed {
  readonly amount: bigint
  /** What each of its signatures uses up. */
  readonly signatures: readonly (readonly number[])[]
}

/** Slots are few: 0, 1 and 2. */
const maskOf = (slots: readonly number[]): number => slots.reduce((mask, slot) => mask | (1 << slot), 0)

/**
 * The most that these can move together on a chain: each by one of its signatures at most, and no slot twice. Said without groups or counters,
 * so that it is no other wording of what the ledger does.
 */
export function mostThatMoves(payments: readonly Signed[]): bigint {
  let most = new Map<number, bigint>([[0, 0n]])
  for (const { amount, signatures } of payments) {
    const next = new Map(most)
    for (const [used, sum] of most)
      for (const mask of signatures.map(maskOf)) {
        if ((used & mask) !== 0) continue
        const before = next.get(used | mask) ?? 0n
        if (sum + amount > before) next.set(used | mask, sum + amount)
      }
    most = next
  }
  return [...most.values()].reduce((largest, sum) => (sum > largest ? sum : largest), 0n)
}
