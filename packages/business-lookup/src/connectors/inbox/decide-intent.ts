import type { Intent } from '../../record/intent.ts'
import { isApproved, termsOf } from './approved-terms.ts'
import type { Conflict } from './push.ts'

/** The version that stands. `intent` is undefined when today's mapping cannot read what was stored under another one. */
export interface Standing {
  readonly version: bigint
  readonly recordDigest: string
  readonly intent: Intent | undefined
  /** A version of the reference had an approved status. */
  readonly approved: boolean
}

export interface Arriving {
  readonly version: bigint
  readonly recordDigest: string
  readonly intent: Intent
}

/** `replace`: it stands now. `keep`: it changes nothing but that an approved version is known of; `isKnown`: this very version came before. */
export type IntentDecision =
  | { readonly act: 'replace'; readonly approved: boolean }
  | {
      readonly act: 'keep'
      readonly result: 'repeated' | 'older' | 'disputed'
      readonly approved: boolean
      readonly isKnown: boolean
    }
  | { readonly act: 'refuse'; readonly conflict: Exclude<Conflict, 'event_id_reused'> }

/**
 * Decides about a version that arrives, beside the one that stands. `sameVersionDigest` is the digest under which this very version was accepted
 * before, if it was. An approved version binds the later ones to its terms; when it comes late and they differ, the reference is disputed.
 */
export function decideIntent(
  standing: Standing | undefined,
  arriving: Arriving,
  sameVersionDigest: string | undefined,
  approvedStatus: readonly string[],
): IntentDecision {
  const arrivesApproved = isApproved(arriving.intent, approvedStatus)
  if (standing === undefined) return { act: 'replace', approved: arrivesApproved }
  const { intent } = standing
  const wasApproved = standing.approved || (intent !== undefined && isApproved(intent, approvedStatus))
  const known = arriving.version === standing.version ? standing.recordDigest : sameVersionDigest
  if (known !== undefined)
    return known === arriving.recordDigest
      ? {
          act: 'keep',
          result: arriving.version === standing.version ? 'repeated' : 'older',
          approved: wasApproved,
          isKnown: true,
        }
      : { act: 'refuse', conflict: 'version_conflict' }
  const isSame = intent !== undefined && termsOf(intent) === termsOf(arriving.intent)
  if (arriving.version < standing.version)
    return {
      act: 'keep',
      result: arrivesApproved && !isSame ? 'disputed' : 'older',
      approved: wasApproved || arrivesApproved,
      isKnown: false,
    }
  return wasApproved && !isSame
    ? { act: 'refuse', conflict: 'changed_after_approval' }
    : { act: 'replace', approved: wasApproved || arrivesApproved }
}
