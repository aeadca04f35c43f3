import type { Question } from '@callback-quorum/checker-kit'
import type { AddressKey, Effect } from '@callback-quorum/chains'

/**
 * The most that this payment moves of one asset, in atomic units: to whomever, but for ourselves. `undefined` where it cannot be said,
 * or where the payment does something that is no amount of that asset. The bytes decide where they were decoded.
 */
export function amountMoved(
  { binding, outputs, asset, operation }: Question,
  assetId: string,
  /** Counted even when it is ours. */
  paid: AddressKey,
): bigint | undefined {
  if (binding === undefined) {
    if (operation !== 'transfer' || asset?.id !== assetId) return undefined
    return sum(
      outputs.filter(({ own, address }) => !own || address?.key === paid).map(({ amountAtomic }) => amountAtomic),
    )
  }
  if (binding.decoded.effects.some((effect) => !isCountable(effect))) return undefined
  return sum(
    binding.outflows
      .filter(({ own, to }) => !own || to?.key === paid)
      .map((outflow) => (outflow.isUnlimited || outflow.asset?.id !== assetId ? undefined : outflow.amountAtomic)),
  )
}

/** What it does is an outflow with its amount, or moves nothing. */
function isCountable({ effect }: Effect): boolean {
  switch (effect) {
    case 'transfer':
    case 'allowance':
    case 'create-account':
    case 'burn':
    case 'memo':
    case 'nonce':
      return true
    case 'deploy':
    case 'power':
    case 'wrap':
    case 'unwrap':
    case 'stake':
    case 'unknown':
      return false
    default:
      return effect satisfies never
  }
}

function sum(amounts: readonly (bigint | undefined)[]): bigint | undefined {
  let total = 0n
  for (const amount of amounts) {
    if (amount === undefined) return undefined
    total += amount
  }
  // No amount at all is not a payment of nothing.
  return amounts.length === 0 ? undefined : total
}
