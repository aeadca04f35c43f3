import type { Asset } from '@callback-quorum/chains'
import type { Objection, Question } from '@callback-quorum/checker-kit'
import { destinationKey } from '../record/read-terms.ts'
import type { WhitelistingConfig } from './whitelisting-config.ts'

/** An address that is to be whitelisted, as far as a record of the business system can say the same. */
export interface Whitelisting {
  /** As the business system is asked for it. */
  readonly reference: string
  readonly asset: Asset
  readonly addressText: string
  readonly key: string
  /** Beside the address or inside it. */
  readonly tag?: string
}

/** As the platform writes ids; a colon separates it from the asset. */
const WALLET_ID = /^[A-Za-z0-9_-]{1,128}$/

const nothing = (text: string): Objection => ({ code: 'NOTHING_TO_LOOK_UP', text })

/** The whitelisting that is asked for, or why a change of the workspace is none that a record could stand for. */
export function readWhitelisting(
  { configChange, asset, outputs }: Question,
  rules: Pick<WhitelistingConfig, 'reference'> | undefined,
): Whitelisting | Objection {
  if (configChange?.type !== 'UNMANAGED_WALLET')
    return nothing(`a change ${configChange?.type ?? 'of the workspace'} is nothing that the business system knows`)
  if (rules === undefined) return nothing('where whitelistings are looked up is not configured')
  const [output, second] = outputs
  const isOne = output !== undefined && second === undefined && configChange.addresses.length === 0
  if (!isOne || output.amountAtomic !== undefined)
    return { code: 'OUTPUTS_MISMATCH', text: 'a whitelisting is of one address and no amount' }
  const { walletId } = configChange
  if (walletId === undefined || walletId === '') return { code: 'REF_MISSING', text: 'the request names no wallet' }
  if (!WALLET_ID.test(walletId)) return { code: 'REF_INVALID', text: 'the id of the wallet is none' }
  const { address, addressText, tag = address?.tag } = output
  if (asset === undefined) return { code: 'ASSET_MISMATCH', text: 'the asset of the request is not known' }
  if (address === undefined)
    return { code: 'DESTINATION_MISMATCH', text: `the address of the request is none of ${asset.chain.id}` }
  return {
    reference: rules.reference === 'wallet_id' ? walletId : `${walletId}:${asset.id}`,
    asset,
    addressText,
    key: destinationKey(address),
    ...(tag === undefined ? {} : { tag }),
  }
}
