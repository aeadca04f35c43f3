import { createAssetRegistry, STARTER_ASSETS, type Asset } from '@callback-quorum/chains'
import type { ConfigChange, Question } from '@callback-quorum/checker-kit'
import { businessKey } from '@callback-quorum/protocol'
import { outputTo, questionOf } from '../asking.ts'

export const ASSETS = createAssetRegistry(STARTER_ASSETS)
export const LAZARUS = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'
export const CLEAN = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'

export function assetNamed(id: string): Asset {
  const asset = ASSETS.asset(id)
  if (asset === undefined) throw new Error(`no asset ${id}`)
  return asset
}

const FIREBLOCKS = { platform: 'fireblocks', dialect: 'fireblocks-jwt', signerId: 'user-1' } as const

let requests = 0

/** A transfer as a Co-signer asks about it: from a vault account whose addresses it does not name. */
export function transfer(
  kind: 'tx-approval' | 'tx-signing',
  to: readonly string[],
  more: Partial<Question> = {},
): Question {
  const id = `tx-${String((requests += 1))}`
  const asset = more.asset ?? assetNamed('ETH')
  return questionOf({
    ...FIREBLOCKS,
    kind,
    businessKey: businessKey('fireblocks', 'acme', id),
    transactionId: id,
    wallet: 'VAULT:0',
    chain: asset.chain,
    asset,
    outputs: to.map((text) => outputTo(asset.chain, text)),
    ...more,
  })
}

const changed = (configChange: ConfigChange, more: Partial<Question>): Question => {
  const id = `config-change/r-${String((requests += 1))}`
  return questionOf({
    ...FIREBLOCKS,
    kind: 'config-change',
    operation: 'config-change',
    businessKey: businessKey('fireblocks', 'acme', id),
    transactionId: id,
    configChange,
    ...more,
  })
}

/** The whitelisting of one address, described as checker-kit does it. */
export function whitelisting(address: string, assetId = 'ETH', tag?: string): Question {
  const asset = assetNamed(assetId)
  const { amountAtomic: _, ...output } = outputTo(asset.chain, address)
  const outputs = [{ ...output, ...(tag === undefined ? {} : { tag }) }]
  const change = { type: 'UNMANAGED_WALLET', subType: 'EXTERNAL', walletId: 'w-1', addresses: [] } as const
  return changed(change, { asset, chain: asset.chain, outputs })
}

/** An account that is added with an address of each of these assets; an asset that the registry does not know stays unknown. */
export const account = (
  type: 'EXCHANGE' | 'FIAT_ACCOUNT',
  addresses: readonly (readonly [assetId: string, address: string])[],
): Question =>
  changed(
    {
      type,
      addresses: addresses.map(([assetText, address]) => {
        const asset = ASSETS.asset(assetText)
        const { amountAtomic: _, ...output } = outputTo(asset?.chain, address)
        return { assetText, ...(asset === undefined ? {} : { asset }), output }
      }),
    },
    {},
  )

/** A change that names no address. */
export const otherChange = (type: ConfigChange['type']): Question => changed({ type, addresses: [] }, {})
