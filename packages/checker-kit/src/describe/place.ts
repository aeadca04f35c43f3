import type { Asset, AssetRegistry, Chain } from '@callback-quorum/chains'

export interface Place {
  readonly chain?: Chain | undefined
  /** What the amounts of the outputs count. */
  readonly asset?: Asset | undefined
}

/** The chain's own coin. */
export const coinOf = (chain: Chain | undefined, assets: AssetRegistry): Asset | undefined =>
  chain && assets.onChain(chain, undefined)
