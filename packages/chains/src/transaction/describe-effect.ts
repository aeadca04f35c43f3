import type { Asset, AssetRegistry, Chain } from '../asset-registry.ts'
import { formatAmount } from '../amount.ts'
import type { Account, Effect, Holding } from './effect.ts'

/** What an effect does, in one line of words. Amounts are in whole units where the registry knows the asset, else atomic. */
export function describeEffect(effect: Effect, chain: Chain, assets: AssetRegistry): string {
  const amount = (holding: Holding, atomic: bigint): string => amountText(holding, atomic, chain, assets)
  const coin: Holding = { kind: 'coin' }
  switch (effect.effect) {
    case 'transfer':
      return `pays ${amount(effect.holding, effect.amountAtomic)}${from(effect.from)} to ${effect.to.text}${behind(effect.owner)}`
    case 'allowance': {
      const most = effect.isUnlimited
        ? `any amount of ${what(effect.holding, chain, assets)}`
        : amount(effect.holding, effect.amountAtomic)
      const until = effect.untilSeconds === undefined ? '' : `, until ${untilText(effect.untilSeconds)}`
      return `lets ${effect.spender.text} take ${effect.mode === 'increase' ? 'another ' : ''}${most}${from(effect.owner)}${until}`
    }
    case 'power': {
      const over = effect.subject?.text ?? 'the signing account'
      const to = effect.grantee === undefined ? '' : ` to ${effect.grantee.text}`
      return `POWER ${effect.power} over ${over}${to}${effect.detail === undefined ? '' : ` (${effect.detail})`}`
    }
    case 'wrap':
    case 'unwrap':
      return `${effect.effect}s ${amount(coin, effect.amountAtomic)} at ${effect.contract.text}`
    case 'stake': {
      const much = effect.amountAtomic === undefined ? '' : ` ${amount(coin, effect.amountAtomic)}`
      const account = effect.account === undefined ? '' : ` with ${effect.account.text}`
      return `staking: ${effect.action}${much}${account}${effect.detail === undefined ? '' : ` (${effect.detail})`}`
    }
    case 'create-account': {
      const owner = effect.owner === undefined ? '' : ` for ${effect.owner.text}`
      const much = effect.amountAtomic === undefined ? '' : ` with ${amount(coin, effect.amountAtomic)}`
      return `creates the account ${effect.account.text}${owner}${much}`
    }
    case 'burn':
      return `burns ${amount(effect.holding, effect.amountAtomic)}${from(effect.from)}`
    case 'deploy':
      return `deploys a contract of ${String(effect.codeBytes)} bytes with ${amount(coin, effect.valueAtomic)}`
    case 'memo':
      return `memo: ${JSON.stringify(effect.text)}`
    case 'nonce':
      return `uses the nonce account ${effect.account.text}`
    case 'unknown':
      return `UNKNOWN${effect.target === undefined ? '' : ` ${effect.target.text}`}: ${effect.detail}`
    default:
      return effect satisfies never
  }
}

const from = (account: Account | undefined): string => (account === undefined ? '' : ` from ${account.text}`)
const behind = (owner: Account | undefined): string =>
  owner === undefined ? '' : `, the token account of ${owner.text}`

/** Largest instant that a Date can hold, in seconds; contracts are given larger ones to mean "never". */
const SECONDS_MAX = 8_640_000_000_000n
const untilText = (seconds: bigint): string =>
  seconds > SECONDS_MAX ? 'the end of time' : new Date(Number(seconds) * 1_000).toISOString()

function amountText(holding: Holding, atomic: bigint, chain: Chain, assets: AssetRegistry): string {
  const asset = assetOf(holding, chain, assets)
  if (asset !== undefined) return `${formatAmount(atomic, asset.decimals)} ${asset.symbol}`
  return `${atomic.toString()} atomic units of ${what(holding, chain, assets)}`
}

function what(holding: Holding, chain: Chain, assets: AssetRegistry): string {
  const asset = assetOf(holding, chain, assets)
  if (asset !== undefined) return asset.symbol
  switch (holding.kind) {
    case 'coin':
      return `the coin of ${chain.id}`
    case 'token':
      return `the unknown token ${holding.contract.text}`
    case 'item':
      return `item ${holding.tokenId.toString()} of ${holding.contract.text}`
    case 'collection':
      return `every item of ${holding.contract.text}`
    case 'trc10':
      return `TRC-10 token ${holding.tokenId}`
    default:
      return holding satisfies never
  }
}

function assetOf(holding: Holding, chain: Chain, assets: AssetRegistry): Asset | undefined {
  if (holding.kind === 'coin') return assets.onChain(chain, undefined)
  return holding.kind === 'token' ? assets.onChain(chain, holding.contract.key) : undefined
}
