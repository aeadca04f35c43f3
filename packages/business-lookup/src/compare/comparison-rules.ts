import type { RecordMap } from '../record/record-map.ts'
import type { CompareConfig } from './compare-config.ts'
import type { Operators } from './operators.ts'

/** What comparing needs of the configuration. */
export interface ComparisonRules {
  /** What the business system calls an asset, and the id of that asset in the registry. */
  readonly asset_codes: Readonly<Record<string, string>>
  readonly compare: CompareConfig
  readonly map: RecordMap
  /** The table of `compare.initiator`, where that is `mapped`; without it nobody is anybody there. */
  readonly operators?: Operators | undefined
}
