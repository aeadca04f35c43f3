import type { Objection, Question } from '@callback-quorum/checker-kit'
import type { Policy } from '../policy.ts'
import { approvedBy } from '../seen.ts'

/** An approval whose description does not say what is done is refused: a digest, an operation that is not understood, an asset that is not known. */
export function shownPayment(question: Question, policy: Policy): readonly Objection[] {
  const shown = approvedBy(question, policy)
  return 'code' in shown ? [shown] : []
}
