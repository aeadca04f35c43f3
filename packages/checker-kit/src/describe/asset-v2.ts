import type { Asset, AssetRegistry } from '@callback-quorum/chains'
import type { CoboV2Transaction } from '@callback-quorum/protocol'
import type { Operation } from '../question.ts'
import { coinOf, type Place } from './place.ts'
import { quoted, type Refuse } from './refuse.ts'

/** Chain and asset by the registry. A transfer needs both; the value of a contract call counts in the chain's own coin. */
export function readAssetV2(
  transaction: CoboV2Transaction,
  operation: Operation,
  assets: AssetRegistry,
  refuse: Refuse,
): Place {
  const chainId = transaction.chain_id || undefined
  const tokenId = transaction.token_id || undefined
  const token = tokenId === undefined ? undefined : assets.byCobo(undefined, tokenId)

  if (tokenId !== undefined && token === undefined) {
    refuse('ASSET_UNKNOWN', `token_id ${quoted(tokenId)} is not in the asset registry`)
  }
  if (tokenId !== undefined && token !== undefined && assets.byCobo(chainId, tokenId) === undefined) {
    refuse('CHAIN_MISMATCH', `chain_id ${quoted(chainId ?? '')} is not the chain of token_id ${quoted(tokenId)}`)
  }
  // The platform's id of a chain is the id of its coin (protocol/cobo.md 3.10).
  const chain = token?.chain ?? (chainId === undefined ? undefined : assets.byCobo(chainId, chainId)?.chain)

  if (operation === 'contract-call') return { chain, asset: requireAsset(coinOf(chain, assets), refuse) }
  if (operation === 'transfer') return { chain, asset: requireAsset(token, refuse) }
  return { chain, asset: token }
}

function requireAsset(asset: Asset | undefined, refuse: Refuse): Asset | undefined {
  if (asset === undefined) refuse('ASSET_UNKNOWN', 'the request names no asset of the asset registry')
  return asset
}
