import type { Question } from './question.ts'

/** Members that are bigints wherever a question has them; stored-json.ts writes them as decimal strings. */
const BIGINTS: ReadonlySet<string> = new Set([
  'amountAtomic',
  'maxAtomic',
  'totalAtomic',
  'valueAtomic',
  'chainId',
  'evmChainId',
  'nonce',
  'untilSeconds',
  'expiresAtMs',
])

/**
 * The question of a verdict record, to be judged again. Everything in it is as it was, but that `binding.isOwn` throws: what was ours then is in
 * `outflows` alone. Throws for a value that is no stored question.
 */
export function readStoredQuestion(stored: unknown): Question {
  const question = revived(stored)
  if (!isQuestion(question)) throw new TypeError('not the question of a verdict record')
  if (question.binding === undefined) return question
  return { ...question, binding: { ...question.binding, isOwn: unknownOwner } }
}

const unknownOwner = (): never => {
  throw new Error('invariant: whose an account was is not asked of a stored question')
}

function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived)
  if (typeof value !== 'object' || value === null) return value
  const isItem = 'kind' in value && value.kind === 'item'
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const isBigint = BIGINTS.has(name) || (isItem && name === 'tokenId')
      return [name, isBigint && typeof member === 'string' ? BigInt(member) : revived(member)]
    }),
  )
}

function isQuestion(value: unknown): value is Question {
  return (
    typeof value === 'object' &&
    value !== null &&
    'businessKey' in value &&
    'outputs' in value &&
    Array.isArray(value.outputs) &&
    'sources' in value &&
    Array.isArray(value.sources)
  )
}
