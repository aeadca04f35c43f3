import { acceptUnbound, checkerConfigShape } from '@callback-quorum/checker-kit'
import { expecting, type Check } from '@callback-quorum/service'
import { z } from 'zod'
import { listEntry, type ListEntry } from './list-entry.ts'
import { checkListEntries } from './check-list-entries.ts'
import { lookAlikesSchema } from './similar/look-alikes-config.ts'
import { checkVendorRules, vendorsSchema } from './vendors/vendors-config.ts'

/** domain/sanctions 1.3: fail closed a day after the last check. */
const MAX_AGE_MS = 24 * 3_600_000

const policy = z.enum(['reject', 'report'], { error: expecting('reject or report') })

/** What sanctions adds to the blocks of every checker. */
export const sanctionsConfigShape = {
  lists: z
    .array(listEntry)
    .min(1, { error: expecting('at least one list', '[{ source: ofac-sdn, file: lists/sdn_advanced.xml }]') }),
  /** A match by the same key in another encoding or on another chain (L2). */
  same_key: policy.default('reject'),
  accept_unbound: acceptUnbound,
  /** Mixed-case hexadecimal that is not EIP-55; it is screened first either way. */
  address_checksum: policy.default('reject'),
  vendors: vendorsSchema,
  look_alikes: lookAlikesSchema.prefault({}),
}

export const sanctionsConfigSchema = z.strictObject({ ...checkerConfigShape, ...sanctionsConfigShape })
export type SanctionsConfig = z.output<typeof sanctionsConfigSchema>

/** The starter list is for demonstrations: said so, or in development, and never in production. */
export const isStarterAllowed = (profile: SanctionsConfig['profile'], { starter_list }: ListEntry): boolean =>
  profile === 'development' || (profile !== 'production' && starter_list === 'demo')

/** A list does not age only when it is the packaged one, which no `file` and no `url` names. */
export const maxAgeOf = ({ file, url, max_age }: ListEntry): number | 'none' =>
  max_age ?? (file === undefined && url === undefined ? 'none' : MAX_AGE_MS)

/** Rules over several members of the blocks of sanctions. */
export const checkSanctionsRules: Check<Pick<SanctionsConfig, 'profile' | 'lists' | 'vendors'>> = (config) => [
  ...checkListEntries(config.lists, {
    profile: config.profile,
    maxAgeOf,
    isStarterAllowed: (entry) => isStarterAllowed(config.profile, entry),
  }),
  ...checkVendorRules(config),
]
