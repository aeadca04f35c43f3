import type { AssetRegistryData } from './asset-registry.ts'

type ChainEntry = AssetRegistryData['chains'][number]
type AssetEntry = AssetRegistryData['assets'][number]

/**
 * Cobo chain ids stand where Cobo's developer pages or templates show them; Cobo publishes no full table.
 * EVM chain ids are what the chains answer to `eth_chainId` (EIP-155).
 */
// prettier-ignore
const CHAINS: ChainEntry[] = [
  { id: 'ethereum',            family: 'evm', network: 'mainnet', evm_chain_id: 1,        cobo: 'ETH' },
  { id: 'ethereum-sepolia',    family: 'evm', network: 'testnet', evm_chain_id: 11155111, cobo: 'SETH' },
  { id: 'bsc',                 family: 'evm', network: 'mainnet', evm_chain_id: 56,       cobo: 'BSC_BNB' },
  { id: 'bsc-testnet',         family: 'evm', network: 'testnet', evm_chain_id: 97,       cobo: 'TBSC_BNB' },
  { id: 'polygon',             family: 'evm', network: 'mainnet', evm_chain_id: 137,      cobo: 'MATIC' },
  { id: 'base',                family: 'evm', network: 'mainnet', evm_chain_id: 8453,     cobo: 'BASE_ETH' },
  { id: 'arbitrum',            family: 'evm', network: 'mainnet', evm_chain_id: 42161,    cobo: 'ARBITRUM_ETH' },
  { id: 'optimism',            family: 'evm', network: 'mainnet', evm_chain_id: 10 },
  { id: 'avalanche',           family: 'evm', network: 'mainnet', evm_chain_id: 43114,    cobo: 'AVAXC' },
  { id: 'mantle',              family: 'evm', network: 'mainnet', evm_chain_id: 5000,     cobo: 'MNT' },
  { id: 'tron',                family: 'tron', network: 'mainnet', cobo: 'TRON' },
  { id: 'bitcoin',             family: 'bitcoin', network: 'mainnet', cobo: 'BTC' },
  { id: 'bitcoin-testnet',     family: 'bitcoin', network: 'testnet', cobo: 'XTN' },
  { id: 'bitcoin-signet',      family: 'bitcoin', network: 'testnet', cobo: 'SIGNET_BTC' },
  { id: 'litecoin',            family: 'litecoin', network: 'mainnet' },
  { id: 'bitcoin-cash',        family: 'bitcoin-cash', network: 'mainnet' },
  { id: 'bitcoin-sv',          family: 'bitcoin-sv', network: 'mainnet' },
  { id: 'dogecoin',            family: 'dogecoin', network: 'mainnet' },
  { id: 'dash',                family: 'dash', network: 'mainnet' },
  { id: 'zcash',               family: 'zcash', network: 'mainnet' },
  { id: 'solana',              family: 'solana', network: 'mainnet', cobo: 'SOL' },
  { id: 'solana-devnet',       family: 'solana', network: 'testnet', cobo: 'SOLDEV_SOL' },
  { id: 'xrp',                 family: 'xrp', network: 'mainnet', cobo: 'XRP' },
  { id: 'stellar',             family: 'stellar', network: 'mainnet' },
  { id: 'ton',                 family: 'ton', network: 'mainnet' },
  { id: 'polkadot',            family: 'substrate', network: 'mainnet', cobo: 'DOT' },
  { id: 'babylon',             family: 'cosmos', network: 'mainnet', cobo: 'BABYLON_BABY' },
  { id: 'cosmos-hub',          family: 'cosmos', network: 'mainnet' },
  { id: 'monero',              family: 'monero', network: 'mainnet' },
]

/**
 * The chains' own coins. In WaaS 2.0 a native token id equals its chain id; `cobo_v1` is the WaaS 1.0 coin code, to be
 * compared with what the organisation's own account lists. A platform id stands only where it is beyond doubt: a
 * missing one makes the asset unknown, which rejects, while a wrong one would judge another asset.
 */
// prettier-ignore
const COINS: AssetEntry[] = [
  { id: 'ETH',         chain: 'ethereum',         symbol: 'ETH',  decimals: 18, cobo: 'ETH', cobo_v1: 'ETH', fireblocks: 'ETH' },
  { id: 'ETH-SEPOLIA', chain: 'ethereum-sepolia', symbol: 'ETH',  decimals: 18, cobo: 'SETH', cobo_v1: 'SETH', fireblocks: 'ETH_TEST5' },
  { id: 'BNB',         chain: 'bsc',              symbol: 'BNB',  decimals: 18, cobo: 'BSC_BNB', cobo_v1: 'BSC_BNB', fireblocks: 'BNB_BSC' },
  { id: 'BNB-TESTNET', chain: 'bsc-testnet',      symbol: 'BNB',  decimals: 18, cobo: 'TBSC_BNB' },
  { id: 'POL',         chain: 'polygon',          symbol: 'POL',  decimals: 18, cobo: 'MATIC', fireblocks: 'MATIC_POLYGON' },
  { id: 'ETH-BASE',    chain: 'base',             symbol: 'ETH',  decimals: 18, cobo: 'BASE_ETH', fireblocks: 'BASECHAIN_ETH' },
  { id: 'ETH-ARBITRUM', chain: 'arbitrum',        symbol: 'ETH',  decimals: 18, cobo: 'ARBITRUM_ETH', fireblocks: 'ETH-AETH' },
  { id: 'ETH-OPTIMISM', chain: 'optimism',        symbol: 'ETH',  decimals: 18, fireblocks: 'ETH-OPT' },
  { id: 'AVAX',        chain: 'avalanche',        symbol: 'AVAX', decimals: 18, cobo: 'AVAXC', fireblocks: 'AVAX' },
  { id: 'MNT',         chain: 'mantle',           symbol: 'MNT',  decimals: 18, cobo: 'MNT' },
  { id: 'TRX',         chain: 'tron',             symbol: 'TRX',  decimals: 6,  cobo: 'TRON', cobo_v1: 'TRON', fireblocks: 'TRX' },
  { id: 'BTC',         chain: 'bitcoin',          symbol: 'BTC',  decimals: 8,  cobo: 'BTC', cobo_v1: 'BTC', fireblocks: 'BTC' },
  { id: 'BTC-TESTNET', chain: 'bitcoin-testnet',  symbol: 'BTC',  decimals: 8,  cobo: 'XTN', cobo_v1: 'XTN', fireblocks: 'BTC_TEST' },
  { id: 'BTC-SIGNET',  chain: 'bitcoin-signet',   symbol: 'BTC',  decimals: 8,  cobo: 'SIGNET_BTC' },
  { id: 'LTC',         chain: 'litecoin',         symbol: 'LTC',  decimals: 8,  fireblocks: 'LTC' },
  { id: 'BCH',         chain: 'bitcoin-cash',     symbol: 'BCH',  decimals: 8,  fireblocks: 'BCH' },
  { id: 'BSV',         chain: 'bitcoin-sv',       symbol: 'BSV',  decimals: 8,  fireblocks: 'BSV' },
  { id: 'DOGE',        chain: 'dogecoin',         symbol: 'DOGE', decimals: 8,  fireblocks: 'DOGE' },
  { id: 'DASH',        chain: 'dash',             symbol: 'DASH', decimals: 8,  fireblocks: 'DASH' },
  { id: 'ZEC',         chain: 'zcash',            symbol: 'ZEC',  decimals: 8,  fireblocks: 'ZEC' },
  { id: 'SOL',         chain: 'solana',           symbol: 'SOL',  decimals: 9,  cobo: 'SOL', fireblocks: 'SOL' },
  { id: 'SOL-DEVNET',  chain: 'solana-devnet',    symbol: 'SOL',  decimals: 9,  cobo: 'SOLDEV_SOL', fireblocks: 'SOL_TEST' },
  { id: 'XRP',         chain: 'xrp',              symbol: 'XRP',  decimals: 6,  cobo: 'XRP', cobo_v1: 'XRP', fireblocks: 'XRP', tagged: true },
  { id: 'XLM',         chain: 'stellar',          symbol: 'XLM',  decimals: 7,  fireblocks: 'XLM', tagged: true },
  { id: 'TON',         chain: 'ton',              symbol: 'TON',  decimals: 9,  tagged: true },
  { id: 'DOT',         chain: 'polkadot',         symbol: 'DOT',  decimals: 10, cobo: 'DOT', fireblocks: 'DOT' },
  { id: 'BABY',        chain: 'babylon',          symbol: 'BABY', decimals: 6,  cobo: 'BABYLON_BABY', tagged: true },
  { id: 'ATOM',        chain: 'cosmos-hub',       symbol: 'ATOM', decimals: 6,  fireblocks: 'ATOM_COS', tagged: true },
  { id: 'XMR',         chain: 'monero',           symbol: 'XMR',  decimals: 12 },
]

/** Stablecoins and wrapped bitcoin; contracts as their issuers publish them, decimals as the contracts answer. */
// prettier-ignore
const TOKENS: AssetEntry[] = [
  { id: 'USDT-ETHEREUM',  chain: 'ethereum',  symbol: 'USDT', decimals: 6,  contract: '0xdAC17F958D2ee523a2206206994597C13D831ec7', cobo: 'ETH_USDT', cobo_v1: 'ETH_USDT', fireblocks: 'USDT_ERC20' },
  { id: 'USDC-ETHEREUM',  chain: 'ethereum',  symbol: 'USDC', decimals: 6,  contract: '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48', cobo: 'ETH_USDC', fireblocks: 'USDC' },
  { id: 'WBTC-ETHEREUM',  chain: 'ethereum',  symbol: 'WBTC', decimals: 8,  contract: '0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599', cobo: 'ETH_WBTC', fireblocks: 'WBTC' },
  { id: 'USDT-BSC',       chain: 'bsc',       symbol: 'USDT', decimals: 18, contract: '0x55d398326f99059fF775485246999027B3197955', cobo: 'BSC_USDT', fireblocks: 'USDT_BSC' },
  { id: 'USDC-BSC',       chain: 'bsc',       symbol: 'USDC', decimals: 18, contract: '0x8AC76a51cc950d9822D68b83fE1Ad97B32Cd580d' },
  { id: 'USDT-POLYGON',   chain: 'polygon',   symbol: 'USDT', decimals: 6,  contract: '0xc2132D05D31c914a87C6611C10748AEb04B58e8F' },
  { id: 'USDC-POLYGON',   chain: 'polygon',   symbol: 'USDC', decimals: 6,  contract: '0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359' },
  { id: 'USDC-BASE',      chain: 'base',      symbol: 'USDC', decimals: 6,  contract: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913', cobo: 'BASE_USDC' },
  { id: 'USDT-ARBITRUM',  chain: 'arbitrum',  symbol: 'USDT', decimals: 6,  contract: '0xFd086bC7CD5C481DCC9C85ebE478A1C0b69FCbb9' },
  { id: 'USDC-ARBITRUM',  chain: 'arbitrum',  symbol: 'USDC', decimals: 6,  contract: '0xaf88d065e77c8cC2239327C5EDb3A432268e5831' },
  { id: 'USDC-OPTIMISM',  chain: 'optimism',  symbol: 'USDC', decimals: 6,  contract: '0x0b2C639c533813f4Aa9D7837CAf62653d097Ff85' },
  { id: 'USDT-AVALANCHE', chain: 'avalanche', symbol: 'USDT', decimals: 6,  contract: '0x9702230A8Ea53601f5cD2dc00fDBc13d4dF4A8c7' },
  { id: 'USDC-AVALANCHE', chain: 'avalanche', symbol: 'USDC', decimals: 6,  contract: '0xB97EF9Ef8734C71904D8002F8b6Bc66Dd9c48a6E' },
  { id: 'USDT-TRON',      chain: 'tron',      symbol: 'USDT', decimals: 6,  contract: 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', cobo: 'TRON_USDT', cobo_v1: 'TRON_USDT', fireblocks: 'TRX_USDT_S2UZ' },
  { id: 'USDT-SOLANA',    chain: 'solana',    symbol: 'USDT', decimals: 6,  contract: 'Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB' },
  { id: 'USDC-SOLANA',    chain: 'solana',    symbol: 'USDC', decimals: 6,  contract: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v', cobo: 'SOL_USDC', fireblocks: 'SOL_USDC_PTHX' },
]

/** A beginning for an operator's `assets.yaml`, of the same shape. */
export const STARTER_ASSETS: AssetRegistryData = { chains: CHAINS, assets: [...COINS, ...TOKENS] }
