import type { AssetRegistry } from '@callback-quorum/chains'
import type { AddressBook } from '@callback-quorum/checker-kit'
import type { Database, Logger } from '@callback-quorum/service'
import type { LimitsMetrics } from '../metrics.ts'
import type { PriceBook } from '../prices/index.ts'
import type { Rules } from '../rules/rule.ts'

/** What the routes of the admin listener stand on: the same as the rule itself. */
export interface AdminContext {
  readonly rules: Rules
  readonly assets: AssetRegistry
  readonly addresses: Pick<AddressBook, 'allowListed'>
  readonly prices: PriceBook
  readonly database: Database
  readonly callers: readonly { readonly name: string; readonly organisation: string }[]
  readonly metrics: LimitsMetrics
  readonly log: Logger
}
