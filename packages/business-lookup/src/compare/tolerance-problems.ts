import type { AssetRegistry } from '@callback-quorum/chains'
import { allowedAmounts } from './allowed-amounts.ts'
import type { ComparisonRules } from './comparison-rules.ts'

/** A tolerance finer than an asset that it is for: every payment of that asset would be refused. One text for each such code. */
export function toleranceProblems(
  { asset_codes, compare }: Pick<ComparisonRules, 'asset_codes' | 'compare'>,
  assets: AssetRegistry,
): readonly string[] {
  return Object.entries(asset_codes).flatMap(([code, id]) => {
    const asset = assets.asset(id)
    return asset === undefined || allowedAmounts(compare.amount, asset) !== undefined
      ? []
      : `compare.amount.by: has more decimals than ${id} (asset_codes.${code}); expected at most ${asset.decimals}`
  })
}
