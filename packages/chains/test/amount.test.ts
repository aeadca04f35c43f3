import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAmount, parseAmount, parseAtomic } from '../src/index.ts'
import { refusal } from './encode-address.ts'

const UINT256_MAX = 2n ** 256n - 1n

describe('parseAmount', () => {
  it.each([
    ['1.50', 6, 1_500_000n],
    ['0', 6, 0n],
    ['0.5', 1, 5n],
    ['7', 0, 7n],
    ['7.000', 0, 7n],
    ['0.0100000000000000000000', 18, 10n ** 16n],
    ['0.00087600', 8, 87_600n],
  ])('reads %s with %i decimals exactly', (text, decimals, atomic) => {
    expect(parseAmount(text, decimals)).toBe(atomic)
  })

  it.each([
    '',
    ' 1',
    '1 ',
    '1e3',
    '1E3',
    '+1',
    '-1',
    '-0',
    '1,5',
    '1_000',
    '.5',
    '5.',
    '.',
    '007',
    '00.1',
    '0x10',
    '١',
  ])('refuses %j', (text) => {
    expect(refusal(() => parseAmount(text, 6))).toBe('AMOUNT_INVALID')
  })

  it.each(['NaN', 'Infinity', '1\n', '1.5\n', '1.2.3', `0.${'0'.repeat(300)}`])('refuses %j', (text) => {
    expect(refusal(() => parseAmount(text, 6))).toBe('AMOUNT_INVALID')
  })

  it('refuses a digit beyond the decimals unless it is zero', () => {
    expect(refusal(() => parseAmount('0.0000001', 6))).toBe('AMOUNT_INVALID')
    expect(parseAmount('0.0000010', 6)).toBe(1n)
  })

  it('reads 2^256-1 and refuses 2^256', () => {
    expect(parseAmount(formatAmount(UINT256_MAX, 18), 18)).toBe(UINT256_MAX)
    expect(refusal(() => parseAmount(formatAmount(UINT256_MAX + 1n, 18), 18))).toBe('AMOUNT_INVALID')
  })

  it('counts decimals that are no number of digits as a bug', () => {
    for (const decimals of [-1, 1.5, 78, NaN]) expect(() => parseAmount('1', decimals)).toThrow(RangeError)
  })
})

describe('parseAtomic', () => {
  it('reads the one spelling of an integer up to 2^256-1', () => {
    expect(parseAtomic('0')).toBe(0n)
    expect(parseAtomic(UINT256_MAX.toString())).toBe(UINT256_MAX)
  })

  it.each(['', '01', '-1', '+1', '1.0', '1e18', '0x1', ' 1', '1n', (UINT256_MAX + 1n).toString(), '9'.repeat(300)])(
    'refuses %j',
    (text) => {
      expect(refusal(() => parseAtomic(text))).toBe('AMOUNT_INVALID')
    },
  )
})

describe('formatAmount', () => {
  it.each([
    [1_500_000n, 6, '1.5'],
    [0n, 18, '0'],
    [1n, 18, '0.000000000000000001'],
    [100n, 0, '100'],
    [10n ** 18n, 18, '1'],
  ])('writes %s with %i decimals without trailing zeros', (atomic, decimals, text) => {
    expect(formatAmount(atomic, decimals)).toBe(text)
  })

  it('refuses a negative amount', () => {
    expect(refusal(() => formatAmount(-1n, 6))).toBe('AMOUNT_INVALID')
  })
})

describe('amounts as a whole', () => {
  const atomics = fc.bigInt({ min: 0n, max: UINT256_MAX })
  const decimalCounts = fc.integer({ min: 0, max: 77 })

  it('parse after format is identity', () => {
    fc.assert(
      fc.property(atomics, decimalCounts, (atomic, decimals) => {
        expect(parseAmount(formatAmount(atomic, decimals), decimals)).toBe(atomic)
        expect(parseAtomic(atomic.toString())).toBe(atomic)
      }),
    )
  })

  it('any text is either refused or one of the spellings of its value', () => {
    const alphabet = fc.constantFrom('0', '1', '9', '.', '-', '+', 'e', ' ', ',', '٣')
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 12 }), (text) => {
        const result = refusal(() => parseAmount(text, 3))
        if (result === 'AMOUNT_INVALID') return
        const plain = text.includes('.') ? text.replace(/\.?0+$/, '') : text
        expect(formatAmount(parseAmount(text, 3), 3)).toBe(plain)
      }),
      { numRuns: 2000 },
    )
  })
})
