import type { Rule } from '@callback-quorum/checker-kit'
import { knownRecord } from '../known-record.ts'
import type { LookupMetrics } from '../metrics.ts'
import { lookUpWhitelisting } from './look-up-whitelisting.ts'
import type { WhitelistingLookup } from './whitelisting-lookup.ts'

/**
 * An address that is to be whitelisted must be known to the business system, by the wallet that it is put into, approved there, not expired and equal
 * in address, tag, asset and chain; and a record whitelists once. Every other change of the workspace is rejected: there is nothing to look up.
 */
export function knownWhitelisting(lookup: WhitelistingLookup & { readonly metrics: LookupMetrics }): Rule {
  const { connector, metrics } = lookup
  return knownRecord({
    name: 'known-whitelisting',
    kinds: ['config-change'],
    connector,
    metrics,
    lookUp: (question, context) => lookUpWhitelisting(lookup, question, context),
  })
}
