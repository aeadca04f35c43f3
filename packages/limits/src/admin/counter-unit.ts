import { formatAmount, type AssetRegistry } from '@callback-quorum/chains'
import { VALUE_DECIMALS } from '../rules/lint-amounts.ts'
import type { Limit } from '../rules/rule.ts'

/** What a counter counts in: `decimals` lead from what is written to what is counted. */
export interface Unit {
  readonly name: string
  readonly decimals: number
  /** The asset left the registry: `decimals` is 0, and no limit of whole units can be compared with what was counted. */
  readonly isUnknown?: true
}

type Measured = Pick<Limit, 'measure' | 'currency' | 'match'>

/** The values of a counter's dimensions by name; a value that is empty is one that the payment had none for. */
export const dimensionsOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(JSON.parse(text) as readonly (readonly [name: string, value: string])[])

/** The asset of a counter of amounts: one of its dimensions, or the only one that its rule speaks of. */
export function assetIdOf({ match }: Pick<Limit, 'match'>, dimensions: string): string | undefined {
  const { asset } = dimensionsOf(dimensions)
  return asset ?? (match.asset === '*' ? undefined : match.asset[0])
}

/** The unit of one counter of a limit. An asset that left the registry is shown in atomic units. */
export function unitOf(limit: Measured, dimensions: string, assets: AssetRegistry): Unit {
  switch (limit.measure) {
    case 'count':
      return { name: 'payments', decimals: 0 }
    case 'value':
      return { name: limit.currency ?? '', decimals: VALUE_DECIMALS }
    case 'amount': {
      const id = assetIdOf(limit, dimensions) ?? ''
      const asset = assets.asset(id)
      return asset === undefined
        ? { name: `atomic units of ${id}`, decimals: 0, isUnknown: true }
        : { name: asset.symbol, decimals: asset.decimals }
    }
    default:
      return limit.measure satisfies never
  }
}

/** Decimal text in whole units; a sign where it is below zero. */
export const shownIn = ({ decimals }: Pick<Unit, 'decimals'>, atomic: bigint): string =>
  atomic < 0n ? `-${formatAmount(-atomic, decimals)}` : formatAmount(atomic, decimals)

/** One figure in both its forms: `{ used: "0.5", used_atomic: "500000" }`. */
export const figure = <Name extends string>(name: Name, unit: Pick<Unit, 'decimals'>, atomic: bigint) =>
  ({ [name]: shownIn(unit, atomic), [`${name}_atomic`]: atomic.toString() }) as Readonly<
    Record<Name | `${Name}_atomic`, string>
  >
