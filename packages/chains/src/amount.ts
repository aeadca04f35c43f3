import { ChainsFault } from './faults.ts'

const UINT256_MAX = 2n ** 256n - 1n
/** 2^256 has 78 digits: with more decimals than 77 no whole unit could be written. */
export const DECIMALS_MAX = 77
/** Room for 78 digits, a point, and fractions padded with zeros well beyond any asset's precision. */
const AMOUNT_LENGTH_MAX = 256

/**
 * Decimal string in whole units to atomic units: `parseAmount('1.50', 6)` is 1500000n.
 * No sign, exponent, separator or leading zero; digits beyond `decimals` have to be zeros. Throws AMOUNT_INVALID.
 */
export function parseAmount(text: string, decimals: number): bigint {
  assertDecimals(decimals)
  if (text.length > AMOUNT_LENGTH_MAX) throw invalidAmount('too long')
  const [, whole, fraction = ''] = /^(0|[1-9][0-9]*)(?:\.([0-9]+))?$/.exec(text) ?? []
  if (whole === undefined) throw invalidAmount('not a plain decimal number')
  if (/[1-9]/.test(fraction.slice(decimals))) throw invalidAmount(`more than ${decimals.toString()} decimals`)
  return inRange(BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0')))
}

/** Atomic units as they stand on the wire: the one spelling of an integer from 0 to 2^256-1. Throws AMOUNT_INVALID. */
export function parseAtomic(text: string): bigint {
  if (text.length > AMOUNT_LENGTH_MAX || !/^(0|[1-9][0-9]*)$/.test(text)) throw invalidAmount('not a plain integer')
  return inRange(BigInt(text))
}

/** Atomic units to whole units, without trailing zeros: `formatAmount(1500000n, 6)` is `1.5`. */
export function formatAmount(atomic: bigint, decimals: number): string {
  assertDecimals(decimals)
  if (atomic < 0n) throw invalidAmount('negative')
  const digits = atomic.toString().padStart(decimals + 1, '0')
  const point = digits.length - decimals
  const fraction = digits.slice(point).replace(/0+$/, '')
  return fraction === '' ? digits.slice(0, point) : `${digits.slice(0, point)}.${fraction}`
}

function inRange(atomic: bigint): bigint {
  if (atomic > UINT256_MAX) throw invalidAmount('beyond 256 bits')
  return atomic
}

function assertDecimals(decimals: number): void {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > DECIMALS_MAX) {
    throw new RangeError(`decimals has to be an integer from 0 to ${DECIMALS_MAX.toString()}`)
  }
}

function invalidAmount(detail: string): ChainsFault {
  return new ChainsFault('AMOUNT_INVALID', 'not an amount', detail)
}
