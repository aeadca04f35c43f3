import { z } from 'zod'
import type { AddressKey } from './address/address-key.ts'
import { CHAIN_FAMILIES, type ChainFamily } from './address/canonical-address.ts'
import { NETWORKS, type Network } from './address/network.ts'
import { readAddressText } from './address/address-text.ts'
import { canonicalizeAddress } from './address/canonicalize-address.ts'
import { DECIMALS_MAX } from './amount.ts'
import { ChainsFault } from './faults.ts'

export interface Chain {
  readonly id: string
  readonly family: ChainFamily
  readonly network: Network
  readonly evmChainId?: bigint
}

export interface Asset {
  readonly id: string
  readonly chain: Chain
  readonly symbol: string
  readonly decimals: number
  /** Canonical key of the token contract or mint; absent for the chain's own coin. */
  readonly contract?: AddressKey
  /** The contract as the file writes it. */
  readonly contractAddress?: string
  /** Deposits to one address are told apart by a tag or memo. */
  readonly tagged?: boolean
}

export interface AssetRegistry {
  chain(id: string): Chain | undefined
  asset(id: string): Asset | undefined
  /** WaaS 2.0: a chain id that is given has to be that of the token's chain. */
  byCobo(chainId: string | undefined, tokenId: string): Asset | undefined
  /** WaaS 1.0 coin code. */
  byCoboCoin(coin: string): Asset | undefined
  byFireblocks(assetId: string): Asset | undefined
  /** The token of a contract or mint; without one, the chain's own coin. */
  onChain(chain: Chain, contract: AddressKey | undefined): Asset | undefined
  readonly assets: readonly Asset[]
}

/** Printable and without spaces, so that an id can stand in a text or a log line as it is. */
const identifier = z.string().regex(/^[\x21-\x7e]{1,64}$/, 'expected 1 to 64 printable characters without spaces')

const chainEntry = z.strictObject({
  id: identifier,
  family: z.enum(CHAIN_FAMILIES),
  network: z.enum(NETWORKS),
  evm_chain_id: z.int().positive().optional(),
  cobo: identifier.optional(),
})

const assetEntry = z.strictObject({
  id: identifier,
  chain: identifier,
  symbol: identifier,
  decimals: z.int().min(0).max(DECIMALS_MAX),
  contract: z.string().min(1).optional(),
  cobo: identifier.optional(),
  cobo_v1: identifier.optional(),
  fireblocks: identifier.optional(),
  tagged: z.boolean().optional(),
})

/** The shape of `assets.yaml`. What spans several entries is checked by `createAssetRegistry`. */
export const assetRegistrySchema = z.strictObject({
  chains: z.array(chainEntry).min(1),
  assets: z.array(assetEntry).min(1),
})

export type AssetRegistryData = z.output<typeof assetRegistrySchema>
type ChainEntry = AssetRegistryData['chains'][number]
type AssetEntry = AssetRegistryData['assets'][number]

/** An index that notes a second entry under one key instead of letting the later one win. */
class UniqueIndex<T> {
  readonly #entries = new Map<string, T>()
  readonly #what: string
  readonly #problems: string[]

  constructor(what: string, problems: string[]) {
    this.#what = what
    this.#problems = problems
  }

  add(key: string | undefined, value: T): void {
    if (key === undefined) return
    if (this.#entries.has(key)) this.#problems.push(`${this.#what} ${key} stands twice`)
    this.#entries.set(key, value)
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)
  }
}

/**
 * Builds the look-ups. Two entries that one question could mean, an unknown chain or a contract that is not an address
 * of its chain are refused: throws ChainsFault REGISTRY_INVALID with every problem in `detail`.
 */
export function createAssetRegistry(data: AssetRegistryData): AssetRegistry {
  const problems: string[] = []
  const index = <T>(what: string) => new UniqueIndex<T>(what, problems)
  const chains = index<Chain>('chain id')
  const coboChains = index<Chain>('cobo chain id')
  const evmChainIds = index<Chain>('evm_chain_id')
  for (const entry of data.chains) {
    const chain = chainOf(entry, problems)
    chains.add(entry.id, chain)
    coboChains.add(entry.cobo, chain)
    evmChainIds.add(entry.evm_chain_id?.toString(), chain)
  }

  const assets: Asset[] = []
  const ids = index<Asset>('asset id')
  const coboTokens = index<Asset>('cobo token id')
  const coboCoins = index<Asset>('cobo_v1 coin')
  const fireblocksIds = index<Asset>('fireblocks asset id')
  const contracts = index<Asset>('chain and contract')
  for (const entry of data.assets) {
    const asset = assetOf(entry, chains.get(entry.chain), problems)
    if (!asset) continue
    assets.push(asset)
    ids.add(entry.id, asset)
    coboTokens.add(entry.cobo, asset)
    coboCoins.add(entry.cobo_v1, asset)
    fireblocksIds.add(entry.fireblocks, asset)
    contracts.add(placeOf(entry.chain, asset.contract), asset)
  }
  if (problems.length > 0) throw new ChainsFault('REGISTRY_INVALID', 'asset registry refused', problems.join('; '))

  return {
    assets: Object.freeze(assets),
    chain: (id) => chains.get(id),
    asset: (id) => ids.get(id),
    byCobo: (chainId, tokenId) => {
      const asset = coboTokens.get(tokenId)
      return chainId === undefined || (asset && coboChains.get(chainId) === asset.chain) ? asset : undefined
    },
    byCoboCoin: (coin) => coboCoins.get(coin),
    byFireblocks: (assetId) => fireblocksIds.get(assetId),
    onChain: (chain, contract) => contracts.get(placeOf(chain.id, contract)),
  }
}

const placeOf = (chainId: string, contract: AddressKey | undefined): string => `${chainId} ${contract ?? '(native)'}`

function chainOf(entry: ChainEntry, problems: string[]): Chain {
  const { id, family, network } = entry
  if ((family === 'evm') !== (entry.evm_chain_id !== undefined)) {
    problems.push(`chain ${id}: evm_chain_id belongs to chains of family evm, and to each of them`)
  }
  const chain: Chain = { id, family, network }
  return Object.freeze(entry.evm_chain_id === undefined ? chain : { ...chain, evmChainId: BigInt(entry.evm_chain_id) })
}

function assetOf(entry: AssetEntry, chain: Chain | undefined, problems: string[]): Asset | undefined {
  if (!chain) {
    problems.push(`asset ${entry.id}: chain ${entry.chain} is unknown`)
    return undefined
  }
  const contract = entry.contract === undefined ? undefined : contractKey(entry.id, chain, entry.contract, problems)
  if (entry.contract !== undefined && contract === undefined) return undefined
  return Object.freeze({
    id: entry.id,
    chain,
    symbol: entry.symbol,
    decimals: entry.decimals,
    ...(contract !== undefined && entry.contract !== undefined && { contract, contractAddress: entry.contract }),
    ...(entry.tagged !== undefined && { tagged: entry.tagged }),
  })
}

/** A wrong EIP-55 case, which a callback may carry, is refused here: in an operator's file it means a slip of the hand. */
function contractKey(id: string, chain: Chain, text: string, problems: string[]): AddressKey | undefined {
  try {
    const { key, warnings } = canonicalizeAddress(chain.family, chain.network, text)
    if (warnings.length === 0 && readAddressText(chain.family, text).body === text) return key
    problems.push(`asset ${id}: contract is not written plainly, as its checksum wants`)
  } catch (error) {
    if (!(error instanceof ChainsFault)) throw error
    problems.push(`asset ${id}: contract ${error.detail ?? error.message}`)
  }
  return undefined
}
