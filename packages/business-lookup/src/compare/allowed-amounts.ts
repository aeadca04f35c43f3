import type { Asset } from '@callback-quorum/chains'
import { readAmountText } from '../record/read-terms.ts'
import type { CompareConfig } from './compare-config.ts'

/** Basis points of the whole. */
const BPS = 10_000n

/** Both allowed, in atomic units. */
export interface Range {
  readonly least: bigint
  readonly most: bigint
}

/** For one amount of the business system, what a request may pay. Neither end falls when the amount rises: compareOutputs rests on that. */
export type AllowedAmounts = (expected: bigint) => Range

/** How amounts are compared for this asset; undefined when the tolerance of the configuration is finer than the asset. */
export function allowedAmounts(amount: CompareConfig['amount'], asset: Asset): AllowedAmounts | undefined {
  if (amount === undefined) return exactly
  switch (amount.op) {
    case 'equal':
      return exactly
    case 'at_most':
      return (expected) => ({ least: 0n, most: expected })
    case 'within': {
      const by = readAmountText(amount.by, asset)
      return by === undefined ? undefined : (expected) => around(expected, by)
    }
    case 'within_bps': {
      const bps = BigInt(amount.by)
      // Rounded towards the amount of the business system, at both ends.
      return (expected) => around(expected, (expected * bps) / BPS)
    }
    default:
      throw new Error(`invariant: unknown comparison ${JSON.stringify(amount satisfies never)}`)
  }
}

const exactly: AllowedAmounts = (expected) => ({ least: expected, most: expected })

const around = (expected: bigint, by: bigint): Range => ({
  least: expected > by ? expected - by : 0n,
  most: expected + by,
})

export const isAllowed = (actual: bigint, { least, most }: Range): boolean => actual >= least && actual <= most
