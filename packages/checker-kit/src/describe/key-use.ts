import type { CoboV1KeySign, CoboV2KeySign } from '@callback-quorum/protocol'
import type { KeyShareGroup, KeyUse } from '../question.ts'

type Detail = CoboV1KeySign['detail']
type HolderGroup = NonNullable<CoboV2KeySign['extra']['signer_key_share_holder_group']>

/** Which key signs (protocol/cobo.md 2.2): v1 has nothing beside the detail that it could be compared with. */
export function readKeyUseV1({ detail, extra }: CoboV1KeySign): KeyUse {
  const { from_address: from } = extra
  return { ...ofDetail(detail), vaultRootPubKeys: [], sourceAddresses: from ? [{ address: from }] : [] }
}

/** protocol/cobo.md 3.2, 3.6, 3.7. */
export function readKeyUseV2({ detail, extra }: CoboV2KeySign): KeyUse {
  const { signer_key_share_holder_group: signer, vault, source_addresses: sources } = extra
  return {
    ...ofDetail(detail),
    ...(signer && { signer: readHolderGroup(signer) }),
    vaultRootPubKeys: (vault?.root_pubkeys ?? []).flatMap(({ root_pubkey: key }) => (key ? [key] : [])),
    sourceAddresses: (sources ?? []).map(({ address, path, root_pubkey: rootPubKey }) => ({
      address,
      ...(path && { path }),
      ...(rootPubKey && { rootPubKey }),
    })),
  }
}

export function readHolderGroup(group: HolderGroup): KeyShareGroup {
  const { key_share_holder_group_id: id, threshold } = group
  return {
    ...(id && { id }),
    keys: (group.tss_key_share_groups ?? []).map((key) => ({
      ...(key.tss_key_share_group_id && { groupId: key.tss_key_share_group_id }),
      ...(key.curve && { curve: key.curve }),
      ...(key.root_pubkey && { rootPubKey: key.root_pubkey }),
    })),
    nodeIds: (group.key_share_holders ?? []).flatMap(({ tss_node_id: nodeId }) => (nodeId ? [nodeId] : [])),
    ...(threshold !== undefined && { threshold }),
  }
}

function ofDetail(detail: Detail): Omit<KeyUse, 'vaultRootPubKeys' | 'sourceAddresses'> {
  const {
    group_id: groupId,
    root_pub_key: rootPubKey,
    signature_type: signatureType,
    tss_protocol: tssProtocol,
  } = detail
  return {
    ...(groupId && { groupId }),
    ...(rootPubKey && { rootPubKey }),
    nodeIds: detail.used_node_ids ?? [],
    paths: detail.bip32_path_list ?? [],
    tweaks: (detail.tweak_list ?? []).map((text) => text.replace(/^0[xX]/, '').toLowerCase()),
    ...(signatureType !== undefined && { signatureType }),
    ...(tssProtocol !== undefined && { tssProtocol }),
  }
}
