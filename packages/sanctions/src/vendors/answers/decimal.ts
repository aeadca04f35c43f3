import { AnswerFault } from './answer-fault.ts'

/** Digits / 10^scale. */
export interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

/** JSON's own form of a number (RFC 8259 section 6) of zero or more, within bounds that no score or amount leaves. */
const NUMBER = /^(0|[1-9][0-9]{0,29})(?:\.([0-9]{1,60}))?(?:[eE]([+-]?[0-9]{1,2}))?$/

/** Reads a decimal text exactly; undefined for a sign, an empty text, words, more digits than a score or a volume can have. */
export function readDecimal(text: string): Decimal | undefined {
  const [, whole, fraction = '', exponent = '0'] = NUMBER.exec(text) ?? []
  if (whole === undefined) return undefined
  const scale = fraction.length - Number(exponent)
  const digits = BigInt(whole + fraction)
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale }
}

/** As readDecimal, for a text that the configuration or a reader has checked already. */
export function decimalOf(text: string): Decimal {
  const decimal = readDecimal(text)
  if (decimal === undefined) throw new AnswerFault('a number of the answer is no decimal')
  return decimal
}

export function isAtLeast(value: Decimal, least: Decimal): boolean {
  return value.digits * 10n ** BigInt(least.scale) >= least.digits * 10n ** BigInt(value.scale)
}
