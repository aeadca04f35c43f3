import type { Ceremony, KeyShareGroup, Objection, Question } from '@callback-quorum/checker-kit'
import { curveNumber, type Policy } from '../policy.ts'

/**
 * KeyGen, KeyReshare and KeyShareSign decide who holds the keys. Each is approved only when the configuration names exactly these nodes,
 * this threshold and this curve; a reshare without an entry, which moves a key to other nodes, is always refused.
 */
export function keyCeremony({ kind, ceremony }: Question, { ceremonies }: Policy): readonly Objection[] {
  if (ceremony === undefined) throw new Error('invariant: a ceremony is described')
  const { nodeIds, threshold, curve } = ceremony
  switch (kind) {
    case 'keygen': {
      const isAllowed = ceremonies.keygen.some(
        (known) =>
          curveNumber(known.curve) === (curve ?? curveNumber('secp256k1')) &&
          known.threshold === threshold &&
          isSameSet(known.node_ids, nodeIds),
      )
      return [
        ...(isAllowed ? [] : [objection('KEYGEN_NOT_ALLOWED', 'these nodes, threshold and curve are not configured')]),
        ...contradictions(ceremony, ceremony.target),
      ]
    }
    case 'keyreshare': {
      const isAllowed = ceremonies.keyreshare.some(
        (known) =>
          known.root_pub_key === ceremony.rootPubKey &&
          curveNumber(known.curve) === (curve ?? curveNumber('secp256k1')) &&
          known.threshold === threshold &&
          isSameSet(known.node_ids, nodeIds),
      )
      return [
        ...(isAllowed
          ? []
          : [objection('KEYRESHARE_NOT_ALLOWED', 'this key is not configured to move to these nodes')]),
        ...contradictions(ceremony, ceremony.target),
      ]
    }
    case 'keysharesign': {
      const { nodeId, groupIds = [] } = ceremony.shares ?? {}
      const isAllowed = ceremonies.keysharesign.some(
        (known) =>
          known.node_id === nodeId && groupIds.length > 0 && groupIds.every((id) => known.group_ids.includes(id)),
      )
      return isAllowed
        ? []
        : [objection('KEYSHARESIGN_NOT_ALLOWED', 'this node is not configured to sign with its shares of these groups')]
    }
    case 'ping':
    case 'keysign':
    case 'tx-approval':
    case 'tx-signing':
    case 'config-change':
      throw new Error(`invariant: ${kind} is no ceremony`)
    default:
      return kind satisfies never
  }
}

const objection = (code: string, text: string): Objection => ({ code, text })

/** The group that the description says is made holds the very nodes and threshold that are asked for (protocol/cobo.md 3.7). */
function contradictions({ nodeIds, threshold }: Ceremony, target: KeyShareGroup | undefined): readonly Objection[] {
  if (target === undefined) return []
  const isSame =
    (target.nodeIds.length === 0 || isSameSet(target.nodeIds, nodeIds)) &&
    (target.threshold === undefined || target.threshold === threshold)
  return isSame ? [] : [objection('CEREMONY_CONTRADICTS', 'the description names another group than is asked for')]
}

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && new Set(one).size === one.length && one.every((member) => other.includes(member))
