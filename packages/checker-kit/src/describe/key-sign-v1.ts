import type { Asset } from '@callback-quorum/chains'
import type { CoboV1KeySign } from '@callback-quorum/protocol'
import type { Draft, Reading } from './draft.ts'
import { readKeyUseV1 } from './key-use.ts'
import { readMovementV1 } from './movement-v1.ts'
import { readOperationV1 } from './operation-v1.ts'
import { quoted } from './refuse.ts'
import { readSigningHashes } from './signing-hashes.ts'

type Extra = CoboV1KeySign['extra']

/** A KeySign request of v1 (protocol/cobo.md 2.2). The wallet is known from the address that pays, by addresses.yaml. */
export function readKeySignV1(request: CoboV1KeySign, reading: Reading): Draft {
  const { detail, extra } = request
  const asset = readAsset(extra, reading)
  const chain = asset?.chain
  const operation = readOperationV1(extra, reading.refuse)
  const signingHashes = readSigningHashes(detail, chain?.family, reading.refuse)
  const { from_address: from, api_request_id: reference } = extra
  return {
    reference: reference || undefined,
    initiator: initiatorOf(extra),
    wallet: from && chain ? reading.addresses.walletOf(from, chain.id) : undefined,
    chain,
    asset,
    sources: from ? [from] : [],
    movement: readMovementV1(extra, operation, { chain, asset }, signingHashes, reading),
    description: extra.note || undefined,
    signingHashes,
    keyUse: readKeyUseV1(request),
  }
}

function readAsset({ coin, decimal }: Extra, { assets, refuse }: Reading): Asset | undefined {
  const asset = assets.byCoboCoin(coin)
  if (asset === undefined) {
    refuse('ASSET_UNKNOWN', `coin ${quoted(coin)} is not in the asset registry`)
    return undefined
  }
  if (decimal !== undefined && decimal !== asset.decimals) {
    refuse('DECIMALS_MISMATCH', `${asset.id} has ${asset.decimals} decimals, the request says ${decimal}`)
  }
  return asset
}

function initiatorOf({ api_key: apiKey, spender }: Extra): Draft['initiator'] {
  const id = apiKey || spender
  return id ? { id } : undefined
}
