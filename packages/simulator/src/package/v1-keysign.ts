import type { CoboPackage } from '../cobo-package.ts'
import { testRootPubkey } from '../evm/test-wallet.ts'
import { CUSTODY, SIGNATURE_TYPE, TSS_PROTOCOL } from './custody.ts'
import { planTransfer, type TransferOptions, type TransferPlan } from './transfer.ts'

/** Numbers of the v1 enums (protocol 2.4). */
const TRANSACTION_TYPE = { web: 100, api: 102 } as const
const OPERATION_TRANSFER = 100
const GWEI_WEI = 1_000_000_000n

/** A withdrawal in the v1 dialect: amounts in base units, and JSON texts inside the JSON text (protocol 2.2). */
export function makeV1KeySign(o: TransferOptions): CoboPackage {
  const plan = planTransfer(o)
  const detail = {
    group_id: CUSTODY.tssGroupId,
    root_pub_key: testRootPubkey(),
    used_node_ids: [CUSTODY.nodeIds[0], CUSTODY.nodeIds[2]],
    bip32_path_list: [plan.path],
    msg_hash_list: [plan.unsigned.hash],
    tweak_list: ['0x00'],
    signature_type: SIGNATURE_TYPE.ecdsa,
    tss_protocol: TSS_PROTOCOL.gg18,
    task_id: plan.ids.dated('task', plan.createdAtMs),
  }
  return {
    request_id: plan.requestId,
    request_type: 2,
    request_detail: JSON.stringify(detail),
    extra_info: JSON.stringify(extraInfo(plan)),
  }
}

function extraInfo(plan: TransferPlan) {
  const byApi = plan.initiatorType === 'API'
  return {
    cobo_id: plan.coboId,
    api_request_id: plan.reference,
    transaction_type: byApi ? TRANSACTION_TYPE.api : TRANSACTION_TYPE.web,
    operation: OPERATION_TRANSFER,
    coin: plan.asset.coboTokenId,
    decimal: plan.asset.decimals,
    from_address: plan.from,
    amount: String(plan.amountAtomic),
    to_address: plan.to,
    to_address_details: JSON.stringify([{ to_address: plan.to, amount: String(plan.amountAtomic) }]),
    gas_price: Number(plan.fees.maxFeePerGasWei / GWEI_WEI),
    gas_limit: Number(plan.fees.gasLimit),
    extra_parameters: JSON.stringify({ inputs_to_spend: [], inputs_to_exclude: [] }),
    api_key: byApi ? plan.initiator : '',
    spender: byApi ? '' : plan.initiator,
    custody_wallet_name: 'Hot wallet',
    raw_tx_hex: plan.unsigned.raw,
    raw_tx: [{ raw_tx: plan.unsigned.raw, derivation_path: plan.path }],
    raw_tx_info: JSON.stringify({ used_nonce: Number(plan.nonce), unsigned_raw_tx: plan.unsigned.raw }),
    note: '',
  }
}
