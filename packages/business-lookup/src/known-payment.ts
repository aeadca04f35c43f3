import type { Rule } from '@callback-quorum/checker-kit'
import { knownRecord } from './known-record.ts'
import { lookUpPayment } from './look-up-payment.ts'
import type { Lookup } from './lookup.ts'
import type { LookupMetrics } from './metrics.ts'

/** Payments that this checker judges. */
export const LOOKED_UP_KINDS = ['keysign', 'tx-approval', 'tx-signing'] as const

/** A payment must be known to the business system, by its reference, approved there, not expired and equal in every field; and a reference pays once. */
export function knownPayment(lookup: Lookup & { readonly metrics: LookupMetrics }): Rule {
  const { connector, metrics } = lookup
  return knownRecord({
    name: 'known-payment',
    kinds: LOOKED_UP_KINDS,
    connector,
    metrics,
    lookUp: (question, context) => lookUpPayment(lookup, question, context),
  })
}
