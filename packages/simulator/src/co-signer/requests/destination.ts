import { NumberText, type WrittenObject } from '@callback-quorum/protocol'
import { eightDecimals, paddedAmount } from './transaction.ts'

/** Where a payment goes. `vault`: another account of the workspace; `unmanaged`: a whitelisted address; `one-time`: any address. */
export type FireblocksPlaceKind = 'vault' | 'unmanaged' | 'one-time' | 'exchange'

export interface FireblocksPlace {
  readonly kind: FireblocksPlaceKind
  /** Vault account, wallet or exchange account; one-time addresses have none. */
  readonly id?: string
  readonly name?: string
  readonly address: string
  /** Decimal, in whole coins or tokens. */
  readonly amount: string
}

// protocol/fireblocks.md 2.2, 2.3: the same place has other words at the top than in the list.
const TYPES: Readonly<Record<FireblocksPlaceKind, { readonly top: string; readonly entry: string }>> = {
  vault: { top: 'VAULT', entry: 'VAULT' },
  unmanaged: { top: 'UNMANAGED', entry: 'UNMANAGED' },
  'one-time': { top: 'ONE_TIME_ADDRESS', entry: 'ONE_TIME_ADDRESS' },
  exchange: { top: 'EXCHANGE', entry: 'EXCHANGE_ACCOUNT' },
}
/** The vendor's own sample of a rule that lets everything pass. */
const CAPTURED_RULE =
  '{"type":"TRANSFER","transactionType":"TRANSFER","asset":"*","amount":0,"operators":{"wildcard":"*"},"applyForApprove":true,' +
  '"action":"ALLOW","src":{"ids":[["*"]]},"dst":{"ids":[["*"]]},"dstAddressType":"*","amountCurrency":"USD","amountScope":"SINGLE_TX",' +
  '"periodSec":0}'

const idOf = ({ kind, id }: FireblocksPlace): string => (kind === 'one-time' ? '' : (id ?? '1'))
const addressTypeOf = ({ kind }: FireblocksPlace): string => (kind === 'one-time' ? 'ONE_TIME' : 'WHITELISTED')
/** Whether an approval names the address. UNCERTAIN: no approval was ever published; those of vault accounts are left to signing. */
const isAddressKnownEarly = ({ kind }: FireblocksPlace): boolean => kind === 'one-time' || kind === 'unmanaged'

/** One entry of `destinations`. */
export function destinationEntry(place: FireblocksPlace, isSigning: boolean): WrittenObject {
  const isOneTime = place.kind === 'one-time'
  return {
    amountNative: eightDecimals(place.amount),
    amountNativeStr: place.amount,
    amountUSD: new NumberText('1.00000000'),
    ...(isAddressKnownEarly(place) && { dstAddress: place.address }),
    dstAddressType: addressTypeOf(place),
    dstId: idOf(place),
    ...(!isOneTime && { dstWalletId: '' }),
    ...(!isOneTime && { dstName: place.name ?? `Destination ${idOf(place)}` }),
    ...(!isOneTime && { dstSubType: place.kind === 'unmanaged' ? 'EXTERNAL' : '' }),
    dstType: TYPES[place.kind].entry,
    ...(isSigning && { displayDstAddress: place.address }),
    action: 'ALLOW',
    actionInfo: {
      capturedRuleNum: new NumberText('5'),
      rulesSnapshotId: new NumberText('8164'),
      byGlobalPolicy: false,
      byRule: true,
      capturedRule: CAPTURED_RULE,
    },
  }
}

/** Members at the top that speak of the one destination; of several only the sum is told. UNCERTAIN: no such payload was published. */
export function summaryOf(
  places: readonly FireblocksPlace[],
  asset: string,
  total: string,
  decimals: number,
): WrittenObject {
  const [place, ...others] = places
  return {
    ...(place !== undefined && others.length === 0 && { destType: TYPES[place.kind].top, destId: idOf(place) }),
    asset,
    amount: eightDecimals(total),
    amountStr: paddedAmount(total, decimals),
    requestedAmount: eightDecimals(total),
    requestedAmountStr: total,
  }
}

export function destAddressOf(places: readonly FireblocksPlace[], isSigning: boolean): WrittenObject {
  const [place, ...others] = places
  if (place === undefined || others.length > 0) return {}
  const isKnown = isSigning || isAddressKnownEarly(place)
  return { destAddressType: addressTypeOf(place), ...(isKnown && { destAddress: place.address }) }
}
