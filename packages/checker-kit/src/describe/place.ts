import type { Asset, AssetRegistry, Chain } from '@callback-quorum/chains'

export interface Place {
  readonly chain?: Chain | undefined
  /** What the amounts of the outputs count. */
  readonly asset?: Asset | undefined
}

/** The chain's own coin. The registry holds at most one asset without a contract per chain. */
export const coinOf = (chain: Chain | undefined, assets: AssetRegistry): Asset | undefined =>
  assets.assets.find((asset) => asset.chain === chain && asset.contract === undefined)
