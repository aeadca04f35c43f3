import type { Database, Logger } from '@callback-quorum/service'
import type { Delivery } from '../delivery/delivery.ts'
import type { FormatOptions } from '../formats/format.ts'
import type { LoadLimits } from '../list/load-list.ts'
import type { SanctionsMetrics } from '../metrics.ts'
import type { GateLimits } from './check-gates.ts'
import type { RemovalPolicy } from './removals-of.ts'
import type { OnActivated } from './version-actions.ts'

export interface ListSourceOptions {
  /** As the configuration calls it; the key of everything in the database. */
  readonly name: string
  readonly delivery: Delivery
  readonly format: FormatOptions
  /** Only a version of exactly these bytes is taken, if given. */
  readonly sha256?: string
  readonly maxAgeMs: number | 'none'
  readonly isStarterAllowed: boolean
  readonly gates: GateLimits
  readonly crossCheck?: { readonly source: string; readonly extrasPercent: number }
  readonly policy: RemovalPolicy
  readonly database: Database
  readonly log: Logger
  readonly metrics: Pick<SanctionsMetrics, 'refreshes' | 'newCodes'>
  /** An empty folder of our own, for bytes on their way. */
  readonly directory: string
  /** Told of every activation once, by one replica. */
  readonly onActivated?: OnActivated
  readonly loadLimits?: LoadLimits
  /** How often the database is asked whether another version screens; milliseconds. 0: never, for tests that call `sync`. */
  readonly pollIntervalMs?: number
}
