import type { FireblocksConfigChange } from '@callback-quorum/protocol'
import type { ConfigChange, Output } from '../question.ts'
import type { Draft, Reading } from './draft.ts'
import { readOutput } from './output.ts'
import type { Place } from './place.ts'
import { quoted } from './refuse.ts'
import { writtenContent } from './written-content.ts'

type Whitelisting = Extract<FireblocksConfigChange, { type: 'UNMANAGED_WALLET' }>
type ThirdParty = Extract<FireblocksConfigChange, { type: 'EXCHANGE' | 'FIAT_ACCOUNT' }>

/**
 * A change of a workspace (protocol/fireblocks.md 3). All that is known of it is its content; what no public document describes is hashed
 * and nowhere shown, for it may hold anything.
 */
export function readConfigChange(change: FireblocksConfigChange, reading: Reading): Draft {
  const { type, extraInfo } = change
  if (typeof type !== 'string') {
    reading.refuse('CONFIG_TYPE_UNKNOWN', `a change of type ${quoted(type.unknown)} cannot be judged`)
    return draftOf({ addresses: [] }, change.type, extraInfo)
  }
  switch (change.type) {
    case 'UNMANAGED_WALLET':
      return readWhitelisting(change, reading)
    case 'EXCHANGE':
    case 'FIAT_ACCOUNT':
      return readThirdParty(change, reading)
    default:
      return draftOf({ addresses: [] }, change.type, change.extraInfo)
  }
}

function draftOf(
  named: Omit<ConfigChange, 'type'>,
  type: FireblocksConfigChange['type'],
  extraInfo: unknown,
  outputs: readonly Output[] = [],
): Draft {
  return {
    sources: [],
    movement: {
      operation: 'config-change',
      outputs,
      payload: { type, extraInfo: writtenContent(extraInfo) },
    },
    signingHashes: [],
    configChange: typeof type === 'string' ? { type, ...named } : undefined,
  }
}

/** The address that may be paid from then on is the one output, of no amount; chain and asset are those it is whitelisted for. */
function readWhitelisting({ type, extraInfo: info = {} }: Whitelisting, reading: Reading): Draft {
  const { subType, walletId, walletName } = info
  if (typeof walletId === 'object') {
    reading.refuse('CONFIG_INFO_UNREADABLE', 'walletId is no text; which wallet is meant cannot be told')
  }
  if (typeof subType === 'object') {
    reading.refuse('CONFIG_INFO_UNREADABLE', `a wallet of kind ${quoted(subType.unknown)} cannot be judged`)
  }
  const place = placeOf(info.asset, reading)
  if (place.asset === undefined) {
    reading.refuse('ASSET_UNKNOWN', `asset ${quoted(info.asset ?? '')} is not in the asset registry`)
  }
  const output = readOutput({ addressText: info.address ?? '', tag: info.tag }, place.chain, reading)
  const named = {
    ...(typeof subType === 'string' && { subType }),
    ...(typeof walletId === 'string' && walletId !== '' && { walletId }),
    ...(walletName && { walletName }),
    addresses: [],
  }
  return { ...draftOf(named, type, info, [output]), ...place }
}

/** An account at an exchange or a bank, and where it is paid: an address of an unknown asset is kept as its text. */
function readThirdParty({ type, extraInfo: info = {} }: ThirdParty, reading: Reading): Draft {
  const { subType } = info
  const addresses = Object.entries(info.addresses ?? {}).map(([assetText, addressText]) => {
    const { chain, asset } = placeOf(assetText, reading)
    const output = readOutput({ addressText }, chain, reading)
    return { assetText, ...(asset !== undefined && { asset }), output }
  })
  return draftOf({ ...(subType && { subType }), addresses }, type, info)
}

function placeOf(assetText: string | undefined, { assets }: Reading): Place {
  const asset = assetText ? assets.byFireblocks(assetText) : undefined
  return { chain: asset?.chain, asset }
}
