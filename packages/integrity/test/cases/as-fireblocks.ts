import type { Question } from '@callback-quorum/checker-kit'
import { businessKey } from '@callback-quorum/protocol'

export const PLAYERS = ['cloud-1', 'cloud-2', 'device-1'] as const

/** A bound payment as a Co-signer asks for its signature: the bytes are the same, and who pays is only known as a vault account. */
export function asSigning(question: Question, players: readonly string[] = PLAYERS): Question {
  const { initiator: _, ...asked } = question
  return {
    ...asked,
    platform: 'fireblocks',
    dialect: 'fireblocks-jwt',
    kind: 'tx-signing',
    signerId: 'api-user-1',
    businessKey: businessKey('fireblocks', question.organisation, question.transactionId),
    wallet: 'VAULT:0',
    sources: [],
    keyUse: {
      nodeIds: players,
      paths: ['m/44/60/0/0/0'],
      tweaks: [],
      vaultRootPubKeys: [],
      sourceAddresses: [],
    },
  }
}

/** The approval before it: the same description, without bytes, hashes and devices. */
export function asApproval(signing: Question): Question {
  const { binding, ...described } = asSigning(signing, [])
  const message = binding?.decoded.message === undefined ? {} : { shownMessage: binding.decoded }
  return { ...described, kind: 'tx-approval', signingHashes: [], ...message }
}
