import { misbuilt } from '../faults.ts'

/** The sign by which an address type is known; ids and codes are never hard-coded, new ones come without notice (DOGE in 2026). */
const ADDRESS_TYPE = /^Digital Currency Address - (.+)$/
/** No other feature type of the full list of 2025-11-19 has any of these words. */
const LOOKS_LIKE_ADDRESS_TYPE = /digital|currenc|crypto|wallet/i

/**
 * The code of a feature type that holds addresses; undefined for a type of something else. Throws SanctionsFault
 * `ERR_SANCTIONS_LIST_STRUCTURE` for one that speaks of digital currency in other words: its addresses would be missed.
 */
export function codeOfAddressType(text: string): string | undefined {
  const code = ADDRESS_TYPE.exec(text)?.[1]
  if (code === undefined && LOOKS_LIKE_ADDRESS_TYPE.test(text))
    throw misbuilt(`feature type "${text.slice(0, 80)}" has an unknown form`)
  return code
}
