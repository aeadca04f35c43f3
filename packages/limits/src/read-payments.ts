import type { Asset, PowerName } from '@callback-quorum/chains'
import type { Binding, Objection, Question } from '@callback-quorum/checker-kit'

/** What a payment must tell before any limit can be applied to it: everything of one asset that leaves. */
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

/** What leaves to one place. No place: burnt, or left in a contract that is deployed. */
interface Leaving {
  readonly asset: Asset
  readonly to?: string
  readonly amountAtomic: bigint
}

type Payments = readonly [Payment, ...Payment[]]
type Refused = { readonly objections: readonly [Objection, ...Objection[]] }

/**
 * The payments of a question, one for each asset: by the bytes where they were bound, by the description where an operator accepts
 * that. A dimension that is missing is an objection, never a skipped rule. `letPass`: powers that somebody else judges.
 */
export function readPayments(question: Question, letPass: readonly PowerName[]): Payments | Refused {
  const objections: Objection[] = []
  const refuse = (code: string, text: string): void => void objections.push({ code, text })
  const { wallet, initiator, organisation } = question
  if (wallet === undefined) refuse('WALLET_MISSING', 'the request names no wallet')
  const leaving =
    question.binding === undefined
      ? describedOutflows(question, refuse)
      : decodedOutflows(question.binding, letPass, refuse)
  // Something is always paid, if only nothing at all of the asset that the request is about.
  if (question.asset === undefined && leaving.length === 0) refuse('ASSET_MISSING', 'the request names no known asset')
  const [first, ...more] = objections
  if (first !== undefined) return { objections: [first, ...more] }
  if (wallet === undefined) throw new Error('invariant: each missing dimension is an objection')

  const assets = new Set(leaving.length > 0 ? leaving.map(({ asset }) => asset) : [question.asset])
  const payments = [...assets].flatMap((asset): Payment[] => {
    if (asset === undefined) return []
    const parts = leaving.filter((part) => part.asset === asset)
    const byDestination = new Map<string, bigint>()
    for (const { to, amountAtomic } of parts)
      if (to !== undefined) byDestination.set(to, (byDestination.get(to) ?? 0n) + amountAtomic)
    return [
      {
        organisation,
        wallet,
        asset,
        totalAtomic: parts.reduce((sum, { amountAtomic }) => sum + amountAtomic, 0n),
        byDestination,
        hasUnreadDestination: hasUnread(question),
        ...(initiator === undefined ? {} : { initiator: initiator.id }),
      },
    ]
  })
  const [payment, ...others] = payments
  if (payment === undefined) throw new Error('invariant: a payment has an asset')
  return [payment, ...others]
}

const hasUnread = ({ binding, outputs }: Question): boolean =>
  binding === undefined && outputs.some(({ own, address }) => !own && address === undefined)

type Refuse = (code: string, text: string) => void

/** The amounts that move, and those that may be taken later: an allowance counts as if it were used. */
function decodedOutflows(binding: Binding, letPass: readonly PowerName[], refuse: Refuse): readonly Leaving[] {
  for (const effect of binding.decoded.effects) {
    if (effect.effect === 'unknown') refuse('CALLDATA_UNDECODED', `what moves at ${effect.at} is not known`)
    if (effect.effect === 'power' && !letPass.includes(effect.power))
      refuse('POWER_UNCOUNTED', `${effect.power} at ${effect.at} has no amount that a limit could count`)
  }
  if (binding.decoded.message !== undefined && binding.decoded.effects.length === 0)
    refuse('NO_APPLICABLE_RULE', 'no limit applies to a message')
  return binding.outflows.flatMap(({ asset, to, amountAtomic, isUnlimited, own, at }): Leaving[] => {
    if (own || amountAtomic === 0n) return []
    if (isUnlimited) refuse('ALLOWANCE_UNLIMITED', `the allowance at ${at} has no amount that a limit could hold`)
    if (asset === undefined) {
      refuse('ASSET_MISSING', `what moves at ${at} is not in the asset registry`)
      return []
    }
    return [{ asset, amountAtomic, ...(to !== undefined && { to: to.key }) }]
  })
}

function describedOutflows(question: Question, refuse: Refuse): readonly Leaving[] {
  const { asset, operation, contract, outputs, totalAtomic } = question
  if (operation !== 'transfer' && operation !== 'contract-call')
    refuse('NO_APPLICABLE_RULE', `no limit applies to the operation ${operation}`)
  if (contract !== undefined && !/^(?:0x)?$/i.test(contract.calldata))
    refuse('CALLDATA_UNDECODED', 'what the contract call moves is not known')
  if (totalAtomic === undefined) refuse('AMOUNT_MISSING', 'the amount is not known')
  if (asset === undefined) return []
  return outputs.flatMap(({ own, address, addressText, amountAtomic }): Leaving[] =>
    own || amountAtomic === undefined ? [] : [{ asset, to: address?.key ?? addressText, amountAtomic }],
  )
}
