import { canonicalizeAddress, type AddressKey, type CanonicalAddress, type ChainFamily } from '@callback-quorum/chains'
import { describe, expect, test } from 'vitest'
import { findLookAlikes } from '../../src/similar/find-look-alikes.ts'
import { knownAddress, type KnownAddress } from '../../src/similar/known-address.ts'
import { indexKnown } from '../../src/similar/known-book.ts'
import { LIKENESS_DEFAULT } from '../../src/similar/resembles.ts'
import { diceOf } from './dice.ts'
import { BASE58, FORMS } from './forms.ts'

const MONERO = '4AdUndXHHZ6cfufTMvppY6JwXNouMBzSkbLYfpAV5Usx3skxNgYeYTRj5UzqtReoS44qo9mtmXCqY45DJ852K5Jv2684Rge'

const dice = diceOf(20_251_220)

interface Sample {
  readonly name: string
  readonly family: ChainFamily
  readonly text: string
  readonly leading: number
  readonly alphabet: string
}

/** TRON is compared as it is written from its key, so that its texts cannot be forged without the key: it is in recall.test.ts. */
const SAMPLES: readonly Sample[] = [
  ...FORMS.filter(({ family }) => family !== 'tron').map((form) => ({
    ...form,
    text: form.write(dice.bytes(form.bytes)),
  })),
  {
    name: 'solana',
    family: 'solana',
    text: 'C63eMJhWSxGhKEFFCSxnF7spphcPgsTnbYsZKjcwJ8Vp',
    leading: 0,
    alphabet: BASE58,
  },
  { name: 'monero', family: 'monero', text: MONERO, leading: 1, alphabet: BASE58 },
]

/** Another text with exactly so many of the same characters at its ends, wherever it says anything. */
function forge({ text, leading, alphabet }: Sample, prefix: number, suffix: number): string {
  const body = text.slice(leading)
  const middle = body.length - prefix - suffix - 2
  const [first, last] = [body.charAt(prefix), body.charAt(body.length - 1 - suffix)]
  return [
    text.slice(0, leading + prefix),
    dice.letterBut(alphabet, first),
    dice.letters(alphabet, middle),
    dice.letterBut(alphabet, last),
    text.slice(text.length - suffix),
  ].join('')
}

/** As if a key had been found for it: the text is what is compared, EVM excepted, which is written from its key. */
function read({ family, text }: Sample, forged?: string): KnownAddress {
  const real = canonicalizeAddress(family, 'mainnet', family === 'evm' ? (forged ?? text) : text)
  const address: CanonicalAddress =
    forged === undefined || family === 'evm'
      ? real
      : { ...real, raw: forged, key: `forged:${forged}` as AddressKey, sameKey: [`forged:${forged}` as AddressKey] }
  const known = knownAddress(address, family)
  if (known === undefined) throw new Error(`${family} is not compared`)
  return known
}

const resembling = (sample: Sample, forged: string): readonly (readonly [number, number])[] =>
  findLookAlikes(
    [{ role: 'destination', raw: forged, address: read(sample, forged) }],
    { book: indexKnown([read(sample)]), recent: [] },
    LIKENESS_DEFAULT,
  ).map(({ agreement: { prefix, suffix } }) => [prefix, suffix] as const)

describe.each(SAMPLES)('$name', (sample) => {
  test.each([
    [3, 4],
    [4, 3],
    [4, 4],
    [3, 5],
    [5, 3],
    [4, 6],
    [6, 4],
    [6, 6],
    [3, 10],
    [10, 3],
    [10, 10],
  ])('an address forged with %i + %i characters is a look-alike', (prefix, suffix) => {
    expect(resembling(sample, forge(sample, prefix, suffix))).toEqual([[prefix, suffix]])
  })

  test.each([
    [3, 3],
    [2, 6],
    [6, 2],
    [0, 12],
    [12, 0],
    [0, 0],
  ])('one with %i + %i is none', (prefix, suffix) => {
    expect(resembling(sample, forge(sample, prefix, suffix))).toEqual([])
  })
})
