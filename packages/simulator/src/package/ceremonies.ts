import type { CoboPackage } from '../cobo-package.ts'
import { testRootPubkey } from '../evm/test-wallet.ts'
import { CURVE, CUSTODY, keyShareHolderGroup, mpcProject, mpcVault, mpcWallet, orgInfo } from './custody.ts'
import { createIds } from './ids.ts'

/** Everything that makes, moves or checks key shares instead of signing with them. */
export interface CeremonyOptions {
  readonly requestId?: string
  readonly organisation?: string
  /** The holders after the ceremony. */
  readonly nodeIds?: readonly string[]
  readonly threshold?: number
  readonly seed?: number
  readonly createdAtMs?: number
}

function planCeremony(o: CeremonyOptions) {
  const ids = createIds(o.seed)
  const createdAtMs = o.createdAtMs ?? Date.now()
  return {
    ids,
    createdAtMs,
    requestId: o.requestId ?? ids.hex('request', 12),
    organisation: o.organisation ?? CUSTODY.organisation,
    nodeIds: o.nodeIds ?? CUSTODY.nodeIds,
    threshold: o.threshold ?? CUSTODY.threshold,
    taskId: ids.dated('task', createdAtMs),
    bizTaskId: ids.uuid('biz-task'),
    coboId: ids.dated('cobo', createdAtMs),
    reference: `ceremony_${ids.uuid('reference')}`,
    /** The group that comes out of the ceremony. */
    newGroupId: ids.uuid('group'),
  }
}

type Plan = ReturnType<typeof planCeremony>

const packageOf = (plan: Plan, type: number, detail: object, extra: object): CoboPackage => ({
  request_id: plan.requestId,
  request_type: type,
  request_detail: JSON.stringify(detail),
  extra_info: JSON.stringify(extra),
})

const keyGenDetail = ({ threshold, nodeIds, taskId }: Plan) => ({
  threshold,
  node_ids: nodeIds,
  curve: CURVE.secp256k1,
  task_id: taskId,
})

const keyReshareDetail = ({ threshold, nodeIds, taskId }: Plan) => ({
  old_group_id: CUSTODY.tssGroupId,
  root_pub_key: testRootPubkey(),
  curve: CURVE.secp256k1,
  used_node_ids: [CUSTODY.nodeIds[0], CUSTODY.nodeIds[2]],
  old_threshold: CUSTODY.threshold,
  new_threshold: threshold,
  new_node_ids: nodeIds,
  task_id: taskId,
})

export function makeV1KeyGen(o: CeremonyOptions = {}): CoboPackage {
  const plan = planCeremony(o)
  return packageOf(plan, 1, keyGenDetail(plan), { cobo_id: plan.coboId, api_request_id: plan.reference })
}

export function makeV1KeyReshare(o: CeremonyOptions = {}): CoboPackage {
  const plan = planCeremony(o)
  return packageOf(plan, 3, keyReshareDetail(plan), { cobo_id: plan.coboId, api_request_id: plan.reference })
}

export function makeV2KeyGen(o: CeremonyOptions = {}): CoboPackage {
  const plan = planCeremony(o)
  const extra = {
    ...owners(plan),
    target_key_share_holder_group: targetGroup(plan),
    tss_request: tssRequest(plan, 'KeyGen'),
  }
  return packageOf(plan, 1, { ...keyGenDetail(plan), biz_task_id: plan.bizTaskId }, extra)
}

export function makeV2KeyReshare(o: CeremonyOptions = {}): CoboPackage {
  const plan = planCeremony(o)
  const extra = {
    ...owners(plan),
    source_key_share_holder_group: keyShareHolderGroup('MainGroup'),
    target_key_share_holder_group: targetGroup(plan),
    tss_request: tssRequest(plan, 'Recovery'),
  }
  return packageOf(plan, 3, { ...keyReshareDetail(plan), biz_task_id: plan.bizTaskId }, extra)
}

/** A checkup of the node's share (protocol 3.5); `message` is hex. */
export function makeV2KeyShareSign(o: CeremonyOptions & { readonly message?: string } = {}): CoboPackage {
  const plan = planCeremony(o)
  const detail = {
    node_id: CUSTODY.nodeIds[2],
    task_id: plan.taskId,
    details: [{ group_id: CUSTODY.tssGroupId, message: o.message ?? plan.ids.hex('message', 64) }],
    biz_task_id: plan.bizTaskId,
  }
  const extra = {
    ...owners(plan),
    wallet: mpcWallet(plan.organisation, CUSTODY.walletId),
    validity_key_share_holder_groups: [keyShareHolderGroup('MainGroup')],
  }
  return packageOf(plan, 5, detail, extra)
}

const owners = ({ organisation }: Plan) => ({
  org: orgInfo(organisation),
  project: mpcProject(organisation),
  vault: mpcVault(),
})

/** The shares of a target group do not exist yet. */
const targetGroup = (plan: Plan) => ({
  ...keyShareHolderGroup('SigningGroup', plan.nodeIds, plan.newGroupId),
  tss_key_share_groups: null,
  threshold: plan.threshold,
  status: 'New',
})

const tssRequest = (plan: Plan, type: 'KeyGen' | 'Recovery') => ({
  tss_request_id: plan.bizTaskId,
  source_key_share_holder_group: { key_share_holder_group_id: CUSTODY.groupId, tss_node_ids: CUSTODY.nodeIds },
  target_key_share_holder_group_id: plan.newGroupId,
  type,
  status: 'MPCProcessing',
  description: '',
  created_timestamp: plan.createdAtMs,
})
