import type { Objection, Question } from '@callback-quorum/checker-kit'
import { SHARE_DECIMALS, type Policy } from '../policy.ts'
import { seenOf } from '../seen.ts'

/** A payment cannot be drained into its fee: absolute and relative caps on the most that the bytes may cost. */
export function cappedFee(question: Question, policy: Policy): readonly Objection[] {
  const seen = seenOf(question, policy)
  if (seen?.fee === undefined) return []
  const { fee, chain, outflows } = seen
  const cap = policy.fee(chain)
  if (cap === undefined) return [{ code: 'FEE_CAP_MISSING', text: `no fee cap is configured for ${chain.id}` }]
  const { maxAtomic, isProven } = fee
  const objections: Objection[] = []
  if (!isProven && !(cap.isUnprovenAccepted && maxAtomic !== undefined))
    objections.push({
      code: 'FEE_UNPROVEN',
      text: 'the signatures do not prove the amounts that the inputs hold, so the fee is not certain',
    })
  // TRON's plain transfers: the chain burns bandwidth at its own price, and the bytes have no say in it.
  if (maxAtomic === undefined) return objections
  if (maxAtomic > cap.maxAtomic)
    objections.push({
      code: 'FEE_ABSOLUTE',
      text: `the bytes may cost ${maxAtomic.toString()} atomic units, the cap is ${cap.maxAtomic.toString()}`,
    })
  const paidAtomic = outflows
    .filter(({ effect, holding, own }) => effect === 'transfer' && holding.kind === 'coin' && !own)
    .reduce((sum, { amountAtomic }) => sum + amountAtomic, 0n)
  if (
    cap.maxShare !== undefined &&
    paidAtomic > 0n &&
    maxAtomic * 10n ** BigInt(SHARE_DECIMALS) > cap.maxShare * paidAtomic
  )
    objections.push({
      code: 'FEE_RELATIVE',
      text: `the bytes may cost ${maxAtomic.toString()} atomic units to pay ${paidAtomic.toString()}`,
    })
  return objections
}
