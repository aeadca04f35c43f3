/**
 * What the simulator can pay in. Written down here again, although the registry of the chains package has most of it, because the
 * simulator plays the platform: a wrong figure in the registry must show as a mismatch, not be repeated.
 * Cobo ids: protocol 3.10 (the tokens by its pattern). Fireblocks ids: its list of supported assets; missing where there was doubt. Chain
 * ids and contracts: public facts, the contracts guarded by their checksum.
 */
export interface EvmAsset {
  readonly chain: string
  readonly coboChainId: string
  readonly coboTokenId: string
  readonly fireblocksAssetId?: string
  readonly chainId: bigint
  readonly decimals: number
  /** Missing for the chain's own coin. */
  readonly contract?: string
}

export const EVM_ASSETS = [
  { chain: 'ethereum', coboChainId: 'ETH', coboTokenId: 'ETH', fireblocksAssetId: 'ETH', chainId: 1n, decimals: 18 },
  {
    chain: 'ethereum',
    coboChainId: 'ETH',
    coboTokenId: 'ETH_USDT',
    fireblocksAssetId: 'USDT_ERC20',
    chainId: 1n,
    decimals: 6,
    contract: '0xdAC17F958D2ee523a2206206994597C13D831ec7',
  },
  {
    chain: 'ethereum',
    coboChainId: 'ETH',
    coboTokenId: 'ETH_USDC',
    fireblocksAssetId: 'USDC',
    chainId: 1n,
    decimals: 6,
    contract: '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48',
  },
  {
    chain: 'ethereum',
    coboChainId: 'ETH',
    coboTokenId: 'ETH_WBTC',
    fireblocksAssetId: 'WBTC',
    chainId: 1n,
    decimals: 8,
    contract: '0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599',
  },
  {
    chain: 'sepolia',
    coboChainId: 'SETH',
    coboTokenId: 'SETH',
    fireblocksAssetId: 'ETH_TEST5',
    chainId: 11_155_111n,
    decimals: 18,
  },
  {
    chain: 'bsc',
    coboChainId: 'BSC_BNB',
    coboTokenId: 'BSC_BNB',
    fireblocksAssetId: 'BNB_BSC',
    chainId: 56n,
    decimals: 18,
  },
  {
    chain: 'bsc',
    coboChainId: 'BSC_BNB',
    coboTokenId: 'BSC_USDT',
    fireblocksAssetId: 'USDT_BSC',
    chainId: 56n,
    decimals: 18,
    contract: '0x55d398326f99059fF775485246999027B3197955',
  },
  {
    chain: 'base',
    coboChainId: 'BASE_ETH',
    coboTokenId: 'BASE_ETH',
    fireblocksAssetId: 'BASECHAIN_ETH',
    chainId: 8453n,
    decimals: 18,
  },
  {
    chain: 'base',
    coboChainId: 'BASE_ETH',
    coboTokenId: 'BASE_USDC',
    chainId: 8453n,
    decimals: 6,
    contract: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
  },
  {
    chain: 'arbitrum',
    coboChainId: 'ARBITRUM_ETH',
    coboTokenId: 'ARBITRUM_ETH',
    fireblocksAssetId: 'ETH-AETH',
    chainId: 42_161n,
    decimals: 18,
  },
  {
    chain: 'polygon',
    coboChainId: 'MATIC',
    coboTokenId: 'MATIC',
    fireblocksAssetId: 'MATIC_POLYGON',
    chainId: 137n,
    decimals: 18,
  },
] as const satisfies readonly EvmAsset[]

export type EvmChain = (typeof EVM_ASSETS)[number]['chain']
export type EvmToken = (typeof EVM_ASSETS)[number]['coboTokenId']

/** By token; without one, the coin of the chain; without either, ETH. */
export function evmAsset(chain?: string, token?: string): EvmAsset {
  const assets: readonly EvmAsset[] = EVM_ASSETS
  const found = assets.find((asset) =>
    token === undefined
      ? asset.chain === (chain ?? 'ethereum') && asset.contract === undefined
      : asset.coboTokenId === token,
  )
  if (found === undefined || (chain !== undefined && found.chain !== chain)) {
    throw new RangeError(`the simulator knows no asset ${token ?? 'coin'} on ${chain ?? 'its chains'}`)
  }
  return found
}
