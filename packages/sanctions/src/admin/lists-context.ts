import type { AssetRegistry } from '@callback-quorum/chains'
import type { Database, Logger } from '@callback-quorum/service'
import type { DatabaseTime } from '../versions/database-time.ts'
import type { ListSource } from '../versions/list-source.ts'

/** What the routes about lists stand on. */
export interface ListsContext {
  readonly sources: readonly ListSource[]
  readonly database: Database
  readonly time: DatabaseTime
  readonly assets: Pick<AssetRegistry, 'chain'>
  readonly log: Logger
}
