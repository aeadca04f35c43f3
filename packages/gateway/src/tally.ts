import type { Kind } from '@callback-quorum/protocol'
import type { Vote } from './vote.ts'

/** Who must approve one kind of request of one caller. */
export interface Requirement {
  readonly kind: Kind
  readonly require: readonly string[]
  readonly acceptUnbound: boolean
}

export interface Objection {
  readonly checker: string
  readonly codes: readonly string[]
  readonly reason: string
}

export interface Doubt {
  readonly checker: string
  readonly cause: Extract<Vote, { result: 'failed' }>['cause']
  readonly reason: string
  /** What a checker that cannot tell gave as its codes. */
  readonly codes?: readonly string[]
}

/** Both lists empty is the one way to an approval. */
export interface Tally {
  readonly objections: readonly Objection[]
  readonly doubts: readonly Doubt[]
}

/** These use a key share on bytes: somebody must have bound the bytes to what was judged. */
const BINDING_KINDS: readonly Kind[] = ['keysign', 'tx-signing']

/**
 * Folds the votes of the required checkers. Pure: neither the order of the votes nor a vote of a checker that is not required
 * changes anything, and a rejection added to any votes never approves.
 */
export function tally(requirement: Requirement, votes: readonly Vote[]): Tally {
  if (requirement.require.length === 0) throw new Error('invariant: a quorum of nobody refuses to boot')
  const objections: Objection[] = []
  const failures: Doubt[] = []
  const unheard: Doubt[] = []
  let isBound = false
  for (const checker of requirement.require) {
    const own = votes.filter((vote) => vote.checker === checker)
    if (own.length === 0) unheard.push({ checker, cause: 'timeout', reason: 'was not asked or has not answered' })
    for (const vote of own) {
      switch (vote.result) {
        case 'approved':
          isBound ||= vote.bound === 'raw'
          break
        case 'rejected':
          objections.push({ checker, codes: vote.codes, reason: vote.reason })
          break
        case 'failed':
          failures.push({
            checker,
            cause: vote.cause,
            reason: vote.reason,
            ...(vote.codes === undefined ? {} : { codes: vote.codes }),
          })
          break
        case 'cancelled':
          unheard.push({ checker, cause: 'timeout', reason: 'was not waited for' })
          break
        default:
          throw new Error(`invariant: unknown vote ${JSON.stringify(vote satisfies never)}`)
      }
    }
  }
  // The first doubt is the cause that is told: whoever was not heard because another one failed is none.
  const doubts = [...failures, ...unheard]
  const mustBind = BINDING_KINDS.includes(requirement.kind) && !requirement.acceptUnbound
  if (mustBind && !isBound && objections.length === 0 && doubts.length === 0) {
    objections.push({
      checker: 'gateway',
      codes: ['UNBOUND'],
      reason: 'UNBOUND: no checker bound the bytes to be signed to what was judged',
    })
  }
  return { objections, doubts }
}
