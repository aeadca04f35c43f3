import type { AssetRegistry } from '@callback-quorum/chains'
import type { Database, Logger } from '@callback-quorum/service'
import type { ListReader } from '../list/list-reader.ts'
import type { ScreeningPolicy } from '../rules/screening-policy.ts'
import type { VersionActions } from '../versions/version-actions.ts'

/** What the desk stands on. */
export interface DeskOptions {
  readonly database: Database
  readonly log: Logger
  readonly assets: Pick<AssetRegistry, 'asset' | 'chain'>
  readonly lists: readonly ListReader[]
  /** The same that the rule has: an override is made for what would be rejected. */
  readonly policy: ScreeningPolicy
  readonly versions: VersionActions
}
