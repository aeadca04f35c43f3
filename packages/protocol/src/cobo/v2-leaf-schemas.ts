import { ENTRIES_MAX, flag, int32, int64, list, NODES_MAX, text, texts, wireObject } from './wire-schema.ts'

// protocol/cobo.md 3.7. Enumerations stay raw text: what is not known must stay visible.

export const orgInfo = wireObject({
  org_id: text,
  biz_org_id: int32.optional(),
  name: text.optional(),
  created_timestamp: int64.optional(),
})

export const mpcProject = wireObject({
  project_id: text.optional(),
  org_id: text.optional(),
  name: text.optional(),
  participants: int32.optional(),
  threshold: int32.optional(),
  created_timestamp: int64.optional(),
})

export const mpcVault = wireObject({
  vault_id: text.optional(),
  project_id: text.optional(),
  name: text.optional(),
  type: text.optional(),
  root_pubkeys: list(wireObject({ root_pubkey: text.optional(), curve: text.optional() }), ENTRIES_MAX).optional(),
  created_timestamp: int64.optional(),
})

export const mpcWallet = wireObject({
  wallet_id: text,
  wallet_type: text,
  wallet_subtype: text,
  name: text,
  org_id: text,
  vault_id: text,
  enable_auto_sweep: flag.optional(),
  project_id: text.optional(),
  project_name: text.optional(),
  vault_name: text.optional(),
})

const tssGroups = wireObject({
  tss_key_share_group_id: text.optional(),
  curve: text.optional(),
  root_pubkey: text.optional(),
})

const keyShareHolder = wireObject({
  name: text.optional(),
  type: text.optional(),
  tss_node_id: text.optional(),
  online: flag.optional(),
  signer: flag.optional(),
  status: text.optional(),
  account_id: text.optional(),
})

export const keyShareHolderGroup = wireObject({
  key_share_holder_group_id: text.optional(),
  type: text.optional(),
  tss_key_share_groups: list(tssGroups, ENTRIES_MAX).optional(),
  key_share_holders: list(keyShareHolder, NODES_MAX).optional(),
  participants: int32.optional(),
  threshold: int32.optional(),
  status: text.optional(),
  created_timestamp: int64.optional(),
})

export const tssRequest = wireObject({
  tss_request_id: text.optional(),
  source_key_share_holder_group: wireObject({
    key_share_holder_group_id: text,
    tss_node_ids: texts(NODES_MAX).optional(),
  }).optional(),
  target_key_share_holder_group_id: text.optional(),
  type: text.optional(),
  status: text.optional(),
  description: text.optional(),
  created_timestamp: int64.optional(),
})

export const addressInfo = wireObject({
  address: text,
  chain_id: text,
  memo: text.optional(),
  path: text.optional(),
  encoding: text.optional(),
  pubkey: text.optional(),
  x_only_pubkey: text.optional(),
  root_pubkey: text.optional(),
  taproot_script_tree_hash: text.optional(),
  taproot_internal_address: text.optional(),
  stellar_trusted_token_ids: texts(ENTRIES_MAX).optional(),
})
