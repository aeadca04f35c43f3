import { transactionDestination } from './v2-destination-schema.ts'
import { transactionFee } from './v2-fee-schema.ts'
import { transactionSource } from './v2-source-schema.ts'
import {
  ENTRIES_MAX,
  flag,
  identifier,
  INPUTS_MAX,
  int32,
  int64,
  list,
  objectOrText,
  OUTPUTS_MAX,
  text,
  texts,
  wireObject,
} from './wire-schema.ts'

// protocol/cobo.md 3.8

const selectedUtxo = wireObject({
  tx_hash: text.optional(),
  vout_n: int32.optional(),
  token_id: text.optional(),
  address: text.optional(),
  value: text.optional(),
  redeem_script: text.optional(),
  revealed_script: text.optional(),
  object_id: text.optional(),
  version: text.optional(),
})

const utxoChange = wireObject({ address: text.optional(), value: text.optional(), token_id: text.optional() })

const rawTxInfo = wireObject({
  used_nonce: int64.optional(),
  selected_utxos: list(selectedUtxo, INPUTS_MAX).optional(),
  raw_tx: text.optional(),
  unsigned_raw_tx: text.optional(),
  utxo_change: utxoChange.optional(),
  utxo_changes: list(utxoChange, OUTPUTS_MAX).optional(),
})

const replacement = wireObject({
  replaced_by_type: text.optional(),
  replaced_by_transaction_id: text.optional(),
  replaced_by_transaction_hash: text.optional(),
  replaced_type: text.optional(),
  replaced_transaction_id: text.optional(),
  replaced_transaction_hash: text.optional(),
})

export const transaction = wireObject({
  transaction_id: identifier,
  cobo_id: identifier.optional(),
  request_id: identifier.optional(),
  wallet_id: text,
  type: text.optional(),
  status: text,
  sub_status: text.optional(),
  failed_reason: text.optional(),
  chain_id: text.optional(),
  token_id: text.optional(),
  asset_id: text.optional(),
  source: transactionSource,
  destination: transactionDestination,
  result: wireObject({ result_type: text.optional(), signature: text }).optional(),
  fee: transactionFee.optional(),
  initiator: text.optional(),
  initiator_type: text,
  confirmed_num: int32.optional(),
  confirming_threshold: int32.optional(),
  transaction_hash: text.optional(),
  block_info: wireObject({
    block_number: int64.optional(),
    block_timestamp: int64.optional(),
    block_hash: text.optional(),
  }).optional(),
  raw_tx_info: rawTxInfo.optional(),
  replacement: replacement.optional(),
  category: texts(ENTRIES_MAX).optional(),
  description: text.optional(),
  is_loop: flag.optional(),
  cobo_category: texts(ENTRIES_MAX).optional(),
  extra: list(objectOrText, ENTRIES_MAX).optional(),
  fueling_info: wireObject({
    request_id: text.optional(),
    transaction_id: text.optional(),
    main_transaction_id: text.optional(),
  }).optional(),
  transaction_process_type: text.optional(),
  created_timestamp: int64,
  updated_timestamp: int64,
})
