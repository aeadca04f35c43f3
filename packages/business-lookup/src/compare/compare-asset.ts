import type { AssetRegistry } from '@callback-quorum/chains'
import type { Intent } from '../record/intent.ts'
import { readAsset } from '../record/read-terms.ts'
import { agrees, differs, invalid, shownField, type Comparison } from './comparison.ts'
import type { ComparisonRules } from './comparison-rules.ts'
import type { Payment } from './payment.ts'

/** The same asset of the same chain: an id of the registry belongs to one chain. */
export function compareAsset(
  { asset: code }: Pick<Intent, 'asset'>,
  { asset }: Pick<Payment, 'asset'>,
  { asset_codes }: Pick<ComparisonRules, 'asset_codes'>,
  assets: AssetRegistry,
): Comparison {
  const compared = { field: 'asset', comparator: 'equal', expected: shownField(code), actual: asset.id }
  const expected = readAsset(code, asset_codes, assets)
  if (expected === undefined) return invalid(compared, 'one of asset_codes')
  return expected.id === asset.id && expected.chain.id === asset.chain.id
    ? agrees(compared)
    : differs(compared, 'ASSET_MISMATCH', 'the asset or its chain differs from the business system')
}
