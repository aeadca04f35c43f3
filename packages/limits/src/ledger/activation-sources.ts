import type { AssetRegistry } from '@callback-quorum/chains'
import type { Logger } from '@callback-quorum/service'
import type { PriceBook } from '../prices/index.ts'

/** What rules are counted with when they begin to count. */
export interface ActivationSources {
  readonly assets: AssetRegistry
  readonly prices: PriceBook
  readonly log: Logger
}
