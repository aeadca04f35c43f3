import type { Objection, Question } from '@callback-quorum/checker-kit'
import type { Problem } from '@callback-quorum/service'
import { isWhitelistingReference } from './whitelisting/whitelisting-reference.ts'

/** Where the reference of a payment is found. */
export const REFERENCE_SOURCES = ['reference', 'transaction_id', 'description'] as const

export interface ReferenceRules {
  /** The first that is not empty is the reference. */
  readonly from: readonly (typeof REFERENCE_SOURCES)[number][]
  /** An anchored regular expression; its group `reference`, if it has one, cuts the reference out of a longer text. */
  readonly pattern: string
}

/** A reference is an id. The pattern is the operator's and may need a time that grows with the text, which is the platform's. */
const TEXT_LENGTH_MAX = 256

/** No reference has one, and no database takes all of them. */
const CONTROL = /\p{Cc}/u

export type ReadReference = (question: Question) => { readonly reference: string } | Objection

/** Throws SyntaxError for a pattern that checkReferencePattern refuses. */
export function createReferenceReader({ from, pattern }: ReferenceRules): ReadReference {
  // Wrapped, because the anchors of `^a|b$` hold for one alternative each.
  const form = new RegExp(`^(?:${pattern})$`, 'u')
  const hasGroup = namedGroups(pattern).length > 0
  return (question) => {
    const text = from.map((source) => textAt(question, source)).find((found) => found !== undefined && found !== '')
    if (text === undefined) return { code: 'REF_MISSING', text: 'the request carries no reference' }
    const invalid: Objection = { code: 'REF_INVALID', text: 'the reference does not have the agreed form' }
    if (text.length > TEXT_LENGTH_MAX || CONTROL.test(text) || isWhitelistingReference(text)) return invalid
    const match = form.exec(text)
    if (match === null) return invalid
    const reference = hasGroup ? match.groups?.['reference'] : text
    return reference === undefined || reference === '' || isWhitelistingReference(reference) ? invalid : { reference }
  }
}

function textAt(question: Question, source: ReferenceRules['from'][number]): string | undefined {
  switch (source) {
    case 'reference':
      return question.reference
    case 'transaction_id':
      return question.transactionId
    case 'description':
      return question.description
    default:
      return source satisfies never
  }
}

interface Group {
  readonly name: string
  readonly body: string
  /** What stands behind its closing parenthesis. */
  readonly rest: string
}

/** Why a pattern cannot be used. */
export function checkReferencePattern(pattern: string): readonly Problem[] {
  const problem = (why: string): readonly Problem[] => [
    {
      path: ['reference', 'pattern'],
      problem: why,
      expected: 'an anchored regular expression with at most one named group, (?<reference>...), that is never empty',
      example: '"^(?<reference>WD-[0-9]{8})(?:-R[0-9])?$"',
    },
  ]
  try {
    new RegExp(pattern, 'u')
  } catch {
    return problem('is no regular expression')
  }
  const [group, ...more] = namedGroups(pattern)
  if (group === undefined) return []
  if (more.length > 0) return problem('has several named groups')
  if (group.name !== 'reference') return problem(`has a group named ${group.name}`)
  return canBeEmpty(group) ? problem('has a group that can be empty') : []
}

/** A quantifier that lets it be absent, or a body that matches nothing. What this cannot see is REF_INVALID when it happens. */
function canBeEmpty({ body, rest }: Group): boolean {
  if (/^(?:[?*]|\{0)/.test(rest)) return true
  try {
    return new RegExp(`^(?:${body})$`, 'u').test('')
  } catch {
    // A body that only means something beside the rest of the pattern, such as a back reference.
    return true
  }
}

/** The named groups of a valid pattern: escapes and character classes hide parentheses. */
function namedGroups(pattern: string): readonly Group[] {
  const found: { name: string; from: number; depth: number; to?: number }[] = []
  let depth = 0
  let isInClass = false
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index]
    if (character === '\\') index += 1
    else if (isInClass) isInClass = character !== ']'
    else if (character === '[') isInClass = true
    else if (character === '(') {
      depth += 1
      const [opening, name] = /^\(\?<([^=!>][^>]*)>/.exec(pattern.slice(index)) ?? []
      if (opening !== undefined && name !== undefined) found.push({ name, from: index + opening.length, depth })
    } else if (character === ')') {
      const open = found.findLast((group) => group.depth === depth && group.to === undefined)
      if (open !== undefined) open.to = index
      depth -= 1
    }
  }
  return found.map(({ name, from, to = pattern.length }) => ({
    name,
    body: pattern.slice(from, to),
    rest: pattern.slice(to + 1),
  }))
}
