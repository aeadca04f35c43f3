import {
  canonicalizeAddress,
  ChainsFault,
  parseAmount,
  type AddressKey,
  type AssetRegistry,
  type Chain,
  type PowerName,
} from '@callback-quorum/chains'
import type { AddressBook } from '@callback-quorum/checker-kit'
import { ConfigError } from '@callback-quorum/service'
import { CURVES, type IntegrityConfig } from './config.ts'

export interface ContractPolicy {
  readonly undecoded: readonly string[]
  readonly wrapsCoin: boolean
  readonly allowance: 'none' | 'finite' | 'unlimited'
  readonly receives: boolean
}

export interface FeePolicy {
  readonly maxAtomic: bigint
  /** In units of 10^-SHARE_DECIMALS. */
  readonly maxShare?: bigint
  readonly isUnprovenAccepted: boolean
}

export type MessagePolicy =
  | { readonly standard: 'eip-191'; readonly chainId: string; readonly pattern: RegExp }
  | {
      readonly standard: 'eip-712'
      readonly chainId: string
      readonly primaryType: string
      readonly domain: {
        readonly name?: string
        readonly version?: string
        readonly chainId?: bigint
        readonly verifyingContract?: AddressKey
      }
    }

export interface GroupPolicy {
  readonly rootPubKey: string
  readonly groupId?: string
  readonly nodeIds?: readonly string[]
}

export interface VaultPolicy {
  readonly id: string
  readonly players?: readonly string[]
}

/** The configuration, with addresses and amounts read. What it does not name is refused. */
export interface Policy {
  readonly assets: AssetRegistry
  readonly addresses: AddressBook
  readonly groups: readonly GroupPolicy[]
  readonly vaults: readonly VaultPolicy[]
  readonly ceremonies: IntegrityConfig['ceremonies']
  readonly isStakingAllowed: boolean
  readonly messages: readonly MessagePolicy[]
  contract(chain: Chain, key: AddressKey): ContractPolicy | undefined
  isPowerAllowed(
    chain: Chain,
    power: PowerName,
    subject: AddressKey | undefined,
    grantee: AddressKey | undefined,
  ): boolean
  fee(chain: Chain): FeePolicy | undefined
}

/** Digits of a share: "0.1" is 10^29 of these units. */
export const SHARE_DECIMALS = 30

export const curveNumber = (curve: keyof typeof CURVES): number => CURVES[curve]

/** Throws ConfigError with every entry that names an unknown chain, no address of it, or the same thing twice. */
export function createPolicy(
  config: Pick<
    IntegrityConfig,
    'groups' | 'vaults' | 'ceremonies' | 'powers' | 'contracts' | 'fees' | 'messages' | 'staking'
  >,
  { assets, addresses }: { readonly assets: AssetRegistry; readonly addresses: AddressBook },
  path: string,
): Policy {
  const problems: string[] = []
  const reader = createReader(assets, path, problems)
  const contracts = new Map<string, ContractPolicy>()
  for (const [index, entry] of config.contracts.entries()) {
    const at = `contracts[${String(index)}]`
    const chain = reader.chain(at, entry.chain)
    const key = reader.key(`${at}.address`, chain, entry.address)
    const place = `${entry.chain} ${key ?? ''}`
    if (contracts.has(place)) problems.push(`${path}: ${at}: says again what an earlier entry says; expected each once`)
    contracts.set(place, {
      undecoded: entry.undecoded,
      wrapsCoin: entry.wraps_coin,
      allowance: entry.allowance,
      receives: entry.receives,
    })
  }
  const powers = new Set<string>()
  for (const [index, { chain: id, power, subject, grantee }] of config.powers.entries()) {
    const at = `powers[${String(index)}]`
    const chain = reader.chain(at, id)
    const subjectKey = subject === undefined ? undefined : reader.key(`${at}.subject`, chain, subject)
    const granteeKey = grantee === undefined ? undefined : reader.key(`${at}.grantee`, chain, grantee)
    powers.add(powerPlace(id, power, subjectKey, granteeKey))
  }
  const fees = readFees(config.fees, reader, assets, path, problems)
  const messages = config.messages.flatMap((entry, index) => readMessage(entry, `messages[${String(index)}]`, reader))
  const vaults = readVaults(config.vaults ?? [], reader)
  if (problems.length > 0) throw new ConfigError(problems)
  return {
    assets,
    addresses,
    vaults,
    groups: (config.groups ?? []).map(({ root_pub_key: rootPubKey, group_id: groupId, node_ids: nodeIds }) => ({
      rootPubKey,
      ...(groupId !== undefined && { groupId }),
      ...(nodeIds !== undefined && { nodeIds }),
    })),
    ceremonies: config.ceremonies,
    isStakingAllowed: config.staking === 'allow',
    messages,
    contract: (chain, key) => contracts.get(`${chain.id} ${key}`),
    isPowerAllowed: (chain, power, subject, grantee) => powers.has(powerPlace(chain.id, power, subject, grantee)),
    fee: (chain) => fees.get(chain.id),
  }
}

const powerPlace = (
  chainId: string,
  power: PowerName,
  subject: AddressKey | undefined,
  grantee: AddressKey | undefined,
): string => [chainId, power, subject ?? '', grantee ?? ''].join(' ')

interface Reader {
  chain(at: string, id: string): Chain | undefined
  key(at: string, chain: Chain | undefined, address: string): AddressKey | undefined
  problem(at: string, text: string): void
}

function createReader(assets: AssetRegistry, path: string, problems: string[]): Reader {
  const problem = (at: string, text: string): void => void problems.push(`${path}: ${at}: ${text}`)
  return {
    problem,
    chain(at, id) {
      const chain = assets.chain(id)
      if (chain === undefined) problem(`${at}.chain`, 'is no chain of the asset registry; expected one of its ids')
      return chain
    },
    key(at, chain, address) {
      if (chain === undefined) return undefined
      try {
        return canonicalizeAddress(chain.family, chain.network, address).key
      } catch (error) {
        if (!(error instanceof ChainsFault)) throw error
        problem(at, `is no address of ${chain.id}; expected one as its explorers show it`)
        return undefined
      }
    },
  }
}

function readVaults(entries: NonNullable<IntegrityConfig['vaults']>, reader: Reader): readonly VaultPolicy[] {
  return entries.map(({ id, players }, index) => {
    if (entries.findIndex((other) => other.id === id) < index)
      reader.problem(`vaults[${String(index)}].id`, 'stands twice; expected each vault account once')
    return { id, ...(players !== undefined && { players }) }
  })
}

function readFees(
  entries: IntegrityConfig['fees'],
  reader: Reader,
  assets: AssetRegistry,
  path: string,
  problems: string[],
): ReadonlyMap<string, FeePolicy> {
  const fees = new Map<string, FeePolicy>()
  for (const [index, entry] of entries.entries()) {
    const at = `fees[${String(index)}]`
    const chain = reader.chain(at, entry.chain)
    const coin = chain && assets.onChain(chain, undefined)
    if (chain === undefined) continue
    if (coin === undefined) {
      reader.problem(`${at}.chain`, 'has no coin in the asset registry; expected one that counts its fees')
      continue
    }
    if (fees.has(chain.id)) problems.push(`${path}: ${at}.chain: stands twice; expected each chain once`)
    try {
      fees.set(chain.id, {
        maxAtomic: parseAmount(entry.max, coin.decimals),
        ...(entry.max_share !== undefined && { maxShare: parseAmount(entry.max_share, SHARE_DECIMALS) }),
        isUnprovenAccepted: entry.unproven === 'accept',
      })
    } catch (error) {
      if (!(error instanceof ChainsFault)) throw error
      reader.problem(`${at}.max`, `has more decimals than ${coin.symbol}; expected at most ${String(coin.decimals)}`)
    }
  }
  return fees
}

function readMessage(entry: IntegrityConfig['messages'][number], at: string, reader: Reader): readonly MessagePolicy[] {
  const chain = reader.chain(at, entry.chain)
  if (chain === undefined) return []
  if (entry.standard === 'eip-191') {
    try {
      return [{ standard: 'eip-191', chainId: chain.id, pattern: new RegExp(`^(?:${entry.pattern})$`, 'u') }]
    } catch {
      reader.problem(`${at}.pattern`, 'is no regular expression; expected one that the whole message matches')
      return []
    }
  }
  const { name, version, chain_id: chainId, verifying_contract: contract } = entry.domain
  const key = contract === undefined ? undefined : reader.key(`${at}.domain.verifying_contract`, chain, contract)
  return [
    {
      standard: 'eip-712',
      chainId: chain.id,
      primaryType: entry.primary_type,
      domain: {
        ...(name !== undefined && { name }),
        ...(version !== undefined && { version }),
        ...(chainId !== undefined && { chainId: BigInt(chainId) }),
        ...(key !== undefined && { verifyingContract: key }),
      },
    },
  ]
}
