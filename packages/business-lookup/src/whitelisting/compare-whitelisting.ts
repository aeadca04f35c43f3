import type { AssetRegistry } from '@callback-quorum/chains'
import { compareAsset } from '../compare/compare-asset.ts'
import { compareDestination } from '../compare/compare-destination.ts'
import { compareExpiry } from '../compare/compare-expiry.ts'
import { compareReference } from '../compare/compare-reference.ts'
import { compareStatus } from '../compare/compare-status.ts'
import { compareTag } from '../compare/compare-tag.ts'
import type { Comparison } from '../compare/comparison.ts'
import type { Intent } from '../record/intent.ts'
import type { Whitelisting } from './read-whitelisting.ts'
import type { WhitelistingRules } from './whitelisting-lookup.ts'

/**
 * Compares a record with the address that is to be whitelisted, in every field; all differences are reported. The same address on another chain,
 * or of another asset of that chain, is another one. `now` is the database's.
 */
export function compareWhitelisting(
  intent: Intent,
  whitelisting: Whitelisting,
  { whitelisting: { map, compare }, asset_codes }: WhitelistingRules,
  assets: AssetRegistry,
  now: Date,
): readonly Comparison[] {
  const [recorded, another] = intent.outputs
  if (recorded === undefined || another !== undefined)
    throw new Error('invariant: the mapping of a whitelisting reads one address')
  return [
    ...(map.reference === undefined ? [] : [compareReference(intent, whitelisting.reference)]),
    compareStatus(intent, { compare }),
    compareAsset(intent, whitelisting, { asset_codes }, assets),
    compareDestination(recorded, whitelisting, whitelisting),
    compareTag(recorded, whitelisting, whitelisting),
    ...(compare.no_expiry === true ? [] : [compareExpiry(intent, now)]),
  ]
}
