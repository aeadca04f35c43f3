import type { AdminRoute } from '@callback-quorum/service'
import type { Registry } from 'prom-client'
import { deskRoutes } from '../admin/desk-routes.ts'
import type { DeskContext } from '../rules/listed-address.ts'
import { createDeskMetrics } from './desk-metrics.ts'
import type { DeskOptions } from './desk-options.ts'

export interface Desk {
  /** For the rule `listed-address`. */
  readonly context: DeskContext
  readonly adminRoutes: readonly AdminRoute[]
}

/** Where two people decide what the lists cannot: blocks of our own, overrides, versions in quarantine, removals. */
export function createDesk({ registry, ...options }: DeskOptions & { readonly registry: Registry }): Desk {
  const { database, log } = options
  return {
    context: { database, log, metrics: createDeskMetrics(registry, database, log) },
    adminRoutes: deskRoutes(options),
  }
}
