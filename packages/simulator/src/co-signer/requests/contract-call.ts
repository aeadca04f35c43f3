import { formatAmount, parseAmount } from '@callback-quorum/chains'
import { addr } from 'micro-eth-signer'
import type { CosignerRequest } from '../cosigner-request.ts'
import { destAddressOf, destinationEntry, type FireblocksPlaceKind, summaryOf } from './destination.ts'
import { type FireblocksEvmOptions, fireblocksAsset, signedCall } from './evm-transfer.ts'
import { planFireblocks, transactionRequest } from './transaction.ts'

export interface FireblocksContractCallOptions extends FireblocksEvmOptions {
  /** A chain's own coin. Default ETH. */
  readonly asset?: string
  readonly contract: string
  /** Hex with 0x. */
  readonly calldata: string
  /** Coins sent along, decimal. */
  readonly value?: string
  readonly destination?: { readonly kind: FireblocksPlaceKind; readonly id?: string; readonly name?: string }
  /** What `contractCallData` claims instead, hex with 0x, while the raw transaction calls with `calldata`. */
  readonly describedCalldata?: string
}

const GAS_CONTRACT_CALL = 250_000n
const COIN_DECIMALS = 18

/** A call of a contract. UNCERTAIN: no such payload was ever published; members as the vendor's pages name them. */
export function makeFireblocksContractCall(o: FireblocksContractCallOptions): CosignerRequest {
  const plan = planFireblocks(o)
  const asset = fireblocksAsset(o.asset ?? 'ETH')
  if (asset.contract !== undefined) throw new RangeError('a call is made in the coin of its chain')
  const valueAtomic = parseAmount(o.value ?? '0', COIN_DECIMALS)
  const amount = formatAmount(valueAtomic, COIN_DECIMALS)
  const places = [
    { ...({ kind: 'unmanaged', ...o.destination } as const), address: addr.addChecksum(o.contract), amount },
  ]
  return transactionRequest(
    {
      operation: 'CONTRACT_CALL',
      summary: summaryOf(places, asset.fireblocksAssetId, amount, COIN_DECIMALS),
      destAddress: destAddressOf(places, plan.isSigning),
      destinations: places.map((place) => ({
        ...destinationEntry(place, plan.isSigning),
        ...(place.kind === 'unmanaged' && { dstSubType: 'CONTRACT' }),
      })),
      extraParameters: { contractCallData: (o.describedCalldata ?? o.calldata).replace(/^0x/, '') },
      ...signedCall(plan, o, asset, GAS_CONTRACT_CALL, () => ({ to: o.contract, valueAtomic, data: o.calldata })),
    },
    plan,
    o,
  )
}
