import type { Objection, Question } from '@callback-quorum/checker-kit'
import type { Policy } from '../policy.ts'
import { seenOf } from '../seen.ts'

/** People compare the beginning and the end of an address, and wallets show three to six characters of each. */
const BEGINNING_LENGTH_MIN = 3
const END_LENGTH_MIN = 3
/** Together: two unrelated addresses agree in seven hex digits once in 268 million times, in base58 far more seldom. */
const AGREEING_LENGTH_MIN = 7

/** Address poisoning: a destination that looks like one that the operator knows and is another. */
export function lookAlike(question: Question, policy: Policy): readonly Objection[] {
  const seen = seenOf(question, policy)
  if (seen === undefined) return []
  const { outflows, chain } = seen
  const known = policy.addresses.listedOn(chain.id).map(({ key, text }) => ({ key, text, body: bodyOf(text) }))
  return outflows.flatMap(({ to }): readonly Objection[] => {
    if (to === undefined || known.some(({ key }) => key === to.key)) return []
    const body = bodyOf(to.text)
    const twin = known.find((entry) => isAlike(entry.body, body))
    if (twin === undefined) return []
    return [{ code: 'DESTINATION_LOOKALIKE', text: `${to.text} looks like ${twin.text} and is another address` }]
  })
}

/** Without what all addresses of a chain begin with; case is compared as people do, not at all. */
const bodyOf = (text: string): string =>
  text.replace(/^(?:0x|(?:bc|tb|ltc|tltc)1[qp]|[a-z]+:[qp]|[13TLDMX])/, '').toLowerCase()

function isAlike(one: string, other: string): boolean {
  const beginning = agreeing(one, other)
  const end = agreeing(reversed(one), reversed(other))
  return beginning >= BEGINNING_LENGTH_MIN && end >= END_LENGTH_MIN && beginning + end >= AGREEING_LENGTH_MIN
}

/** Addresses are ASCII. */
const reversed = (text: string): string => Array.from(text).reverse().join('')

function agreeing(one: string, other: string): number {
  let length = 0
  while (length < one.length && length < other.length && one[length] === other[length]) length += 1
  return length
}
