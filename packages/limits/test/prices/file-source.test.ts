import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createPriceRig, NOW, type PriceRig } from './price-rig.ts'
import { ether, often, priceFile } from './quotes-of.ts'

let rig: PriceRig
beforeEach(async () => {
  rig = await createPriceRig()
  await rig.write('fixed.yaml', priceFile('100', 'always'))
})
afterEach(() => rig.close())

const TWO_FILES = `sources:
  - { name: fixed, kind: file, path: fixed.yaml }
  - { name: daily, kind: file, path: daily.yaml }
`
const later = (ms: number): Date => new Date(NOW.getTime() + ms)

test('a price that a person fixed is fresh whenever it is asked for; one with a date ages', async () => {
  await rig.write('daily.yaml', priceFile('101', NOW.toISOString()))
  const book = await rig.open(TWO_FILES)
  expect(ether(book)).toBe('101')
  expect(ether(book, later(300_000))).toBe('101')
  expect(ether(book, later(300_001))).toBe('stale')
  await rig.write('daily.yaml', priceFile('101', 'always'))
  rig.registry.clear()
  expect(ether(await rig.open(TWO_FILES), later(86_400_000))).toBe('101')
})

test('the time of a fixed price is the time it is used', async () => {
  await rig.write('daily.yaml', priceFile('101', NOW.toISOString()))
  const used = (await rig.open(TWO_FILES)).price('ETH', 'USD', later(60_000))
  expect(used).toMatchObject({ used: { quotes: [{ observed_at: '2026-03-01T12:01:00.000Z' }, {}] } })
})

test('a file is read again, and what was taken out of it is not known any more', async () => {
  await rig.write('daily.yaml', priceFile('101', 'always'))
  const book = await rig.open(TWO_FILES, often)
  expect(ether(book)).toBe('101')
  await rig.write('daily.yaml', priceFile('102', 'always'))
  await vi.waitFor(() => expect(ether(book)).toBe('102'))
  await rig.write('daily.yaml', priceFile('102', 'always', 'BTC'))
  await vi.waitFor(() => expect(ether(book)).toBe('missing'))
  expect(book.covers('ETH', 'USD')).toEqual(['fixed'])
})

test('a fixed price whose file is gone holds for max_age and no longer', async () => {
  await rig.write('daily.yaml', priceFile('101', 'always'))
  const book = await rig.open(TWO_FILES, often)
  await rig.remove('daily.yaml')
  await vi.waitFor(() => expect(rig.log.join('')).toMatch(/daily.yaml.*cannot be read \(ENOENT\)/))
  rig.clock.ms += 300_000
  expect(ether(book)).toBe('101')
  rig.clock.ms += 1
  await vi.waitFor(() => expect(ether(book)).toBe('stale'))
})

test('a file that is not there does not keep the book from opening', async () => {
  const book = await rig.open(TWO_FILES)
  expect(ether(book)).toBe('missing')
  expect(book.covers('ETH', 'USD')).toEqual(['fixed'])
  expect(rig.log).toHaveLength(1)
})

// prettier-ignore
test.each([
  ['another version', priceFile('101', 'always').replace('1', '2'), /version/],
  ['a price that is a number', priceFile('101', 'always').replace('"101"', '101'), /quotes\[0\]\.price: is a number; expected a decimal string/],
  ['a time without a zone', priceFile('101', '2026-03-01T12:00:00'), /quotes\[0\]\.observed_at/],
  ['a day that is in no calendar', priceFile('101', '2026-02-30T12:00:00Z'), /quotes\[0\]\.observed_at/],
  ['an asset that is not in the registry', priceFile('101', 'always', 'NOPE'), /quotes\[0\]\.asset: is not in the asset registry/],
  ['an asset twice', `${priceFile('101', 'always')}  - { asset: ETH, currency: USD, price: "1", observed_at: always }\n`, /quotes\[1\]\.asset: is quoted twice/],
  ['an unknown member', priceFile('101', 'always').replace('price:', 'prize:'), /prize/],
  ['a currency in lower case', priceFile('101', 'always').replace('USD', 'usd'), /quotes\[0\]\.currency/],
])('a file with %s is refused as a whole', async (_, text, expected) => {
  await rig.write('daily.yaml', text)
  const book = await rig.open(TWO_FILES)
  expect(ether(book)).toBe('missing')
  expect(rig.log.join('')).toMatch(expected)
})

test.each(['0', '-1', '1e2', 'free', ''])('the price "%s" in a file gives no price', async (price) => {
  await rig.write('daily.yaml', priceFile(price, 'always'))
  expect(ether(await rig.open(TWO_FILES))).toBe('missing')
})

test('a peg holds a stablecoin at one, through the configuration', async () => {
  await rig.write('fixed.yaml', priceFile('0.99', 'always', 'USDT-TRON'))
  await rig.write('daily.yaml', priceFile('0.98', 'always', 'USDT-TRON'))
  const book = await rig.open(`pegs: { USDT-TRON: USD }\n${TWO_FILES}`)
  expect(book.price('USDT-TRON', 'USD', NOW)).toMatchObject({ result: 'price', used: { price: '1' } })
})
