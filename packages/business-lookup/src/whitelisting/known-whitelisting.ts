import type { Question, Rule } from '@callback-quorum/checker-kit'
import { claimReference } from '../claims/claim-reference.ts'
import { claimingOf, judgementOf, measure, release } from '../known-payment.ts'
import type { Found } from '../look-up-payment.ts'
import type { LookupMetrics } from '../metrics.ts'
import { lookUpWhitelisting } from './look-up-whitelisting.ts'
import type { WhitelistingLookup } from './whitelisting-lookup.ts'

/**
 * An address that is to be whitelisted must be known to the business system, by the wallet that it is put into, approved there, not expired and equal
 * in address, tag, asset and chain; and a record whitelists once. Every other change of the workspace is rejected: there is nothing to look up.
 */
export function knownWhitelisting(lookup: WhitelistingLookup & { readonly metrics: LookupMetrics }): Rule {
  const { connector, metrics } = lookup
  const foundOf = new WeakMap<Question, Found>()
  return {
    name: 'known-whitelisting',
    kinds: ['config-change'],
    judge: async (question, context) => {
      const looked = await lookUpWhitelisting(lookup, question, context)
      measure(looked, connector.kind, metrics)
      if (looked.found !== undefined) foundOf.set(question, looked.found)
      return looked.judgement
    },
    claim: async (question, tx) => {
      const found = foundOf.get(question)
      if (found === undefined) throw new Error('invariant: what is claimed was compared before')
      if (connector.confirm !== undefined && !(await connector.confirm(found.asked, found.intent, tx)))
        return { outcome: 'unable', code: 'INTENT_MOVED', text: 'the record changed while it was compared' }
      return judgementOf(await claimReference(tx, claimingOf(question, found)), metrics)
    },
    release: (businessKey, tx) => release(businessKey, tx, metrics),
  }
}
