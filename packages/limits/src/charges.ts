import type { Asset } from '@callback-quorum/chains'
import type { Objection, Question } from '@callback-quorum/checker-kit'
import { limitAtomic, type Dimension, type LimitRule } from './rules-file.ts'

/** What one rule would be charged for a question along one value of its dimensions. */
export interface Charge {
  readonly rule: LimitRule
  /** Canonical text of the dimension values: the identity of the counter together with the rule's id. */
  readonly dimensions: string
  readonly amountAtomic: bigint
  readonly limitAtomic: bigint
}

/** What a payment must tell before any limit can be applied to it. */
export interface Payment {
  readonly organisation: string
  readonly wallet: string
  readonly asset: Asset
  readonly totalAtomic: bigint
  readonly initiator?: string
  /** Amounts by canonical destination; equal destinations merged. */
  readonly byDestination: ReadonlyMap<string, bigint>
  /** A destination that has no canonical form: each of its spellings would be a counter of its own. */
  readonly hasUnreadDestination: boolean
}

/** Reads the dimensions that limits need; one that is missing is an objection, never a skipped rule. */
export function readPayment(
  question: Question,
): Payment | { readonly objections: readonly [Objection, ...Objection[]] } {
  const { wallet, asset, totalAtomic, initiator } = question
  const objections: Objection[] = []
  if (question.operation !== 'transfer' && question.operation !== 'contract-call') {
    objections.push({ code: 'NO_APPLICABLE_RULE', text: `no limit applies to the operation ${question.operation}` })
  }
  if (question.contract !== undefined && isCall(question.contract.calldata)) {
    objections.push({ code: 'CALLDATA_UNDECODED', text: 'what the contract call moves is not known' })
  }
  if (wallet === undefined) objections.push({ code: 'WALLET_MISSING', text: 'the request names no wallet' })
  if (asset === undefined) objections.push({ code: 'ASSET_MISSING', text: 'the request names no known asset' })
  if (totalAtomic === undefined) objections.push({ code: 'AMOUNT_MISSING', text: 'the amount is not known' })
  const [first, ...more] = objections
  if (first !== undefined) return { objections: [first, ...more] }
  if (wallet === undefined || asset === undefined || totalAtomic === undefined)
    throw new Error('invariant: each missing dimension is an objection')

  const byDestination = new Map<string, bigint>()
  const external = question.outputs.filter(({ own }) => !own)
  for (const { address, addressText, amountAtomic } of external) {
    if (amountAtomic === undefined) continue
    const key = address?.key ?? addressText
    byDestination.set(key, (byDestination.get(key) ?? 0n) + amountAtomic)
  }
  return {
    organisation: question.organisation,
    wallet,
    asset,
    totalAtomic,
    byDestination,
    hasUnreadDestination: external.some(({ address }) => address === undefined),
    ...(initiator === undefined ? {} : { initiator: initiator.id }),
  }
}

const isCall = (calldata: string): boolean => calldata.replace(/^0x/i, '') !== ''

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
      charges.push({ rule, dimensions: dimensionsOf(rule, payment, destination), amountAtomic, limitAtomic: limit })
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
