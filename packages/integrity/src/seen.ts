import { shownByDescription, type Question, type Shown, type Unshown } from '@callback-quorum/checker-kit'
import type { Fee } from '@callback-quorum/chains'
import type { Policy } from './policy.ts'

/** What a rule looks at: what the bytes do, or for an approval what its description says. */
export type Seen = Shown & { readonly fee?: Fee }

/**
 * What a payment does. Where something is signed that is what its bytes do, and only that: this checker is started with `judges: raw` and accepts
 * nothing unbound, so that the binding is always there. An approval signs nothing and has no bytes: it is seen by its description, which the signing is
 * compared with. Undefined for an approval whose description does not say what is done; shown-payment refuses it.
 */
export function seenOf(question: Question, policy: Pick<Policy, 'assets' | 'addresses'>): Seen | undefined {
  if (question.kind === 'tx-approval') {
    const shown = approvedBy(question, policy)
    return 'code' in shown ? undefined : shown
  }
  const { binding, chain } = question
  if (binding === undefined || binding.isUnproven === true || chain === undefined)
    throw new Error('invariant: only bound payments reach the rules')
  const { decoded, outflows, isOwn } = binding
  const { effects, fee, message } = decoded
  const called = decoded.call?.to?.key
  return {
    chain,
    effects,
    outflows,
    isOwn,
    ...(fee !== undefined && { fee }),
    ...(called !== undefined && { called }),
    ...(message !== undefined && { message }),
  }
}

/** By the description of an approval, or why it cannot be seen. */
export function approvedBy(question: Question, policy: Pick<Policy, 'assets' | 'addresses'>): Shown | Unshown {
  if (question.kind !== 'tx-approval') throw new Error('invariant: only an approval is judged by its description')
  return shownByDescription(question, policy)
}
