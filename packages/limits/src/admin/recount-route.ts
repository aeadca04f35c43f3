import type { AdminRoute } from '@callback-quorum/service'
import type { AdminContext } from './admin-context.ts'
import { dimensionsOf } from './counter-unit.ts'

/** Nobody decides anything meanwhile: what takes longer belongs into the night. */
const RECOUNT_MS_MAX = 60_000

interface Difference {
  readonly rule_id: string
  readonly shape: string
  readonly dimensions: string
  readonly used: string
  readonly counted: string
}

/** `POST /v1/recount`: counters whose sum is not that of the ledger. Decisions wait while it runs; nothing is mended. */
export const recountRoute = ({ database, metrics, log }: AdminContext): AdminRoute => ({
  method: 'POST',
  path: '/v1/recount',
  role: 'operator',
  handle: async () => {
    const found = await database.transaction((tx) => tx.query<Difference>({ text: 'select * from limits_drift()' }), {
      timeoutMs: RECOUNT_MS_MAX,
    })
    const differences = found.map(({ rule_id, shape, dimensions, used, counted }) => ({
      rule: rule_id,
      shape,
      dimensions: dimensionsOf(dimensions),
      used_atomic: used,
      counted_atomic: counted,
    }))
    if (differences.length > 0) {
      metrics.alarms.inc({ alarm: 'drift' })
      log.error({ differences }, 'counters differ from the ledger')
    }
    return { body: { differences } }
  },
})
