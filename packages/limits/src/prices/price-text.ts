/** A price, or a share of one, as digits / 10^scale. */
export interface Price {
  readonly digits: bigint
  readonly scale: number
}

/** No price of one whole unit has more digits on either side of the point; beyond them it is a mistake or an attack. */
const DECIMAL = /^(0|[1-9][0-9]{0,29})(?:\.([0-9]{1,30}))?$/

/** Reads a plain decimal of zero or more: no sign, exponent, separator or leading zero. Undefined for everything else. */
export function readDecimal(text: string): Price | undefined {
  const [, whole, fraction = ''] = DECIMAL.exec(text) ?? []
  return whole === undefined ? undefined : { digits: BigInt(whole + fraction), scale: fraction.length }
}

/** As readDecimal, and undefined for zero too: what costs nothing would never reach a limit. */
export function readPrice(text: string): Price | undefined {
  const price = readDecimal(text)
  return price === undefined || price.digits === 0n ? undefined : price
}

/** Less than, equal to or greater than zero as `a` is to `b`. */
export function comparePrices(a: Price, b: Price): number {
  const left = a.digits * 10n ** BigInt(b.scale)
  const right = b.digits * 10n ** BigInt(a.scale)
  return left < right ? -1 : left > right ? 1 : 0
}

/** Whether (highest - lowest) / lowest is above `share`. Multiplied out, because a division would round. */
export function isFurtherApart(lowest: Price, highest: Price, share: Price): boolean {
  const scale = BigInt(lowest.scale > highest.scale ? lowest.scale : highest.scale)
  const low = lowest.digits * 10n ** (scale - BigInt(lowest.scale))
  const high = highest.digits * 10n ** (scale - BigInt(highest.scale))
  return (high - low) * 10n ** BigInt(share.scale) > low * share.digits
}
