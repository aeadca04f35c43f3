import { randomUUID } from 'node:crypto'
import { businessKey } from '@callback-quorum/protocol'
import { readBody, type AdminCall, type AdminRoute, type Transaction } from '@callback-quorum/service'
import type { Charge } from '../charges.ts'
import { destinationsOf } from '../gates.ts'
import { judgePayment, type JudgedPayment } from '../judge-payment.ts'
import { knownSince } from '../ledger/destinations.ts'
import { readCounters } from '../ledger/usage.ts'
import type { AdminContext } from './admin-context.ts'
import { dimensionsOf, figure, unitOf } from './counter-unit.ts'
import { madeUpFacts, simulateSchema } from './made-up-facts.ts'
import { rolledBack } from './rolled-back.ts'

/** `POST /v1/simulate`: what would be said of a payment now. Nothing stays written; counters are locked for a moment, as by a payment. */
export const simulateRoute = (context: AdminContext): AdminRoute => ({
  method: 'POST',
  path: '/v1/simulate',
  role: 'operator',
  handle: (call) => simulate(context, call),
})

async function simulate(context: AdminContext, call: AdminCall): Promise<{ body: object }> {
  const { rules, assets, prices } = context
  const made = readBody(simulateSchema, call)
  const facts = madeUpFacts(made, context)
  return rolledBack(context.database, async (tx) => {
    const now = await tx.clockNow()
    const judged = await judgePayment(
      tx,
      {
        rules,
        assets,
        price: (assetId, currency) => prices.price(assetId, currency, now),
        isFeeKnown: made.fee !== undefined,
      },
      {
        businessKey: businessKey('cobo', facts.organisation, `simulated-${randomUUID()}`),
        facts,
        slots: [],
        known: await knownSince(tx, [...destinationsOf(facts, assets).keys()]),
      },
    )
    const { outcome, objections, shadow } = judged
    return { body: { outcome, objections, shadow, applied: await appliedOf(tx, judged, context), bound: false } }
  })
}

/** Every counter that the payment would move, as it was before. Read while the counters are locked. */
async function appliedOf(
  tx: Transaction,
  { charges, outcome }: JudgedPayment,
  { assets }: AdminContext,
): Promise<readonly object[]> {
  const counters = await readCounters(
    tx,
    charges.map(({ limit, dimensions }) => ({ ruleId: limit.counterId, dimensions })),
  )
  const usedBefore = ({ limit, dimensions, amount }: Charge): bigint => {
    const counter = counters.find((found) => found.ruleId === limit.counterId && found.dimensions === dimensions)
    if (counter === undefined) return 0n
    return outcome === 'approve' ? counter.used - amount : counter.used
  }
  return charges.map((charge) => {
    const { limit, dimensions, amount, limitAmount } = charge
    const unit = unitOf(limit, dimensions, assets)
    const used = usedBefore(charge)
    return {
      rule: limit.counterId,
      mode: limit.isShadow ? 'shadow' : 'enforce',
      dimensions: dimensionsOf(dimensions),
      unit: unit.name,
      window: limit.window,
      ...figure('used', unit, used),
      ...figure('amount', unit, amount),
      ...figure('limit', unit, limitAmount),
      ...figure('remaining', unit, limitAmount > used ? limitAmount - used : 0n),
    }
  })
}
