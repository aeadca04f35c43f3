import type { AssetRegistry } from '@callback-quorum/chains'
import type { FireblocksTransaction } from '@callback-quorum/protocol'
import type { Operation } from '../question.ts'
import { coinOf, type Place } from './place.ts'
import { quoted, type Refuse } from './refuse.ts'

/** Chain and asset by the registry. A transfer needs both; what a contract call pays counts in the chain's own coin. */
export function readPlaceFireblocks(
  { asset: written }: FireblocksTransaction,
  operation: Operation,
  assets: AssetRegistry,
  refuse: Refuse,
): Place {
  const named = written ? assets.byFireblocks(written) : undefined
  if (written && named === undefined) refuse('ASSET_UNKNOWN', `asset ${quoted(written)} is not in the asset registry`)
  const asset = operation === 'contract-call' ? coinOf(named?.chain, assets) : named
  if ((operation === 'transfer' || operation === 'contract-call') && asset === undefined) {
    refuse('ASSET_UNKNOWN', 'the request names no asset of the asset registry')
  }
  return { chain: named?.chain, asset }
}
