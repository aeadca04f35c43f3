/** FAQ 563 of OFAC: an address has up to 256 characters. Nothing shorter than 20 has been an address in any version of the list. */
const ADDRESS_SHAPED = /^[\p{L}\p{N}\p{M}\p{Cf}:_+/=.-]{20,256}$/u

/** False: the value can be matched as an exact string only. */
export const isAddressShaped = (value: string): boolean => ADDRESS_SHAPED.test(value)

// White_Space and not \s: \s takes in the zero-width U+FEFF, which must not cut an address in two.
const SEPARATORS = /[,;\p{White_Space}]+/u

/** Splits the text of a VersionDetail, which may hold several values or prose. Every part is in exactly one of the two results. */
export function splitVersionDetail(text: string): {
  readonly values: readonly string[]
  readonly unparsed: readonly string[]
} {
  const parts = text.split(SEPARATORS).filter((part) => part !== '')
  return {
    values: parts.filter(isAddressShaped),
    unparsed: parts.filter((part) => !isAddressShaped(part)),
  }
}
