import type { Database, Logger } from '@callback-quorum/service'
import type { LookupMetrics } from '../metrics.ts'

/** What the routes of the admin listener stand on. */
export interface AdminContext {
  readonly database: Database
  readonly metrics: LookupMetrics
  readonly log: Logger
}
