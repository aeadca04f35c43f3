import { setImmediate as nextTurn } from 'node:timers/promises'
import { readListedAddress } from '@callback-quorum/chains'
import type { ListedRow } from '../list/listed-row.ts'
import type { CrossCheck } from './check-gates.ts'

/** Reading one value can cost 0.4 ms: a callback waits about 10 ms. */
const ROWS_PER_TURN = 25
const SOME = 5

type Keys = readonly string[]

/** Compares which addresses two lists have, in whatever spelling, code or family each of them writes them. */
export async function crossCheckRows(
  rows: readonly ListedRow[],
  other: { readonly source: string; readonly rows: readonly ListedRow[] },
  extrasPercentMax: number,
): Promise<CrossCheck> {
  const [ours, theirs] = [await readAll(rows), await readAll(other.rows)]
  const missing = without(theirs, ours)
  return {
    source: other.source,
    missing: missing.length,
    some: missing.slice(0, SOME).map(([key = '']) => key),
    extras: without(ours, theirs).length,
    of: ours.length,
    extrasPercentMax,
  }
}

/** The addresses of one that share no key with any of the other. */
function without(some: readonly Keys[], others: readonly Keys[]): readonly Keys[] {
  const known = new Set(others.flat())
  return some.filter((keys) => !keys.some((key) => known.has(key)))
}

/** Each address once. */
async function readAll(rows: readonly ListedRow[]): Promise<readonly Keys[]> {
  const addresses = new Map<string, Keys>()
  for (const [position, row] of rows.entries()) {
    if (position % ROWS_PER_TURN === 0) await nextTurn()
    if (row.unparsed) continue
    const keys = readListedAddress(row.value).map(({ key }) => key as string)
    addresses.set(keys.join(' '), keys)
  }
  return [...addresses.values()]
}
