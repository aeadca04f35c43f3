import { AdminFault, cursorOf, readCursor, readQuery, type AdminRoute } from '@callback-quorum/service'
import { parseAmount } from '@callback-quorum/chains'
import { readUsage, type CounterUsage } from '../ledger/usage.ts'
import type { AdminContext } from './admin-context.ts'
import { dimensionsOf, figure, unitOf } from './counter-unit.ts'

const ROWS = 500

/** `GET /v1/usage?rule=&dimension=wallet:hot-1&after=`: what is used of every counter of the rules that count now. */
export const usageRoute = (context: AdminContext): AdminRoute => ({
  method: 'GET',
  path: '/v1/usage',
  role: 'viewer',
  handle: async (call) => {
    const { rule, dimension, after } = readQuery(call, ['rule', 'dimension', 'after'])
    const [ruleId, dimensions] = readCursor(after, 2) ?? []
    const found = await readUsage(context.database, {
      ...(rule !== undefined && { rule }),
      ...(dimension !== undefined && { dimension: readDimension(dimension) }),
      ...(ruleId !== undefined && dimensions !== undefined && { after: { ruleId, dimensions } }),
      rows: ROWS,
    })
    const last = found.length === ROWS ? found.at(-1) : undefined
    return {
      body: {
        counters: found.map((usage) => usageJson(usage, context)),
        next: last === undefined ? null : cursorOf([last.ruleId, last.dimensions]),
      },
    }
  },
})

function readDimension(text: string): { readonly name: string; readonly value: string } {
  const colon = text.indexOf(':')
  if (colon < 1) throw new AdminFault(400, 'dimension is not one; expected name:value, for example wallet:hot-1')
  return { name: text.slice(0, colon), value: text.slice(colon + 1) }
}

function usageJson(
  { ruleId, dimensions, limit, used, extra, ...times }: CounterUsage,
  { assets }: AdminContext,
): object {
  const unit = unitOf(limit, dimensions, assets)
  const limitAtomic = unit.isUnknown === true ? 0n : parseAmount(limit.limit, unit.decimals)
  return {
    rule: ruleId,
    mode: limit.isShadow ? 'shadow' : 'enforce',
    dimensions: dimensionsOf(dimensions),
    measure: limit.measure,
    unit: unit.name,
    window: limit.window,
    ...figure('used', unit, used),
    ...figure('limit', unit, limitAtomic),
    ...figure('remaining', unit, limitAtomic > used ? limitAtomic - used : 0n),
    ...figure('extra', unit, extra),
    at: times.at.toISOString(),
    window_start: times.windowStart?.toISOString() ?? null,
    next_free_at: times.nextFreeAt?.toISOString() ?? null,
  }
}
