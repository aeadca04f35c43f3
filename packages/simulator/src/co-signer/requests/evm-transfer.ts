import { formatAmount, parseAmount } from '@callback-quorum/chains'
import { addr } from 'micro-eth-signer'
import { EVM_ASSETS, type EvmAsset } from '../../evm/evm-assets.ts'
import { encodeErc20Transfer, encodeUnsigned } from '../../evm/unsigned-transaction.ts'
import type { CosignerRequest } from '../cosigner-request.ts'
import { destAddressOf, destinationEntry, type FireblocksPlaceKind, summaryOf } from './destination.ts'
import {
  type FireblocksPlan,
  type FireblocksTransactionOptions,
  paddedAmount,
  planFireblocks,
  type RawTxElement,
  transactionRequest,
} from './transaction.ts'

export interface FireblocksEvmOptions extends FireblocksTransactionOptions {
  readonly nonce?: bigint
  readonly feeModel?: 'eip1559' | 'legacy'
  readonly gasLimit?: bigint
  /** Of legacy transactions the price itself. */
  readonly maxFeePerGasWei?: bigint
  readonly maxPriorityFeePerGasWei?: bigint
}

export interface FireblocksTransferOptions extends FireblocksEvmOptions {
  /** Fireblocks asset id of a coin or an ERC-20 token. Default ETH. */
  readonly asset?: string
  readonly to: string
  /** Decimal, in whole coins or tokens. */
  readonly amount: string
  /** Default: unmanaged, a whitelisted address. */
  readonly destination?: { readonly kind: FireblocksPlaceKind; readonly id?: string; readonly name?: string }
  /** What the description claims instead, while the raw transaction does what `to` and `amount` say: a lying platform. */
  readonly describedAs?: { readonly to?: string; readonly amount?: string }
}

/** Gas of a plain transfer (Yellow Paper, G_transaction), and ample for an ERC-20 transfer to a new holder. */
const GAS_TRANSFER = 21_000n
const GAS_TOKEN_TRANSFER = 94_043n
const MAX_FEE_PER_GAS_WEI = 30_000_000_000n
const MAX_PRIORITY_FEE_PER_GAS_WEI = 1_500_000_000n
const COIN_DECIMALS = 18
/** Wide: two payments of one account with one nonce are a replacement, and only one of them counts. */
const NONCE_RANGE = 1_000_000_000
/** SLIP-44 of Ethereum, which the vendor's path names for every EVM chain. */
const COIN_TYPE = 60

/** A payment of coins or ERC-20 tokens to one address. */
export function makeFireblocksTransfer(o: FireblocksTransferOptions): CosignerRequest {
  const plan = planFireblocks(o)
  const asset = fireblocksAsset(o.asset ?? 'ETH')
  const amountAtomic = parseAmount(o.amount, asset.decimals)
  const signed = signedCall(plan, o, asset, GAS_TOKEN_TRANSFER, (coin) =>
    coin === undefined
      ? { to: o.to, valueAtomic: amountAtomic, gasLimit: GAS_TRANSFER }
      : { to: coin, valueAtomic: 0n, data: encodeErc20Transfer(o.to, amountAtomic) },
  )
  const amount = o.describedAs?.amount ?? o.amount
  const address = addr.addChecksum(o.describedAs?.to ?? o.to)
  const places = [{ kind: 'unmanaged', ...o.destination, address, amount } as const]
  return transactionRequest(
    {
      operation: 'TRANSFER',
      summary: summaryOf(places, asset.fireblocksAssetId, amount, asset.decimals),
      destAddress: destAddressOf(places, plan.isSigning),
      destinations: places.map((place) => destinationEntry(place, plan.isSigning)),
      ...signed,
    },
    plan,
    o,
  )
}

export interface EvmCall {
  readonly to: string
  readonly valueAtomic: bigint
  readonly data?: string
  readonly gasLimit?: bigint
}

/** Estimated fee in coins (gas limit x highest price, as in both published samples) and the one element of `rawTx`. */
export function signedCall(
  { ids, vault }: FireblocksPlan,
  o: FireblocksEvmOptions,
  asset: EvmAsset,
  gasLimitDefault: bigint,
  callOf: (contract: string | undefined) => EvmCall,
): { readonly fee: string; readonly rawTx: readonly RawTxElement[] } {
  const call = callOf(asset.contract)
  const gasLimit = o.gasLimit ?? call.gasLimit ?? gasLimitDefault
  const nonce = o.nonce ?? BigInt(ids.bytes('nonce').readUInt32BE(0) % NONCE_RANGE)
  const { maxFeePerGasWei = MAX_FEE_PER_GAS_WEI, maxPriorityFeePerGasWei = MAX_PRIORITY_FEE_PER_GAS_WEI } = o
  const fields = { ...call, gasLimit, nonce, chainId: asset.chainId }
  const unsigned =
    o.feeModel === 'legacy'
      ? encodeUnsigned({ ...fields, type: 'legacy', gasPriceWei: maxFeePerGasWei })
      : encodeUnsigned({
          ...fields,
          type: 'eip1559',
          maxFeePerGasWei,
          maxPriorityFeePerGasWei,
        })
  const element = { raw: unsigned.raw.slice(2), payload: unsigned.hash.slice(2), path: evmPath(vault) }
  const fee = formatAmount(gasLimit * maxFeePerGasWei, COIN_DECIMALS)
  return { fee: paddedAmount(fee, COIN_DECIMALS), rawTx: [element] }
}

/** Of the one address that a vault account has on account-based chains. */
export const evmPath = (vault: number): RawTxElement['path'] => [44, COIN_TYPE, vault, 0, 0]

export type FireblocksAsset = EvmAsset & { readonly fireblocksAssetId: string }

/** Throws RangeError for an asset that the simulator does not know. */
export function fireblocksAsset(assetId: string): FireblocksAsset {
  const assets: readonly EvmAsset[] = EVM_ASSETS
  const found = assets.find(({ fireblocksAssetId }) => fireblocksAssetId === assetId)
  if (found?.fireblocksAssetId === undefined) throw new RangeError(`the simulator knows no asset ${assetId}`)
  return { ...found, fireblocksAssetId: found.fireblocksAssetId }
}
