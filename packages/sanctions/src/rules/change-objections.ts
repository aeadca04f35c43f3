import type { Objection, Question } from '@callback-quorum/checker-kit'
import { changedAddresses } from './changed-addresses.ts'
import { unknownOwner } from './unknown-owner.ts'

/**
 * Says no to a change of the workspace in which no address can be screened: one that names none, whatever its type, and every type that has
 * none to name. An operator who has nothing against such a change says `approve` in `config_changes`.
 */
export function changeObjections(question: Question): readonly Objection[] {
  const { configChange, asset, outputs } = question
  const type = configChange?.type
  switch (type) {
    case 'UNMANAGED_WALLET':
    case 'EXCHANGE':
    case 'FIAT_ACCOUNT': {
      const changed = changedAddresses(question)
      if (outputs.length + changed.length === 0) return nothing(`a change ${type} without an address`)
      return [...unknownOwner(asset, outputs), ...changed.flatMap((one) => unknownOwner(one.asset, [one.output]))]
    }
    case 'ADD_NETWORK_CONNECTION':
    case 'SET_NETWORK_CONNECTION_ROUTING_POLICY':
    case 'SET_NETWORK_ID_POLICY':
    case 'ADD_USER':
    case 'RE_ENROLL_DEVICE':
    case 'ENABLE_ONE_TIME_ADDRESS':
    case 'CHANGE_QUORUM_THRESHOLD':
    case 'UPDATE_APPROVAL_GROUP_MAPPING':
    case 'USERS_GROUP_APPROVAL':
    case 'POLICY_APPROVAL':
    case 'POLICY_CHANGE':
    case undefined:
      return nothing(`a change ${type ?? 'of the workspace'} names no address`)
    default:
      return nothing(`a change ${String(type satisfies never)}`)
  }
}

const nothing = (what: string): readonly Objection[] => [
  { code: 'NOTHING_TO_SCREEN', text: `${what} cannot be screened` },
]
