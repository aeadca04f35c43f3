export const NETWORKS = ['mainnet', 'testnet'] as const

export type Network = (typeof NETWORKS)[number]
