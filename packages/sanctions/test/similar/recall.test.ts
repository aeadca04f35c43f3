import { canonicalizeAddress } from '@callback-quorum/chains'
import { describe, expect, test } from 'vitest'
import { findLookAlikes, type Found } from '../../src/similar/find-look-alikes.ts'
import { knownAddress, type KnownAddress } from '../../src/similar/known-address.ts'
import { indexKnown } from '../../src/similar/known-book.ts'
import { LIKENESS_DEFAULT } from '../../src/similar/resembles.ts'
import { diceOf } from './dice.ts'
import { FORMS, type Form } from './forms.ts'

const ADDRESSES = 1_500
/** Bytes that all addresses of a family begin with here, so that they agree at the beginning by four characters or more. */
const SHARED_BYTES = 5

interface Written {
  readonly text: string
  readonly known: KnownAddress
}

/** Real addresses with all their checksums: chance makes the ends of some of them agree, and the same first bytes their beginnings. */
function addressesOf(form: Form, seed: number): readonly Written[] {
  const dice = diceOf(seed)
  const shared = dice.bytes(SHARED_BYTES)
  return Array.from({ length: ADDRESSES }, () => {
    const varying = dice.below(SHARED_BYTES)
    const payload = Uint8Array.from([...shared.slice(0, SHARED_BYTES - varying), ...dice.bytes(form.bytes)])
    const text = form.write(payload.slice(0, form.bytes))
    const known = knownAddress(canonicalizeAddress(form.family, 'mainnet', text), form.family)
    if (known === undefined) throw new Error(`${form.name} is not compared`)
    return { text, known }
  })
}

/** Characters that agree, counted by hand on what is written. */
function agreed({ leading }: Form, a: string, b: string): readonly [prefix: number, suffix: number] {
  const [x, y] = [a.slice(leading).toLowerCase(), b.slice(leading).toLowerCase()]
  const count = (at: (text: string, position: number) => string | undefined): number => {
    let position = 0
    while (position < x.length && at(x, position) === at(y, position)) position += 1
    return position
  }
  return [count((text, position) => text[position]), count((text, position) => text[text.length - 1 - position])]
}

/** Pairs whose last three characters agree. */
function pairsOf(written: readonly Written[]): readonly (readonly [Written, Written])[] {
  const byEnd = Map.groupBy(written, ({ text }) => text.slice(-3).toLowerCase())
  return [...byEnd.values()].flatMap((same) => same.flatMap((a, at) => same.slice(at + 1).map((b) => [a, b] as const)))
}

const ask = (destination: Written, known: Written): readonly Found[] =>
  findLookAlikes(
    [{ role: 'destination', raw: destination.text, address: destination.known }],
    { book: indexKnown([known.known]), recent: [] },
    LIKENESS_DEFAULT,
  )

describe('recall is 100 %: a look-alike is found exactly where seven characters agree, three at each end', () => {
  test.each(FORMS.map((form, seed) => [form.name, form, seed] as const))('%s', (_, form, seed) => {
    let alike = 0
    let unlike = 0
    for (const [a, b] of pairsOf(addressesOf(form, seed))) {
      const [prefix, suffix] = agreed(form, a.text, b.text)
      const isAlike = prefix >= 3 && suffix >= 3 && prefix + suffix >= 7
      expect([a.text, b.text, ask(a, b).map(({ agreement }) => agreement)]).toEqual([
        a.text,
        b.text,
        isAlike ? [{ prefix, suffix }] : [],
      ])
      expect(ask(b, a)).toHaveLength(isAlike ? 1 : 0)
      if (isAlike) alike += 1
      else unlike += 1
    }
    expect(alike).toBeGreaterThanOrEqual(5)
    expect(unlike).toBeGreaterThanOrEqual(5)
  })
})
