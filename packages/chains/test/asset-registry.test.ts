import { describe, expect, it } from 'vitest'
import {
  type AssetRegistryData,
  assetRegistrySchema,
  canonicalizeAddress,
  ChainsFault,
  createAssetRegistry,
  STARTER_ASSETS,
} from '../src/index.ts'

const USDT = '0xdAC17F958D2ee523a2206206994597C13D831ec7'

const data = (): AssetRegistryData => ({
  chains: [
    { id: 'ethereum', family: 'evm', network: 'mainnet', evm_chain_id: 1, cobo: 'ETH' },
    { id: 'tron', family: 'tron', network: 'mainnet', cobo: 'TRON' },
  ],
  assets: [
    { id: 'ETH', chain: 'ethereum', symbol: 'ETH', decimals: 18, cobo: 'ETH', cobo_v1: 'ETH', fireblocks: 'ETH' },
    { id: 'USDT', chain: 'ethereum', symbol: 'USDT', decimals: 6, contract: USDT, cobo: 'ETH_USDT' },
    { id: 'TRX', chain: 'tron', symbol: 'TRX', decimals: 6, cobo: 'TRON', fireblocks: 'TRX' },
  ],
})

const withAsset = (asset: AssetRegistryData['assets'][number]) => ({ ...data(), assets: [...data().assets, asset] })

function problemsOf(broken: AssetRegistryData): string {
  try {
    createAssetRegistry(broken)
  } catch (error) {
    if (error instanceof ChainsFault && error.code === 'REGISTRY_INVALID') return error.detail ?? ''
    throw error
  }
  return 'accepted'
}

describe('the registry finds', () => {
  const registry = createAssetRegistry(data())

  it('chains and assets by id', () => {
    expect(registry.chain('ethereum')).toEqual({ id: 'ethereum', family: 'evm', network: 'mainnet', evmChainId: 1n })
    expect(registry.asset('USDT')?.contract).toBe(canonicalizeAddress('evm', 'mainnet', USDT).key)
    expect(registry.asset('USDT')?.contractAddress).toBe(USDT)
    expect(registry.assets.map(({ id }) => id)).toEqual(['ETH', 'USDT', 'TRX'])
  })

  it('a Cobo token with its chain or without one', () => {
    expect(registry.byCobo('ETH', 'ETH_USDT')?.id).toBe('USDT')
    expect(registry.byCobo(undefined, 'ETH_USDT')?.id).toBe('USDT')
  })

  it('no Cobo token under another chain, an unknown chain or an empty chain id', () => {
    for (const chainId of ['TRON', 'ETHEREUM', 'eth', '']) expect(registry.byCobo(chainId, 'ETH_USDT')).toBeUndefined()
  })

  it('v1 coins and Fireblocks assets by their own ids only', () => {
    expect(registry.byCoboCoin('ETH')?.id).toBe('ETH')
    expect(registry.byCoboCoin('ETH_USDT')).toBeUndefined()
    expect(registry.byFireblocks('TRX')?.id).toBe('TRX')
    expect(registry.byFireblocks('TRON')).toBeUndefined()
  })

  it.each(['constructor', '__proto__', 'toString', ''])('nothing under %j', (id) => {
    expect([registry.chain(id), registry.asset(id), registry.byCobo(undefined, id)]).toEqual(Array(3).fill(undefined))
    expect([registry.byCoboCoin(id), registry.byFireblocks(id)]).toEqual([undefined, undefined])
  })
})

describe('the registry refuses', () => {
  const token = { id: 'X', chain: 'ethereum', symbol: 'X', decimals: 6 }
  const other = '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48'

  // prettier-ignore
  it.each<[string, AssetRegistryData, string]>([
    ['a contract twice in another spelling', withAsset({ ...token, contract: USDT.toLowerCase() }), 'chain and contract ethereum key20:dac17f958d2ee523a2206206994597c13d831ec7 stands twice'],
    ['a second native coin of a chain', withAsset(token), 'chain and contract ethereum (native) stands twice'],
    ['an asset id twice', withAsset({ ...token, id: 'ETH', contract: other }), 'asset id ETH stands twice'],
    ['a Cobo token id twice', withAsset({ ...token, contract: other, cobo: 'ETH_USDT' }), 'cobo token id ETH_USDT stands twice'],
    ['a v1 coin twice', withAsset({ ...token, contract: other, cobo_v1: 'ETH' }), 'cobo_v1 coin ETH stands twice'],
    ['a Fireblocks id twice', withAsset({ ...token, contract: other, fireblocks: 'TRX' }), 'fireblocks asset id TRX stands twice'],
    ['an unknown chain', withAsset({ ...token, chain: 'fantom' }), 'asset X: chain fantom is unknown'],
    ['a contract with a wrong EIP-55 case', withAsset({ ...token, contract: other.replace('A0b', 'a0b') }), 'asset X: contract is not written plainly, as its checksum wants'],
    ['a contract in a payment URI', withAsset({ ...token, contract: `ethereum:${other}` }), 'asset X: contract is not written plainly, as its checksum wants'],
    ['a contract of another family', withAsset({ ...token, contract: 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t' }), 'asset X: contract not 0x and 40 hexadecimal digits'],
    ['a chain id twice', { ...data(), chains: [...data().chains, { id: 'tron', family: 'tron', network: 'testnet' }] }, 'chain id tron stands twice'],
    ['a Cobo chain id twice', { ...data(), chains: [...data().chains, { id: 'nile', family: 'tron', network: 'testnet', cobo: 'TRON' }] }, 'cobo chain id TRON stands twice'],
    ['an EVM chain id twice', { ...data(), chains: [...data().chains, { id: 'e2', family: 'evm', network: 'mainnet', evm_chain_id: 1 }] }, 'evm_chain_id 1 stands twice'],
    ['an EVM chain without its id', { ...data(), chains: [...data().chains, { id: 'e2', family: 'evm', network: 'mainnet' }] }, 'chain e2: evm_chain_id belongs to chains of family evm, and to each of them'],
    ['an EVM chain id elsewhere', { ...data(), chains: [...data().chains, { id: 't2', family: 'tron', network: 'testnet', evm_chain_id: 5 }] }, 'chain t2: evm_chain_id belongs to chains of family evm, and to each of them'],
  ])('%s', (_, broken, problem) => {
    expect(problemsOf(broken)).toBe(problem)
  })

  it('several defects at once, naming each', () => {
    const broken = withAsset({ ...token, id: 'ETH', chain: 'fantom' })
    broken.assets.push({ ...token, cobo: 'ETH' })
    expect(problemsOf(broken).split('; ')).toHaveLength(3)
  })
})

describe('the file shape', () => {
  it('takes the starter assets unchanged', () => {
    expect(assetRegistrySchema.parse(STARTER_ASSETS)).toEqual(STARTER_ASSETS)
  })

  it('survives JSON', () => {
    expect(assetRegistrySchema.parse(JSON.parse(JSON.stringify(STARTER_ASSETS)))).toEqual(STARTER_ASSETS)
  })

  // prettier-ignore
  it.each<[string, unknown]>([
    ['an unknown key', { ...data(), tokens: [] }],
    ['an unknown key of an asset', { ...data(), assets: [{ ...data().assets[0], price: '1' }] }],
    ['an unknown family', { ...data(), chains: [{ id: 'x', family: 'fantom', network: 'mainnet' }] }],
    ['no chains', { ...data(), chains: [] }],
    ['no assets', { ...data(), assets: [] }],
    ['decimals of 78', { ...data(), assets: [{ ...data().assets[0], decimals: 78 }] }],
    ['decimals of 1.5', { ...data(), assets: [{ ...data().assets[0], decimals: 1.5 }] }],
    ['decimals as a string', { ...data(), assets: [{ ...data().assets[0], decimals: '6' }] }],
    ['an id with a space', { ...data(), assets: [{ ...data().assets[0], id: 'E TH' }] }],
    ['an EVM chain id of 0', { ...data(), chains: [{ ...data().chains[0], evm_chain_id: 0 }] }],
  ])('refuses %s', (_, broken) => {
    expect(assetRegistrySchema.safeParse(broken).success).toBe(false)
  })
})

describe('the starter assets', () => {
  const registry = createAssetRegistry(STARTER_ASSETS)

  // prettier-ignore
  it.each<[chain: string | undefined, token: string, asset: string, decimals: number]>([
    ['ETH', 'ETH', 'ETH', 18], ['ETH', 'ETH_USDT', 'USDT-ETHEREUM', 6], ['ETH', 'ETH_WBTC', 'WBTC-ETHEREUM', 8],
    ['SETH', 'SETH', 'ETH-SEPOLIA', 18], ['BSC_BNB', 'BSC_BNB', 'BNB', 18], ['BSC_BNB', 'BSC_USDT', 'USDT-BSC', 18],
    ['TBSC_BNB', 'TBSC_BNB', 'BNB-TESTNET', 18], ['BASE_ETH', 'BASE_ETH', 'ETH-BASE', 18], ['BASE_ETH', 'BASE_USDC', 'USDC-BASE', 6],
    ['ARBITRUM_ETH', 'ARBITRUM_ETH', 'ETH-ARBITRUM', 18], ['AVAXC', 'AVAXC', 'AVAX', 18], ['MATIC', 'MATIC', 'POL', 18],
    ['MNT', 'MNT', 'MNT', 18], ['TRON', 'TRON', 'TRX', 6], ['TRON', 'TRON_USDT', 'USDT-TRON', 6], ['BTC', 'BTC', 'BTC', 8],
    ['XTN', 'XTN', 'BTC-TESTNET', 8], ['SIGNET_BTC', 'SIGNET_BTC', 'BTC-SIGNET', 8], ['SOL', 'SOL', 'SOL', 9],
    ['SOL', 'SOL_USDC', 'USDC-SOLANA', 6], ['SOLDEV_SOL', 'SOLDEV_SOL', 'SOL-DEVNET', 9], ['XRP', 'XRP', 'XRP', 6],
    ['DOT', 'DOT', 'DOT', 10], ['BABYLON_BABY', 'BABYLON_BABY', 'BABY', 6], [undefined, 'TRON_USDT', 'USDT-TRON', 6],
  ])('know Cobo chain %s and token %s as %s with %i decimals', (chainId, tokenId, id, decimals) => {
    expect(registry.byCobo(chainId, tokenId)).toMatchObject({ id, decimals })
  })

  it('know the EVM chain ids of their chains', () => {
    const ids = ['ethereum', 'ethereum-sepolia', 'bsc', 'polygon', 'base', 'arbitrum', 'avalanche', 'mantle']
    expect(ids.map((id) => registry.chain(id)?.evmChainId)).toEqual([
      1n,
      11155111n,
      56n,
      137n,
      8453n,
      42161n,
      43114n,
      5000n,
    ])
  })

  it('have the coin of every chain', () => {
    const native = new Set(
      registry.assets.filter(({ contract }) => contract === undefined).map(({ chain }) => chain.id),
    )
    expect([...native].sort()).toEqual(STARTER_ASSETS.chains.map(({ id }) => id).sort())
  })
})
