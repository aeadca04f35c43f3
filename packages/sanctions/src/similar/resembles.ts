import type { VisibleText } from './visible-text.ts'

/** How many characters have to agree before one address is said to resemble another. */
export interface Likeness {
  /** At the beginning, at least. */
  readonly prefix: number
  /** At the end, at least. */
  readonly suffix: number
  /** At both together, at least. */
  readonly total: number
}

/** Below three characters at an end, people do not take an address for another one and chance agrees too often. */
export const END_MIN = 3

/**
 * What is forged: 4 + 6 characters of 40 in the theft of 1,155 WBTC (SlowMist, 2024-05-08), 3 + 4 in that of 49,999,950 USDT of 2025-12-20
 * (public reports), 4 + 4 in 48,000 Bitcoin transactions (J. Lopp, 2025), where the first one may be the version. So 7 with 3 at each end.
 *
 * What chance agrees: with an alphabet of k letters, one random address resembles one known address with probability
 * (t - 5) / k^t - (t - 6) / k^(t + 1) for a total of t and 3 at each end. For a book of 10,000:
 *
 *   total   16 letters (EVM)   32 (bech32; base58 without case)   58 (base58 with case)
 *     6         6.0e-4                   9.3e-6                         2.6e-7
 *     7         7.2e-5                   5.7e-7                         9.0e-9
 *     8         6.7e-6                   2.7e-8                         2.3e-10
 *     9         5.5e-7                   1.1e-9                         5.3e-12
 */
export const LIKENESS_DEFAULT: Likeness = { prefix: 3, suffix: 3, total: 7 }

/** Characters that agree at the beginning and at the end. */
export interface Agreement {
  readonly prefix: number
  readonly suffix: number
}

/** Where everything stands that can resemble a text: the ends that agree in any case. Stored, so another form of it needs a migration. */
export const bucketOf = ({ form, text }: VisibleText): string =>
  `${form} ${text.slice(0, END_MIN)} ${text.slice(-END_MIN)}`

/** How far two texts of one form agree, when it is far enough; undefined when they do not resemble each other. */
export function resembles(a: VisibleText, b: VisibleText, least: Likeness): Agreement | undefined {
  if (a.form !== b.form) return undefined
  const length = Math.min(a.text.length, b.text.length)
  let prefix = 0
  while (prefix < length && a.text[prefix] === b.text[prefix]) prefix += 1
  let suffix = 0
  while (suffix < length && a.text.at(-1 - suffix) === b.text.at(-1 - suffix)) suffix += 1
  const isAlike = prefix >= least.prefix && suffix >= least.suffix && prefix + suffix >= least.total
  return isAlike ? { prefix, suffix } : undefined
}
