import { formatAmount, parseAmount } from '@callback-quorum/chains'
import { addr } from 'micro-eth-signer'
import { type EvmAsset, type EvmChain, type EvmToken, evmAsset } from '../evm/evm-assets.ts'
import { testAddress } from '../evm/test-wallet.ts'
import { encodeErc20Transfer, encodeUnsigned, type UnsignedTransaction } from '../evm/unsigned-transaction.ts'
import { CUSTODY } from './custody.ts'
import { createIds, type Ids } from './ids.ts'

/** What every request about signing can be told; everything left out is invented, the same for the same seed. */
export interface SigningOptions {
  readonly requestId?: string
  readonly transactionId?: string
  readonly coboId?: string
  /** `transaction.request_id` (v2), `api_request_id` (v1): the customer's own reference. */
  readonly reference?: string
  readonly organisation?: string
  readonly walletId?: string
  readonly initiator?: string
  readonly initiatorType?: 'API' | 'Web' | 'App' | 'External'
  readonly chain?: EvmChain
  /** The signing account; without it the test wallet's account `addressIndex`. */
  readonly from?: string
  readonly addressIndex?: number
  readonly nonce?: bigint
  readonly seed?: number
  /** When the platform made the transaction. Default: now. */
  readonly createdAtMs?: number
}

export interface TransferOptions extends SigningOptions {
  /** Cobo token id; without it the coin of the chain. */
  readonly token?: EvmToken
  readonly to: string
  /** Decimal, in whole coins or tokens. */
  readonly amount: string
  readonly feeModel?: 'eip1559' | 'legacy'
  /** What the description claims instead, while the raw transaction does what `to` and `amount` say: a lying platform. */
  readonly describedAs?: { readonly to?: string; readonly amount?: string }
}

/** The figures that both dialects are written from. */
export interface SigningPlan {
  readonly ids: Ids
  readonly requestId: string
  readonly transactionId: string
  readonly coboId: string
  readonly reference: string
  readonly organisation: string
  readonly walletId: string
  readonly initiator: string
  readonly initiatorType: string
  readonly asset: EvmAsset
  readonly from: string
  readonly path: string
  readonly pubkey?: string
  readonly nonce: bigint
  readonly createdAtMs: number
}

export interface TransferPlan extends SigningPlan {
  readonly to: string
  readonly amount: string
  readonly amountAtomic: bigint
  readonly fees: Fees
  readonly unsigned: UnsignedTransaction
}

export interface Fees {
  readonly model: 'eip1559' | 'legacy'
  readonly gasLimit: bigint
  readonly maxFeePerGasWei: bigint
  readonly maxPriorityFeePerGasWei: bigint
}

/** Gas of a plain transfer (Yellow Paper, G_transaction). */
const GAS_TRANSFER = 21_000n
/** Ample for an ERC-20 transfer to a new holder; the vector of a real one says 94,043. */
const GAS_TOKEN_TRANSFER = 94_043n
const MAX_FEE_PER_GAS_WEI = 30_000_000_000n
const MAX_PRIORITY_FEE_PER_GAS_WEI = 1_500_000_000n
/** Wide: two payments of one account with one nonce are a replacement, and only one of them counts. */
const NONCE_RANGE = 1_000_000_000
/** Decimals of the coin in which every EVM chain counts fees. */
const COIN_DECIMALS = 18

export function planSigning(o: SigningOptions, token?: EvmToken): SigningPlan {
  const ids = createIds(o.seed)
  const createdAtMs = o.createdAtMs ?? Date.now()
  const account = testAddress(o.addressIndex)
  return {
    ids,
    requestId: o.requestId ?? ids.hex('request', 12),
    transactionId: o.transactionId ?? ids.uuid('transaction'),
    coboId: o.coboId ?? ids.dated('cobo', createdAtMs),
    reference: o.reference ?? `withdrawal_${ids.uuid('reference')}`,
    organisation: o.organisation ?? CUSTODY.organisation,
    walletId: o.walletId ?? CUSTODY.walletId,
    initiator: o.initiator ?? 'treasury-api-key',
    initiatorType: o.initiatorType ?? 'API',
    asset: evmAsset(o.chain, token),
    from: addr.addChecksum(o.from ?? account.address),
    path: account.path,
    // Only an address that was derived has a known key.
    ...(o.from === undefined || o.from.toLowerCase() === account.address.toLowerCase()
      ? { pubkey: account.pubkey }
      : {}),
    nonce: o.nonce ?? BigInt(ids.bytes('nonce').readUInt32BE(0) % NONCE_RANGE),
    createdAtMs,
  }
}

export function planTransfer(o: TransferOptions): TransferPlan {
  const plan = planSigning(o, o.token)
  const { asset } = plan
  const amountAtomic = parseAmount(o.amount, asset.decimals)
  const described = o.describedAs?.amount
  const fees = feesOf(o.feeModel ?? 'eip1559', asset.contract === undefined ? GAS_TRANSFER : GAS_TOKEN_TRANSFER)
  const call =
    asset.contract === undefined
      ? { to: o.to, valueAtomic: amountAtomic }
      : { to: asset.contract, valueAtomic: 0n, data: encodeErc20Transfer(o.to, amountAtomic) }
  return {
    ...plan,
    to: o.describedAs?.to ?? o.to,
    amount: described ?? o.amount,
    amountAtomic: described === undefined ? amountAtomic : parseAmount(described, asset.decimals),
    fees,
    unsigned: unsignedCall(plan, call, fees),
  }
}

export interface Call {
  readonly to: string
  readonly valueAtomic: bigint
  readonly data?: string
}

export function unsignedCall({ asset, nonce }: SigningPlan, call: Call, fees: Fees): UnsignedTransaction {
  const fields = { ...call, chainId: asset.chainId, nonce, gasLimit: fees.gasLimit }
  return fees.model === 'legacy'
    ? encodeUnsigned({ ...fields, type: 'legacy', gasPriceWei: fees.maxFeePerGasWei })
    : encodeUnsigned({ ...fees, ...fields, type: 'eip1559' })
}

export const feesOf = (model: Fees['model'], gasLimit: bigint): Fees => ({
  model,
  gasLimit,
  maxFeePerGasWei: MAX_FEE_PER_GAS_WEI,
  maxPriorityFeePerGasWei: MAX_PRIORITY_FEE_PER_GAS_WEI,
})

/** `transaction.fee` of v2 (protocol 3.8.3); every figure is text. */
export function feeObject({ model, gasLimit, maxFeePerGasWei, maxPriorityFeePerGasWei }: Fees, tokenId: string) {
  const estimated = {
    token_id: tokenId,
    estimated_fee_used: formatAmount(gasLimit * maxFeePerGasWei, COIN_DECIMALS),
    gas_limit: String(gasLimit),
  }
  if (model === 'legacy') return { fee_type: 'EVM_Legacy', ...estimated, gas_price: String(maxFeePerGasWei) }
  return {
    fee_type: 'EVM_EIP_1559',
    ...estimated,
    max_fee_per_gas: String(maxFeePerGasWei),
    max_priority_fee_per_gas: String(maxPriorityFeePerGasWei),
  }
}
