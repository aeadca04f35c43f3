import {
  ENTRIES_MAX,
  figure,
  identifier,
  INPUTS_MAX,
  int32,
  list,
  nestedJson,
  openWireObject,
  NODES_MAX,
  OUTPUTS_MAX,
  jsonObject,
  text,
  texts,
  wireObject,
} from './wire-schema.ts'

// protocol/cobo.md section 2. Required is what a request cannot be understood without: the sender's encoder leaves out zero and
// empty members, so "required" in the vendor's tables does not mean present.

export const v1KeyGenDetail = wireObject({
  threshold: int32,
  node_ids: texts(NODES_MAX),
  curve: int32.optional(),
  task_id: identifier.optional(),
})

export const v1CeremonyExtra = wireObject({
  cobo_id: identifier,
  api_request_id: identifier.optional(),
})

export const v1KeySignDetail = wireObject({
  group_id: text.optional(),
  root_pub_key: text.optional(),
  used_node_ids: texts(NODES_MAX).optional(),
  bip32_path_list: texts(INPUTS_MAX).optional(),
  msg_hash_list: texts(INPUTS_MAX).optional(),
  tweak_list: texts(INPUTS_MAX).optional(),
  signature_type: int32.optional(),
  tss_protocol: int32.optional(),
  task_id: identifier.optional(),
})

export const v1KeyReshareDetail = wireObject({
  old_group_id: text.optional(),
  root_pub_key: text.optional(),
  curve: int32.optional(),
  used_node_ids: texts(NODES_MAX).optional(),
  old_threshold: int32.optional(),
  new_threshold: int32.optional(),
  new_node_ids: texts(NODES_MAX).optional(),
  task_id: identifier.optional(),
})

const input = wireObject({ tx_hash: text.optional(), vout_n: int32.optional() })

const toAddressDetails = list(wireObject({ to_address: text, amount: figure }), OUTPUTS_MAX)

/** The rest is passed through: for contract calls it carries the calldata, under names that no public source lists. */
const extraParameters = openWireObject({
  inputs_to_spend: list(input, INPUTS_MAX).optional(),
  inputs_to_exclude: list(input, INPUTS_MAX).optional(),
})

export const v1KeySignExtra = wireObject({
  cobo_id: identifier,
  api_request_id: identifier.optional(),
  transaction_type: int32,
  operation: int32,
  coin: text,
  decimal: int32.optional(),
  from_address: text.optional(),
  amount: text.optional(),
  to_address: text.optional(),
  to_address_details: text.optional(),
  fee: figure.optional(),
  gas_price: figure.optional(),
  gas_limit: figure.optional(),
  extra_parameters: text.optional(),
  replace_cobo_id: identifier.optional(),
  api_key: text.optional(),
  spender: text.optional(),
  operator: text.optional(),
  custody_wallet_name: text.optional(),
  gas_station_child_id: text.optional(),
  raw_tx_hex: text.optional(),
  raw_tx: list(wireObject({ raw_tx: text.optional(), derivation_path: text.optional() }), ENTRIES_MAX).optional(),
  raw_tx_info: text.optional(),
  note: text.optional(),
}).transform((extra, context) => ({
  ...extra,
  to_address_details_parsed: nestedJson('to_address_details', extra.to_address_details, toAddressDetails, context),
  extra_parameters_parsed: nestedJson('extra_parameters', extra.extra_parameters, extraParameters, context),
  raw_tx_info_parsed: nestedJson('raw_tx_info', extra.raw_tx_info, jsonObject, context),
}))
