import type { AddressKey } from '@callback-quorum/chains'
import { expect, test } from 'vitest'
import { findLookAlikes } from '../../src/similar/find-look-alikes.ts'
import type { KnownAddress } from '../../src/similar/known-address.ts'
import { indexKnown } from '../../src/similar/known-book.ts'
import { LIKENESS_DEFAULT } from '../../src/similar/resembles.ts'

const NOBODY = indexKnown([])

/** Four characters at the beginning and at the end, and a middle of its own. */
const alike = (middle: string, keys: readonly string[] = [middle]): KnownAddress => ({
  visible: { form: 'evm', text: `aaaa${middle.repeat(32)}bbbb` },
  text: `0xaaaa${middle.repeat(32)}bbbb`,
  chain: 'ethereum',
  key: (keys[0] ?? middle) as AddressKey,
  keys: new Set(keys),
})

const [one, two, three] = [alike('1'), alike('2'), alike('3')]
const paying = (address: KnownAddress) => [{ role: 'destination', raw: address.text, address }]

test('an address that was paid lately is not compared with others that were', () => {
  expect(findLookAlikes(paying(one), { book: NOBODY, recent: [one, two] }, LIKENESS_DEFAULT)).toEqual([])
  expect(findLookAlikes(paying(three), { book: NOBODY, recent: [one, two] }, LIKENESS_DEFAULT)).toHaveLength(1)
})

test('it is compared with the book', () => {
  const found = findLookAlikes(paying(one), { book: indexKnown([two]), recent: [one, two] }, LIKENESS_DEFAULT)
  expect(found.map(({ known, where }) => [known.text, where])).toEqual([[two.text, 'address-book']])
})

test('another text of the same key is no look-alike of it, however alike they are', () => {
  const spelling = alike('2', ['another', '1'])
  expect(findLookAlikes(paying(one), { book: NOBODY, recent: [spelling] }, LIKENESS_DEFAULT)).toEqual([])
  expect(findLookAlikes(paying(one), { book: indexKnown([spelling]), recent: [] }, LIKENESS_DEFAULT)).toEqual([])
})

test('one that only differs in the case of its letters is one, being of another key', () => {
  const [lower, upper] = [alike('c', ['lower']), alike('c', ['upper'])]
  const found = findLookAlikes(paying(lower), { book: NOBODY, recent: [upper] }, LIKENESS_DEFAULT)
  expect(found.map(({ agreement }) => agreement)).toEqual([{ prefix: 40, suffix: 40 }])
})

test('of several, the one is named that agrees furthest', () => {
  const nearer: KnownAddress = {
    ...alike('4'),
    visible: { form: 'evm', text: `aaaa111${'4'.repeat(29)}bbbb` },
    text: 'nearer',
  }
  const found = findLookAlikes(paying(one), { book: indexKnown([two, three]), recent: [nearer] }, LIKENESS_DEFAULT)
  expect(found.map(({ known, agreement }) => [known.text, agreement.prefix])).toEqual([['nearer', 7]])
})

test('two forms are not compared, and nothing resembles nobody', () => {
  const other = { ...two, visible: { ...two.visible, form: 'ton raw' } }
  expect(findLookAlikes(paying(one), { book: indexKnown([other]), recent: [other] }, LIKENESS_DEFAULT)).toEqual([])
  expect(findLookAlikes(paying(one), { book: NOBODY, recent: [] }, LIKENESS_DEFAULT)).toEqual([])
})
