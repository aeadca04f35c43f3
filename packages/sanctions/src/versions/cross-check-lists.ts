import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AddressIndex } from '../list/address-index.ts'
import type { CrossCheck } from './check-gates.ts'

/** Comparing so many keys takes a few milliseconds, which is what a callback may wait. */
const KEYS_PER_TURN = 5_000
const SOME = 5

/** Compares which addresses two lists have, in whatever spelling or under whatever code each of them writes them. */
export async function crossCheckLists(
  next: AddressIndex,
  other: AddressIndex,
  extrasPercentMax: number,
): Promise<CrossCheck> {
  const missing = await without(other, next)
  const extras = await without(next, other)
  return {
    source: other.source,
    missing: missing.count,
    some: missing.some,
    extras: extras.count,
    of: extras.of,
    extrasPercentMax,
  }
}

/** The keys of one that the other lacks, of so many. */
async function without(
  one: AddressIndex,
  other: AddressIndex,
): Promise<{ readonly count: number; readonly of: number; readonly some: readonly string[] }> {
  let [count, of] = [0, 0]
  const some: string[] = []
  for (const key of one.keys()) {
    if (of % KEYS_PER_TURN === 0) await nextTurn()
    of += 1
    if (other.hasKey(key)) continue
    count += 1
    if (some.length < SOME) some.push(key)
  }
  return { count, of, some }
}
