import fc from 'fast-check'
import { expect, test } from 'vitest'
import { valueOf } from '../../src/prices/index.ts'

const ETHER = 10n ** 18n
const UINT256_MAX = 2n ** 256n - 1n

test('three ether at 3333.333333 are 9999.999999', () => {
  expect(valueOf(3n * ETHER, 18, '3333.333333')).toBe(9_999_99999900n)
})

test('a part of the smallest unit of value counts as a whole one', () => {
  // 3.0000001 * 3333.333333 = 10000.0003323333333
  expect(valueOf(3n * ETHER + 10n ** 11n, 18, '3333.333333')).toBe(10_000_00033234n)
  expect(valueOf(1n, 18, '0.000001')).toBe(1n)
})

test('the largest amount has an exact value', () => {
  expect(valueOf(UINT256_MAX, 0, '1')).toBe(UINT256_MAX * 10n ** 8n)
  expect(valueOf(UINT256_MAX, 77, '1')).toBe((UINT256_MAX * 10n ** 8n) / 10n ** 77n + 1n)
})

test('nothing is worth nothing', () => {
  expect(valueOf(0n, 6, '99999')).toBe(0n)
})

// prettier-ignore
test.each([
  ['a price of zero', 1n, 6, '0'],
  ['a price of zero with decimals', 1n, 6, '0.000'],
  ['a negative price', 1n, 6, '-1'],
  ['a price with an exponent', 1n, 6, '1e3'],
  ['a price that is not one', 1n, 6, 'NaN'],
  ['a negative amount', -1n, 6, '1'],
  ['negative decimals', 1n, -1, '1'],
  ['half a decimal', 1n, 0.5, '1'],
  ['more decimals than an asset can have', 1n, 78, '1'],
])('refuses %s', (_, amountAtomic, decimals, price) => {
  expect(() => valueOf(amountAtomic, decimals, price)).toThrow(RangeError)
})

/** Digits and the number of them after the point: a rational number that is written exactly. */
const rational = fc
  .record({ digits: fc.bigInt({ min: 1n, max: 10n ** 30n - 1n }), scale: fc.integer({ min: 0, max: 30 }) })
  .map(({ digits, scale }) => {
    const text = digits.toString().padStart(scale + 1, '0')
    const point = text.length - scale
    return { digits, scale, text: scale === 0 ? text : `${text.slice(0, point)}.${text.slice(point)}` }
  })

test('the value is the smallest one that is not below the exact product', () => {
  const amount = fc.bigInt({ min: 0n, max: UINT256_MAX })
  fc.assert(
    fc.property(amount, fc.integer({ min: 0, max: 77 }), rational, (amountAtomic, decimals, price) => {
      const value = valueOf(amountAtomic, decimals, price.text)
      // value / 10^8 >= amount / 10^decimals * digits / 10^scale > (value - 1) / 10^8, without fractions.
      const exact = amountAtomic * price.digits * 10n ** 8n
      const unit = 10n ** BigInt(decimals + price.scale)
      expect(value * unit >= exact).toBe(true)
      expect((value - 1n) * unit < exact).toBe(true)
    }),
  )
})

test('more never has a smaller value, and parts never add up to less than the whole', () => {
  const amount = fc.bigInt({ min: 0n, max: 2n ** 255n })
  fc.assert(
    fc.property(amount, amount, fc.integer({ min: 0, max: 77 }), rational, (a, b, decimals, { text }) => {
      const [left, right, both] = [a, b, a + b].map((part) => valueOf(part, decimals, text))
      expect(both! >= left! && both! >= right! && both! <= left! + right!).toBe(true)
    }),
  )
})
