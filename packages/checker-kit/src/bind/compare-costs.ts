import {
  ChainsFault,
  parseAmount,
  parseAtomic,
  type AssetRegistry,
  type Chain,
  type Decoded,
} from '@callback-quorum/chains'
import type { CoboV2KeySign } from '@callback-quorum/protocol'
import type { AskedRequest } from '../describe/describe.ts'
import { coinOf } from '../describe/place.ts'
import { statedFeeOf } from './stated-fee.ts'
import type { RefuseBinding } from './refusal.ts'

type Fee = NonNullable<NonNullable<CoboV2KeySign['extra']['transaction']>['fee']>

/**
 * Nonce and fee of a v2 description, where it names them (protocol/cobo.md 3.8.3, 3.8.4). v1 has figures whose unit no source is sure
 * of; they are not compared, and the caps of the integrity checker look at the bytes. Fireblocks names the most that it may cost.
 */
export function compareCosts(
  request: AskedRequest,
  decoded: Decoded,
  chain: Chain,
  assets: AssetRegistry,
  refuse: RefuseBinding,
): void {
  if ('endpoint' in request) {
    const stated = request.endpoint === 'tx' ? statedFeeOf(request.fee, chain, assets) : undefined
    checkFee(
      stated === undefined || stated === 'unreadable' ? stated : { atomic: stated, is: 'at-most' },
      decoded,
      refuse,
    )
    return
  }
  if (request.dialect !== 'cobo-v2' || request.kind !== 'keysign') return
  const { fee, raw_tx_info: info } = request.extra.transaction ?? {}
  if (info?.used_nonce !== undefined && decoded.nonce !== undefined && BigInt(info.used_nonce) !== decoded.nonce)
    refuse('RAW_NONCE_DIFFERS', `the bytes have nonce ${decoded.nonce.toString()}, the description another one`)
  if (fee === undefined) return
  checkFee(statedFee(fee, coinOf(chain, assets)?.decimals), decoded, refuse)
}

/** Undefined: the description names no bound. */
function checkFee(stated: StatedFee | 'unreadable' | undefined, { fee }: Decoded, refuse: RefuseBinding): void {
  if (stated === undefined || fee?.maxAtomic === undefined) return
  if (stated === 'unreadable') refuse('RAW_FEE_DIFFERS', 'the fee of the description cannot be read')
  else if (!agrees(stated, fee.maxAtomic))
    refuse('RAW_FEE_DIFFERS', 'the bytes may cost another fee than the description says')
}

interface StatedFee {
  readonly atomic: bigint
  readonly is: 'exact' | 'at-most'
}

const agrees = ({ atomic, is }: StatedFee, maxAtomic: bigint): boolean =>
  is === 'exact' ? maxAtomic === atomic : maxAtomic <= atomic

/** The type of a fee says nothing about the chain, its members do. */
function statedFee(fee: Fee, decimals: number | undefined): StatedFee | 'unreadable' | undefined {
  try {
    switch (fee.fee_type) {
      case 'EVM_EIP_1559':
        return gas(fee.gas_limit, fee.max_fee_per_gas)
      case 'EVM_Legacy':
        return gas(fee.gas_limit, fee.gas_price)
      case 'UTXO':
      case 'Fixed':
        if (!fee.max_fee_amount || decimals === undefined) return undefined
        return { atomic: parseAmount(fee.max_fee_amount, decimals), is: 'at-most' }
      case 'SOL':
      case 'FIL':
      case 'unknown':
        return undefined
      default:
        return fee satisfies never
    }
  } catch (error) {
    if (error instanceof ChainsFault) return 'unreadable'
    throw error
  }
}

const gas = (limit: string | undefined, priceWei: string | undefined): StatedFee | undefined =>
  limit && priceWei ? { atomic: parseAtomic(limit) * parseAtomic(priceWei), is: 'exact' } : undefined
