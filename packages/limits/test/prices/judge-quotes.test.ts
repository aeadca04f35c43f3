import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeQuotes, type SourceQuote } from '../../src/prices/judge-quotes.ts'
import type { Pricing } from '../../src/prices/index.ts'

const NOW_MS = Date.parse('2026-03-01T12:00:00Z')
const RULES = { max_age: 300_000, max_deviation: '0.10', pegs: { 'USDT-TRON': 'USD' } }

/** What a source said `ageMs` before now. */
const said = (source: string, price: string, ageMs = 0): SourceQuote => ({
  source,
  quote: { price, observedAtMs: NOW_MS - ageMs },
})

const judge = (sources: readonly SourceQuote[], assetId = 'ETH', currency = 'USD', rules = RULES): Pricing =>
  judgeQuotes(rules, { assetId, currency, nowMs: NOW_MS }, sources)

const priceOf = (pricing: Pricing): string => (pricing.result === 'price' ? pricing.used.price : pricing.result)

test('the higher of two fresh prices is used, and both are told', () => {
  expect(judge([said('a', '100'), said('b', '101', 1_000)])).toEqual({
    result: 'price',
    used: {
      currency: 'USD',
      price: '101',
      quotes: [
        { source: 'a', price: '100', observed_at: '2026-03-01T12:00:00.000Z' },
        { source: 'b', price: '101', observed_at: '2026-03-01T11:59:59.000Z' },
      ],
    },
  })
})

test('prices are compared as numbers and not as texts', () => {
  expect(priceOf(judge([said('a', '9.9'), said('b', '10.1')]))).toBe('10.1')
  expect(priceOf(judge([said('a', '0.00000000000000000000000001'), said('b', '0.000000000000000000000000011')]))).toBe(
    '0.000000000000000000000000011',
  )
})

// prettier-ignore
test.each([
  ['no source at all', [], 'missing'],
  ['one source, however fresh', [said('a', '100')], 'missing'],
  ['a price of zero beside two good ones', [said('a', '100'), said('b', '0.00'), said('c', '100')], 'missing'],
  ['a negative price', [said('a', '100'), said('b', '-100')], 'missing'],
  ['a price with an exponent', [said('a', '100'), said('b', '1e2')], 'missing'],
  ['a price with a sign', [said('a', '100'), said('b', '+100')], 'missing'],
  ['a price with a leading zero', [said('a', '100'), said('b', '0100')], 'missing'],
  ['a price with separators', [said('a', '1000'), said('b', '1,000')], 'missing'],
  ['a price with a line break', [said('a', '100'), said('b', '100\n')], 'missing'],
  ['an empty price', [said('a', '100'), said('b', '')], 'missing'],
  ['infinity', [said('a', '100'), said('b', 'Infinity')], 'missing'],
  ['one of two older than max_age', [said('a', '100'), said('b', '100', 300_001)], 'stale'],
  ['one of two not there yet', [said('a', '100'), { source: 'b' }], 'stale'],
  ['none there yet', [{ source: 'a' }, { source: 'b' }], 'stale'],
  ['one of two more than a minute ahead', [said('a', '100'), said('b', '100', -60_001)], 'stale'],
  ['a time that is no number', [said('a', '100'), said('b', '100', Number.NaN)], 'stale'],
  ['20 % apart', [said('a', '100'), said('b', '120')], 'unreliable'],
  ['a hair more than 10 % apart', [said('a', '100'), said('b', '110.000000000000000000000000000001')], 'unreliable'],
  ['the third of three too far away', [said('a', '100'), said('b', '101'), said('c', '80')], 'unreliable'],
] as const)('gives no price for %s', (_, sources, result) => {
  const pricing = judge(sources)
  expect(pricing.result).toBe(result)
  expect('text' in pricing ? pricing.text : '').toMatch(/^[\x20-\x7e]*ETH in USD[\x20-\x7e]*$/)
})

// prettier-ignore
test.each([
  ['1 % apart', [said('a', '100'), said('b', '101')], '101'],
  ['exactly 10 % apart', [said('a', '100'), said('b', '110')], '110'],
  ['exactly max_age old', [said('a', '100', 300_000), said('b', '100')], '100'],
  ['exactly a minute ahead', [said('a', '100', -60_000), said('b', '100')], '100'],
  ['two fresh ones and a stale one far away', [said('a', '100'), said('b', '101'), said('c', '900', 300_001)], '101'],
] as const)('gives the highest price for %s', (_, sources, price) => {
  expect(priceOf(judge(sources))).toBe(price)
})

test('a pegged asset never counts for less than its peg, in the currency of the peg', () => {
  const below = [said('a', '0.97'), said('b', '0.98')]
  expect(priceOf(judge(below, 'USDT-TRON'))).toBe('1')
  expect(priceOf(judge(below, 'USDT-TRON', 'EUR'))).toBe('0.98')
  expect(priceOf(judge(below))).toBe('0.98')
  expect(priceOf(judge([said('a', '1.01'), said('b', '1.02')], 'USDT-TRON'))).toBe('1.02')
})

test('a peg replaces no source and no agreement', () => {
  expect(priceOf(judge([said('a', '1')], 'USDT-TRON'))).toBe('missing')
  expect(priceOf(judge([said('a', '1'), said('b', '1', 300_001)], 'USDT-TRON'))).toBe('stale')
  expect(priceOf(judge([said('a', '0.5'), said('b', '1')], 'USDT-TRON'))).toBe('unreliable')
})

test('an asset named like a member of every object has no peg', () => {
  expect(priceOf(judge([said('a', '0.9'), said('b', '0.9')], 'constructor'))).toBe('0.9')
})

test('a deviation of zero lets equal prices pass, however they are written', () => {
  const rules = { ...RULES, max_deviation: '0' }
  expect(priceOf(judge([said('a', '1.0'), said('b', '1.000')], 'ETH', 'USD', rules))).toMatch(/^1\.0+$/)
  expect(priceOf(judge([said('a', '1.0'), said('b', '1.001')], 'ETH', 'USD', rules))).toBe('unreliable')
})

const cents = fc.integer({ min: 1, max: 100_000 })
const quotes = fc.array(fc.tuple(cents, fc.integer({ min: -90_000, max: 600_000 })), { maxLength: 6 })
const sourcesOf = (list: readonly (readonly [number, number])[]): SourceQuote[] =>
  list.map(([price, ageMs], index) =>
    said(`s${index}`, `${Math.floor(price / 100)}.${String(price % 100).padStart(2, '0')}`, ageMs),
  )

test('a price is the highest of at least two fresh quotes, none further than the deviation from another', () => {
  fc.assert(
    fc.property(quotes, (list) => {
      const pricing = judge(sourcesOf(list))
      const fresh = list.filter(([, ageMs]) => ageMs <= 300_000 && ageMs >= -60_000).map(([price]) => price)
      const isPriced = fresh.length >= 2 && Math.max(...fresh) * 10 <= Math.min(...fresh) * 11
      expect(pricing.result === 'price').toBe(isPriced)
      if (pricing.result === 'price') expect(Math.round(Number(pricing.used.price) * 100)).toBe(Math.max(...fresh))
    }),
  )
})

test('the order of the sources does not change the price', () => {
  fc.assert(
    fc.property(quotes, (list) => {
      const forward = judge(sourcesOf(list))
      const backward = judge(sourcesOf(list).toReversed())
      expect(priceOf(backward)).toBe(priceOf(forward))
    }),
  )
})
