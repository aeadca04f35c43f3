import { testRootPubkey } from '../evm/test-wallet.ts'

/**
 * The invented customer whose node the simulator plays: one organisation, one 2-of-3 vault, shapes of protocol 3.7. Its root key is the
 * test wallet's, so that group, vault, path and source address agree with one another.
 */
export const CUSTODY = {
  organisation: 'acme',
  walletId: 'e1d0c6a4-64f6-4d0b-9f6e-5a1f0c7b2d10',
  projectId: '0d2c1a7e-98b0-4a57-8a6b-2f4f6f3b9c01',
  vaultId: '5b7a0f8e-2f0a-4b62-9d53-3c1de5a7e802',
  groupId: '2f6c4b1a-7d9e-4c83-b0a5-8e1f3d5c7a03',
  tssGroupId: 'mKvT3nQwXy7RbZ2sLpHd',
  nodeIds: [
    'cobo9Lw1kUZq2rVn5oYtXcB7mHs3eDfGjKa8pTiR4uE6',
    'coboCp4sNfQ8wGvJ1zMhRk6yTb2xLdE9aU5oXiS3nK7t',
    'coboHt7eYkWu3bDqV9mXcPj5nRg1sLzF6aT2oEiU8wK4',
  ],
  threshold: 2,
  /** 2025-01-15T09:00:00Z: when all of this was set up. */
  createdTimestampMs: 1_736_931_600_000,
} as const

/** Numbers of the node's own enums (protocol 3.3). */
export const CURVE = { secp256k1: 0, ed25519: 2 } as const
export const SIGNATURE_TYPE = { ecdsa: 1, eddsa: 2, schnorr: 3 } as const
export const TSS_PROTOCOL = { gg18: 1, lindell: 2, eddsa: 3 } as const

export const orgInfo = (organisation: string) => ({
  org_id: organisation,
  name: 'Acme Treasury',
  created_timestamp: CUSTODY.createdTimestampMs,
})

export const mpcProject = (organisation: string) => ({
  project_id: CUSTODY.projectId,
  org_id: organisation,
  name: 'Treasury',
  participants: CUSTODY.nodeIds.length,
  threshold: CUSTODY.threshold,
  created_timestamp: CUSTODY.createdTimestampMs,
})

export const mpcVault = () => ({
  vault_id: CUSTODY.vaultId,
  project_id: CUSTODY.projectId,
  name: 'Operations',
  type: 'Org-Controlled',
  root_pubkeys: [{ root_pubkey: testRootPubkey(), curve: 'SECP256K1' }],
  created_timestamp: CUSTODY.createdTimestampMs,
})

export const mpcWallet = (organisation: string, walletId: string) => ({
  wallet_id: walletId,
  wallet_type: 'MPC',
  wallet_subtype: 'Org-Controlled',
  name: 'Hot wallet',
  org_id: organisation,
  project_id: CUSTODY.projectId,
  project_name: 'Treasury',
  vault_id: CUSTODY.vaultId,
  vault_name: 'Operations',
  enable_auto_sweep: false,
})

/** One holder of each type; the third is the customer's own API node, which is the one being played. */
export const keyShareHolderGroup = (
  type: 'MainGroup' | 'SigningGroup' | 'RecoveryGroup',
  nodeIds: readonly string[] = CUSTODY.nodeIds,
  groupId: string = CUSTODY.groupId,
) => ({
  key_share_holder_group_id: groupId,
  type,
  tss_key_share_groups: [
    { tss_key_share_group_id: CUSTODY.tssGroupId, curve: 'SECP256K1', root_pubkey: testRootPubkey() },
  ],
  key_share_holders: nodeIds.map((nodeId, index) => ({
    name: ['Cobo', 'Guard phone', 'API node'][index] ?? `Holder ${String(index + 1)}`,
    type: ['Cobo', 'Mobile', 'API'][index] ?? 'API',
    tss_node_id: nodeId,
    online: true,
    signer: index !== 1,
    status: 'Valid',
  })),
  participants: nodeIds.length,
  threshold: CUSTODY.threshold,
  status: 'Valid',
  created_timestamp: CUSTODY.createdTimestampMs,
})
