import type { Objection } from '@callback-quorum/checker-kit'
import type { Claiming, HeldClaim } from './claim.ts'

/** What asking for a taken reference comes to. `again`: it is the holder's. `replaces`: it excludes on chain every signature that was given. */
export type Shared =
  { readonly as: 'again' } | { readonly as: 'replaces' } | { readonly as: 'refused'; readonly objection: Objection }

const refused = (code: string, text: string): Shared => ({ as: 'refused', objection: { code, text } })

/**
 * Whether a transaction may have a reference that is held. All signatures of one claim share a slot, so that one of them at most can be final:
 * one that does not is refused, also a holder's own when it is not alone. (Alone, checker-kit refuses it: SECOND_SIGNATURE.)
 */
export function shareClaim(held: HeldClaim, asks: Claiming): Shared {
  const hasSameTerms = held.termsDigest === asks.termsDigest
  const excludesAll = asks.isSigning && held.slots !== null && held.slots.some((slot) => asks.slots.includes(slot))
  if (!held.holders.includes(asks.businessKey))
    return hasSameTerms && excludesAll
      ? { as: 'replaces' }
      : refused('REF_ALREADY_USED', 'another transaction already used this reference')
  if (!hasSameTerms)
    return refused('INTENT_CHANGED', 'the payment was changed in the business system after it had been approved here')
  return !asks.isSigning || held.holders.length === 1 || excludesAll
    ? { as: 'again' }
    : refused('REF_ALREADY_USED', 'another transaction replaced this one, and not this signature of it')
}
