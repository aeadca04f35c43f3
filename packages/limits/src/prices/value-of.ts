import { readPrice } from './price-text.ts'

/** A value is counted in units of 1e-8 of its currency (domain/limits.md 2.3). */
const VALUE_DECIMALS = 8
/** As in the asset registry: with more, no whole unit fits into 256 bits. */
const ASSET_DECIMALS_MAX = 77

/**
 * The value of `amountAtomic` (atomic units of an asset with `decimals`) at `price` (currency per whole unit, decimal text), in units
 * of 1e-8 of the currency. Exact, then rounded up: a value is never smaller than what moves. Throws RangeError for an amount below
 * zero, decimals beyond 0 to 77, and a price that is not a plain decimal above zero.
 */
export function valueOf(amountAtomic: bigint, decimals: number, price: string): bigint {
  const read = readPrice(price)
  if (read === undefined) throw new RangeError('a price has to be a plain decimal above zero')
  if (amountAtomic < 0n) throw new RangeError('an amount has to be at least zero')
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > ASSET_DECIMALS_MAX)
    throw new RangeError(`decimals have to be a whole number from 0 to ${ASSET_DECIMALS_MAX}`)
  const numerator = amountAtomic * read.digits * 10n ** BigInt(VALUE_DECIMALS)
  const denominator = 10n ** BigInt(decimals + read.scale)
  return (numerator + denominator - 1n) / denominator
}
