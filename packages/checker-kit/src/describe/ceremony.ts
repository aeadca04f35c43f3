import type { CoboRequest } from '@callback-quorum/protocol'
import type { Ceremony } from '../question.ts'
import { readHolderGroup } from './key-use.ts'

type CeremonyRequest = Exclude<CoboRequest, { kind: 'keysign' }>

/** A key ceremony seen neutrally (protocol/cobo.md 2.1, 2.3, 3.1, 3.4 to 3.6). */
export function readCeremony(request: CeremonyRequest): Ceremony {
  switch (request.kind) {
    case 'keygen': {
      const { detail, extra } = request
      return { ...curveOf(detail), ...holders(detail.node_ids, detail.threshold), ...groupsOf(extra) }
    }
    case 'keyreshare': {
      const { detail, extra } = request
      return {
        ...curveOf(detail),
        ...(detail.root_pub_key && { rootPubKey: detail.root_pub_key }),
        ...holders(detail.new_node_ids, detail.new_threshold),
        old: {
          ...(detail.old_group_id && { groupId: detail.old_group_id }),
          ...holders(detail.used_node_ids, detail.old_threshold),
        },
        ...groupsOf(extra),
      }
    }
    case 'keysharesign': {
      const { detail } = request
      return {
        nodeIds: [],
        shares: {
          ...(detail.node_id && { nodeId: detail.node_id }),
          groupIds: (detail.details ?? []).map(({ group_id: groupId }) => groupId ?? ''),
        },
      }
    }
    default:
      return request satisfies never
  }
}

type Extra = Extract<CeremonyRequest, { kind: 'keygen' | 'keyreshare' }>['extra']

function groupsOf(extra: Extra): Pick<Ceremony, 'target' | 'source'> {
  const target = 'target_key_share_holder_group' in extra ? extra.target_key_share_holder_group : undefined
  const source = 'source_key_share_holder_group' in extra ? extra.source_key_share_holder_group : undefined
  return { ...(target && { target: readHolderGroup(target) }), ...(source && { source: readHolderGroup(source) }) }
}

const curveOf = ({ curve }: { readonly curve?: number | undefined }): Pick<Ceremony, 'curve'> =>
  curve === undefined ? {} : { curve }

const holders = (
  nodeIds: readonly string[] | undefined,
  threshold: number | undefined,
): Pick<Ceremony, 'nodeIds' | 'threshold'> => ({
  nodeIds: nodeIds ?? [],
  ...(threshold !== undefined && { threshold }),
})
