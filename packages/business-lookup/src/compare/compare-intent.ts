import type { AssetRegistry } from '@callback-quorum/chains'
import type { Intent } from '../record/intent.ts'
import { compareAmount } from './compare-amount.ts'
import { compareAsset } from './compare-asset.ts'
import { compareCalldata } from './compare-calldata.ts'
import { compareDestination } from './compare-destination.ts'
import { compareExpiry } from './compare-expiry.ts'
import { compareInitiator } from './compare-initiator.ts'
import { compareOutputs } from './compare-outputs.ts'
import { compareSource } from './compare-source.ts'
import { compareStatus } from './compare-status.ts'
import { compareTag } from './compare-tag.ts'
import type { Comparison } from './comparison.ts'
import type { ComparisonRules } from './comparison-rules.ts'
import type { Payment } from './payment.ts'

/**
 * Compares every field of an intent with what a request pays; all differences are reported, each by the file of its name. Equal is only what
 * says `ok: true` throughout. `now` is the database's. Pure; the proof is verified beside it.
 */
export function compareIntent(
  intent: Intent,
  payment: Payment,
  rules: ComparisonRules,
  assets: AssetRegistry,
  now: Date,
): readonly Comparison[] {
  const { compare, map } = rules
  const isCall = payment.calldata !== undefined || map.calldata !== undefined || intent.calldata.is !== 'absent'
  return [
    compareStatus(intent, rules),
    compareAsset(intent, payment, rules, assets),
    ...comparePayments(intent, payment, rules),
    ...(isCall ? [compareCalldata(intent, payment)] : []),
    ...(compare.initiator === undefined ? [] : [compareInitiator(intent, payment, compare.initiator, rules)]),
    ...(compare.source === undefined ? [] : [compareSource(intent, payment)]),
    ...(compare.no_expiry === true ? [] : [compareExpiry(intent, now)]),
  ]
}

/** One payment on both sides is compared field by field; everything else is a batch. */
function comparePayments({ outputs }: Intent, payment: Payment, { compare }: ComparisonRules): readonly Comparison[] {
  const [intended, anotherIntended] = outputs
  const [paid, anotherPaid] = payment.outputs
  if (intended === undefined || anotherIntended !== undefined || anotherPaid !== undefined)
    return compareOutputs({ outputs }, payment, compare)
  return [
    compareAmount(intended, paid, payment, compare),
    compareDestination(intended, paid, payment),
    compareTag(intended, paid, payment),
  ]
}
