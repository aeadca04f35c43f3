import type { Operation } from '../question.ts'
import type { Movement } from './draft.ts'
import type { Refuse } from './refuse.ts'

/** Amounts are stored as numeric(78,0), and no chain moves more than 256 bits count. */
const TOTAL_ATOMIC_MAX = 2n ** 256n - 1n

/** Operations whose outputs are all that the description says is paid. */
const COUNTABLE: readonly Operation[] = ['transfer', 'contract-call']

/** What leaves: the sum over the outputs that are not ours. Undefined when one is unknown, or when the outputs do not tell all. */
export function totalOf({ operation, outputs }: Movement, refuse: Refuse): bigint | undefined {
  if (!COUNTABLE.includes(operation)) return undefined
  let total = 0n
  for (const { own, amountAtomic } of outputs) {
    if (own) continue
    if (amountAtomic === undefined) return undefined
    total += amountAtomic
  }
  if (total > TOTAL_ATOMIC_MAX) refuse('AMOUNT_INVALID', 'the outputs sum to more than 256 bits count')
  return total
}
