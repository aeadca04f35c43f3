/** Far beyond the 17 significant digits of a double; keeps the comparison below linear in something small. */
export const NUMBER_TEXT_LENGTH_MAX = 512

/** Without its sign, which reading a double never changes. */
interface Decimal {
  /** Significant digits without zeros at either end; empty for zero. */
  readonly digits: string
  /** Power of ten of the last digit. */
  readonly exponent: number
}

/**
 * The double that a JSON number means, or undefined when the text says more than the double holds: its decimal value must equal
 * that of the shortest text that reads back as the same double. 0.00870000 passes, 9007199254740993 and 1e400 do not.
 */
export function losslessNumber(text: string): number | undefined {
  if (text.length > NUMBER_TEXT_LENGTH_MAX) return undefined
  const value = Number(text)
  if (!Number.isFinite(value)) return undefined
  const written = decimalOf(text)
  const held = decimalOf(String(value))
  if (written.digits !== held.digits) return undefined
  return written.digits === '' || written.exponent === held.exponent ? value : undefined
}

function decimalOf(text: string): Decimal {
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const all = whole + fraction
  let end = all.length
  while (end > 0 && all[end - 1] === '0') end -= 1
  let start = 0
  while (start < end && all[start] === '0') start += 1
  return {
    digits: all.slice(start, end),
    exponent: Number(power) - fraction.length + (all.length - end),
  }
}
