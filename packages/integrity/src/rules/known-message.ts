import type { Decoded } from '@callback-quorum/chains'
import type { Objection, Question } from '@callback-quorum/checker-kit'
import type { MessagePolicy, Policy } from '../policy.ts'
import { seenOf } from '../seen.ts'

type Message = NonNullable<Decoded['message']>

/** Messages are signed only when the operator named them: EIP-712 by domain and primary type, EIP-191 by a pattern for the whole text. */
export function knownMessage(question: Question, policy: Policy): readonly Objection[] {
  const seen = seenOf(question, policy)
  if (seen?.message === undefined) return []
  const { message, chain, effects } = seen
  const isBlind = effects.some(({ effect }) => effect === 'unknown')
  if (message.standard === 'eip-191' && isBlind)
    return [{ code: 'MESSAGE_BLIND', text: 'a digest is signed whose content is not known' }]
  if (policy.messages.some((known) => known.chainId === chain.id && isThis(known, message))) return []
  const what = message.standard === 'eip-191' ? 'this text' : `${message.primaryType ?? 'a message'} of this domain`
  return [{ code: 'MESSAGE_NOT_ALLOWED', text: `signing ${what} is not allowed here` }]
}

function isThis(known: MessagePolicy, { standard, text, domain, primaryType }: Message): boolean {
  if (known.standard === 'eip-191') return standard === 'eip-191' && text !== undefined && known.pattern.test(text)
  return (
    standard === 'eip-712' &&
    primaryType === known.primaryType &&
    domain?.name === known.domain.name &&
    domain?.version === known.domain.version &&
    domain?.chainId === known.domain.chainId &&
    domain?.verifyingContract?.key === known.domain.verifyingContract &&
    domain?.salt === undefined
  )
}
