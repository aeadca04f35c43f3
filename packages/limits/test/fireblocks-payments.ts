import type { Question } from '@callback-quorum/checker-kit'
import { businessKey } from '@callback-quorum/protocol'
import { payment, type PaymentOptions } from './payments.ts'

/** A payment as a Co-signer asks about it; the wallet is a vault account, and nobody is said to have started it. */
export interface AskedOptions extends PaymentOptions {
  readonly caller?: string
}

/** Asked for its approval: the description alone. */
export function approvalOf(options: AskedOptions): Question {
  const { slots: _slots, feeAtomic: _fee, ...described } = options
  return asFireblocks(payment({ wallet: 'VAULT:0', ...described }), 'tx-approval', options.caller)
}

/** Asked for its signature: with bytes, unless `slots` is left out. */
export const signingOf = (options: AskedOptions): Question =>
  asFireblocks(payment({ wallet: 'VAULT:0', ...options }), 'tx-signing', options.caller)

/** The destinations are vault accounts without an address, as they are before they are signed for. */
export const withoutAddresses = (question: Question): Question => ({
  ...question,
  outputs: question.outputs.map(({ address: _, ...output }) => ({ ...output, addressText: '' })),
})

function asFireblocks(question: Question, kind: Question['kind'], caller = 'cosigner-1'): Question {
  return {
    ...question,
    caller,
    platform: 'fireblocks',
    dialect: 'fireblocks-jwt',
    kind,
    signerId: 'api-user-1',
    businessKey: businessKey('fireblocks', question.organisation, question.transactionId),
  }
}
