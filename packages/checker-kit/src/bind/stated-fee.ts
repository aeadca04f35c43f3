import { ChainsFault, parseAmount, type AssetRegistry, type Chain } from '@callback-quorum/chains'
import { coinOf } from '../describe/place.ts'

/** The fee of a description in atomic units; it is written in units of the chain's coin (protocol/fireblocks.md 2.2). */
export function statedFeeOf(
  fee: string | undefined,
  chain: Chain,
  assets: AssetRegistry,
): bigint | 'unreadable' | undefined {
  const coin = coinOf(chain, assets)
  if (fee === undefined) return undefined
  if (coin === undefined) return 'unreadable'
  try {
    return parseAmount(fee, coin.decimals)
  } catch (error) {
    if (error instanceof ChainsFault) return 'unreadable'
    throw error
  }
}
