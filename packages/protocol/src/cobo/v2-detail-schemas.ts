import { identifier, INPUTS_MAX, int32, ENTRIES_MAX, list, NODES_MAX, text, texts, wireObject } from './wire-schema.ts'

// protocol/cobo.md 3.1, 3.2, 3.4, 3.5: every member is optional on the wire.

export const v2KeyGenDetail = wireObject({
  threshold: int32.optional(),
  node_ids: texts(NODES_MAX).optional(),
  curve: int32.optional(),
  task_id: identifier.optional(),
  biz_task_id: identifier.optional(),
})

export const v2KeySignDetail = wireObject({
  group_id: text.optional(),
  root_pub_key: text.optional(),
  used_node_ids: texts(NODES_MAX).optional(),
  bip32_path_list: texts(INPUTS_MAX).optional(),
  msg_hash_list: texts(INPUTS_MAX).optional(),
  tweak_list: texts(INPUTS_MAX).optional(),
  signature_type: int32.optional(),
  tss_protocol: int32.optional(),
  task_id: identifier.optional(),
  biz_task_id: identifier.optional(),
})

export const v2KeyReshareDetail = wireObject({
  old_group_id: text.optional(),
  root_pub_key: text.optional(),
  curve: int32.optional(),
  used_node_ids: texts(NODES_MAX).optional(),
  old_threshold: int32.optional(),
  new_threshold: int32.optional(),
  new_node_ids: texts(NODES_MAX).optional(),
  task_id: identifier.optional(),
  biz_task_id: identifier.optional(),
})

export const v2KeyShareSignDetail = wireObject({
  node_id: text.optional(),
  task_id: identifier.optional(),
  details: list(wireObject({ group_id: text.optional(), message: text.optional() }), ENTRIES_MAX).optional(),
  biz_task_id: identifier.optional(),
})
