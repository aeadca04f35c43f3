import type { AdminRoute } from '@callback-quorum/service'
import { findDrift } from '../ledger/recount.ts'
import type { AdminContext } from './admin-context.ts'
import { dimensionsOf } from './counter-unit.ts'

/** `POST /v1/recount`: counters whose sum is not that of the ledger, as the nightly recount finds them. Nothing is mended. */
export const recountRoute = (context: AdminContext): AdminRoute => ({
  method: 'POST',
  path: '/v1/recount',
  role: 'operator',
  handle: async () => {
    const found = await findDrift(context)
    return {
      body: {
        differences: found.map(({ rule, dimensions, used, counted }) => ({
          rule,
          dimensions: dimensionsOf(dimensions),
          used_atomic: used,
          counted_atomic: counted,
        })),
      },
    }
  },
})
