import type { Asset } from '@callback-quorum/chains'
import type { Payment } from './read-payments.ts'
import { limitAtomic, type Dimension, type LimitRule } from './rules-file.ts'

/** What one rule would be charged for a question along one value of its dimensions. */
export interface Charge {
  readonly rule: LimitRule
  readonly asset: Asset
  /** Canonical text of the dimension values: the identity of the counter together with the rule's id. */
  readonly dimensions: string
  readonly amountAtomic: bigint
  readonly limitAtomic: bigint
}

function matches({ match }: LimitRule, payment: Payment): boolean {
  const has = (list: '*' | readonly string[], value: string | undefined): boolean =>
    list === '*' || (value !== undefined && list.includes(value))
  return (
    has(match.organisation, payment.organisation) &&
    has(match.wallet, payment.wallet) &&
    has(match.asset, payment.asset.id) &&
    has(match.initiator, payment.initiator)
  )
}

/** Every charge of every rule that applies, in the order of the rules. No charge at all means that nobody limits this payment. */
export function chargesOf(
  rules: readonly LimitRule[],
  payment: Payment,
): readonly Charge[] | { readonly missing: Dimension } {
  const charges: Charge[] = []
  for (const rule of rules.filter((candidate) => matches(candidate, payment))) {
    if (rule.per.includes('initiator') && payment.initiator === undefined) return { missing: 'initiator' }
    if (rule.per.includes('destination') && payment.hasUnreadDestination) return { missing: 'destination' }
    const limit = limitAtomic(rule, payment.asset)
    const charge = (destination: string | undefined, amountAtomic: bigint): void => {
      charges.push({
        rule,
        asset: payment.asset,
        dimensions: dimensionsOf(rule, payment, destination),
        amountAtomic,
        limitAtomic: limit,
      })
    }
    if (rule.per.includes('destination'))
      payment.byDestination.forEach((amount, destination) => {
        charge(destination, amount)
      })
    else charge(undefined, payment.totalAtomic)
  }
  return charges
}

function dimensionsOf(rule: LimitRule, payment: Payment, destination: string | undefined): string {
  const values: Readonly<Record<Dimension, string | undefined>> = {
    organisation: payment.organisation,
    wallet: payment.wallet,
    asset: payment.asset.id,
    destination,
    initiator: payment.initiator,
  }
  // Sorted and with names, so that neither the order in the file nor a value with a separator in it changes the identity.
  return JSON.stringify(rule.per.toSorted().map((name) => [name, values[name]]))
}
