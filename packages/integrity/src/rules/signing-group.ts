import type { Objection, Question } from '@callback-quorum/checker-kit'
import type { Policy } from '../policy.ts'

/**
 * The key that signs is one of the configured groups, its nodes are holders of that group, and what the description says of group,
 * vault and source addresses is the same key (protocol/cobo.md 3.7). v1 describes no group: its key is compared with the configuration only.
 */
export function signingGroup({ keyUse, dialect }: Question, { groups }: Policy): readonly Objection[] {
  if (keyUse === undefined) throw new Error('invariant: a payment uses a key')
  const { rootPubKey, groupId, nodeIds, signer, vaultRootPubKeys, sourceAddresses } = keyUse
  const objections: Objection[] = []
  const refuse = (code: string, text: string): void => void objections.push({ code, text })

  const group = groups.find((known) => known.rootPubKey === rootPubKey)
  if (group === undefined) refuse('GROUP_UNKNOWN', 'the root key is of no group that may sign')
  else {
    if (group.groupId !== undefined && group.groupId !== groupId)
      refuse('GROUP_UNKNOWN', 'the group is not the configured one of this root key')
    const { nodeIds: allowed } = group
    if (allowed !== undefined && nodeIds.some((id) => !allowed.includes(id)))
      refuse('NODE_UNKNOWN', 'a node takes part that is not a configured one of this group')
  }
  if (new Set(nodeIds).size !== nodeIds.length) refuse('NODE_REPEATED', 'a node takes part twice')

  if (dialect === 'cobo-v2') {
    if (signer === undefined) refuse('GROUP_MISSING', 'the description names no group of key share holders')
    else {
      const isSame = signer.keys.some((key) => key.groupId === groupId && key.rootPubKey === rootPubKey)
      if (!isSame) refuse('GROUP_MISMATCH', 'group and root key are not those of the signing group')
      if (nodeIds.length === 0 || nodeIds.some((id) => !signer.nodeIds.includes(id)))
        refuse('GROUP_MISMATCH', 'a node takes part that holds no share of the signing group')
      if (signer.threshold !== undefined && nodeIds.length < signer.threshold)
        refuse('GROUP_MISMATCH', 'fewer nodes take part than the group needs')
    }
    if (vaultRootPubKeys.length > 0 && !vaultRootPubKeys.some((key) => key === rootPubKey))
      refuse('GROUP_MISMATCH', 'the root key is not one of the vault')
  }
  if (sourceAddresses.some((source) => source.rootPubKey !== undefined && source.rootPubKey !== rootPubKey))
    refuse('GROUP_MISMATCH', 'a source address is said to be of another root key')
  return objections
}
