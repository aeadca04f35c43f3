import { AdminFault } from '@callback-quorum/service'
import type { CanonicalAddress } from '@callback-quorum/chains'
import type { ListedMatch } from '../list/address-index.ts'
import { standingOf } from '../list/list-reader.ts'
import { needsLicence } from '../rules/override-standing.ts'
import { isBlocking } from '../rules/screening-policy.ts'
import type { BoundEntry } from './desk-entries.ts'
import type { DeskOptions } from './desk-options.ts'
import { entryFingerprint } from './entry-fingerprint.ts'

export interface OverridableEntries {
  /** Everything that the lists say of the address now: what an override is bound to. */
  readonly boundTo: readonly BoundEntry[]
  /** The same for people. */
  readonly texts: readonly string[]
}

/**
 * What an override of this address would be bound to now.
 * @throws AdminFault 409 when a list is missing or stale, when nothing blocks the address, or when the address itself is listed (not only
 * another encoding of its key) and there is no licence
 */
export function overridableEntries(
  address: string,
  readings: readonly CanonicalAddress[],
  licenceRef: string | undefined,
  now: Date,
  { lists, policy }: Pick<DeskOptions, 'lists' | 'policy'>,
): OverridableEntries {
  const matches = lists.flatMap((list) => {
    const standing = standingOf(list, now.getTime())
    if (standing.state !== 'fresh') throw new AdminFault(409, `nothing is overridden on such a list: ${standing.why}`)
    return standing.active.index.find(address, readings, now)
  })
  const blocking = matches.filter((match) => isBlocking(match, policy))
  if (blocking.length === 0) throw new AdminFault(409, 'no list blocks this address: there is nothing to override')
  if (licenceRef === undefined && blocking.some(needsLicence))
    throw new AdminFault(
      409,
      'licence_ref: is missing, and the address itself is listed: only a licence allows to pay it',
    )
  return { boundTo: matches.map(boundEntry), texts: matches.map(describe) }
}

const boundEntry = ({ source, strength, row }: ListedMatch): BoundEntry => ({
  source,
  partyId: row.partyId,
  featureId: row.featureId,
  entryFingerprint: entryFingerprint(source, row),
  strength,
})

const describe = ({ source, strength, row }: ListedMatch): string =>
  `${strength} on ${source}: ${row.partyName} (party ${row.partyId}), ${row.code} ${row.value}, ${row.programs.join(' ')}`
