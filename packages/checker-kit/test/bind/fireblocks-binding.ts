import { makeV2ContractCall, makeV2KeySign, type CoboPackage } from '@callback-quorum/simulator'
import { formatAmount } from '@callback-quorum/chains'
import { bind, type Bound } from '../../src/bind/bind.ts'
import { asked, describedAs, eth, to, type Circumstances } from '../describe/fireblocks-requests.ts'
import { assets, nobodysBook, type Members } from '../describe/requests.ts'

/** Describes and binds a signing request as a checker does. Refusals of the description come out as refusals too. */
export function boundAs(content: Members, circumstances: Circumstances = {}): Bound {
  const described = describedAs(content, circumstances)
  if ('objections' in described) return { result: 'refused', objections: described.objections }
  const addresses = circumstances.addresses ?? nobodysBook
  return bind(asked(content).request, described.question, { assets, addresses })
}

interface Written {
  readonly unsigned_raw_tx: string
}

/** A signing request for the bytes that the simulator made for Cobo: bytes, digest and fee are theirs, all else is given. */
export function signing(content: CoboPackage, change: Members): Members {
  const extra = JSON.parse(content.extra_info ?? '') as {
    transaction: { raw_tx_info: Written; fee: Record<string, string> }
  }
  const { msg_hash_list: hashes } = JSON.parse(content.request_detail ?? '') as { msg_hash_list: readonly string[] }
  const { raw_tx_info: info, fee } = extra.transaction
  const rawTx = [
    {
      rawTx: info.unsigned_raw_tx.slice(2),
      payload: hashes[0]?.slice(2),
      keyDerivationPath: '[ 44, 60, 0, 0, 0 ]',
    },
  ]
  const most = BigInt(fee['gas_limit'] ?? '') * BigInt(fee['max_fee_per_gas'] ?? fee['gas_price'] ?? '')
  return { ...eth, rawTx, fee: formatAmount(most, 18), ...change }
}

const paid = (asset: string, address: string, amount: string): Members => ({
  asset,
  amountStr: amount,
  requestedAmountStr: amount,
  destAddress: address,
  ...to({ displayDstAddress: address, amountNativeStr: amount }),
})

export const coins = (address: string, amount: string): Members =>
  signing(makeV2KeySign({ to: address, amount }), paid('ETH', address, amount))

export const tokens = (address: string, amount: string): Members =>
  signing(makeV2KeySign({ to: address, amount, token: 'ETH_USDC' }), paid('USDC', address, amount))

export const call = (contract: string, calldata: string, value: string): Members =>
  signing(makeV2ContractCall({ contract, calldata, value }), {
    ...paid('ETH', contract, value),
    operation: 'CONTRACT_CALL',
    extraParameters: { contractCallData: calldata },
  })
