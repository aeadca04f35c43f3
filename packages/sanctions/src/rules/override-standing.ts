import type { Question } from '@callback-quorum/checker-kit'
import type { AllowOverride } from '../desk/desk-entries.ts'
import { entryFingerprint } from '../desk/entry-fingerprint.ts'
import type { ListedMatch } from '../list/address-index.ts'
import { amountMoved } from './amount-moved.ts'
import type { ScreenedSubject } from './screen-subjects.ts'

/** `entries-changed` voids an override for good; the others keep it from this payment. */
export type OverrideStanding =
  'valid' | 'other-address' | 'other-wallet' | 'expired' | 'entries-changed' | 'licence-missing' | 'amount-over'

/** Whether an override allows one address of a payment in spite of these matches, at `now`. Everything but `valid` does not. */
export function overrideStanding(
  override: AllowOverride,
  subject: ScreenedSubject,
  blocking: readonly ListedMatch[],
  question: Question,
  now: Date,
): OverrideStanding {
  const key = subject.address?.key
  if (key === undefined || ![key, ...(subject.owners ?? [])].some((own) => override.keys.includes(own)))
    return 'other-address'
  if (walletOf(question) !== override.wallet || question.organisation !== override.organisation) return 'other-wallet'
  if (override.expiresAt <= now) return 'expired'
  const bound = new Set(override.boundTo.map(({ entryFingerprint: fingerprint }) => fingerprint))
  if (blocking.some(({ source, row }) => !bound.has(entryFingerprint(source, row)))) return 'entries-changed'
  // Made for another encoding of the key, which needs no licence, it must not allow the listed address itself.
  if (override.licenceRef === undefined && blocking.some(needsLicence)) return 'licence-missing'
  if (override.maximum !== undefined) {
    const moved = amountMoved(question, override.maximum.asset, key)
    if (moved === undefined || moved > override.maximum.amountAtomic) return 'amount-over'
  }
  return 'valid'
}

/** Whose payments an override is for; of a whitelisting the wallet that the address is put into. */
const walletOf = ({ wallet, configChange }: Question): string | undefined => {
  if (configChange === undefined) return wallet
  return configChange.walletId === undefined ? undefined : `${configChange.type}:${configChange.walletId}`
}

/** The address itself is listed: only a licence of the publisher's state allows it (domain/sanctions 1.5). */
export const needsLicence = ({ strength }: ListedMatch): boolean => strength !== 'L2'
