import type { AddressKey } from '@callback-quorum/chains'
import type { Binding, Objection, Question } from '@callback-quorum/checker-kit'
import type { Policy } from '../policy.ts'
import { seenOf } from '../seen.ts'

/**
 * A call or a message shows people a contract, not who is paid by it. So whoever its data pays is ours, allow-listed by the operator, or
 * a contract named as one that receives; and what moves is an asset of the registry. A plain transfer names its recipients, which are
 * compared with the bytes; an approval of it must name them so that they can be.
 */
export function knownRecipient(question: Question, policy: Policy): readonly Objection[] {
  const seen = seenOf(question, policy)
  if (seen === undefined) return []
  if (question.operation === 'transfer') return unreadable(question)
  const { outflows, chain, called } = seen
  return outflows.flatMap((outflow): readonly Objection[] => {
    const { effect, to, own, asset, amountAtomic, at } = outflow
    if (effect === 'deploy' || amountAtomic === 0n) return []
    const objections: Objection[] = []
    if (asset === undefined)
      objections.push({ code: 'TOKEN_UNKNOWN', text: `what moves at ${at} is not in the asset registry` })
    if (effect !== 'allowance' && to !== undefined && !own && !isKnown(to.key, called, outflow))
      objections.push({ code: 'RECIPIENT_HIDDEN', text: `the call data pays ${to.text} at ${at}, which nothing names` })
    return objections
  })

  function isKnown(key: AddressKey, calledKey: AddressKey | undefined, outflow: Binding['outflows'][number]): boolean {
    // Coins that go along with the call go to the contract that the description names.
    if (outflow.at === 'transaction' && outflow.holding.kind === 'coin' && key === calledKey) return true
    return policy.addresses.allowListed(key, chain.id) !== undefined || policy.contract(chain, key)?.receives === true
  }
}

/** A vault account that is paid may be named without an address until it is signed for; what is written as an address must be one. */
const unreadable = ({ outputs }: Question): readonly Objection[] =>
  outputs
    .filter(({ address, addressText }) => address === undefined && addressText !== '')
    .map(() => ({ code: 'RECIPIENT_UNREADABLE', text: 'a destination is no address of its chain' }))
