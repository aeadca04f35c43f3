import type { Model, Operation, Payment } from './model.ts'

export interface Asked {
  readonly operation: Operation
  readonly outcome: string
}

/**
 * Every moment that the model can be in after these operations, in whatever order, with the outcomes that they had. None: there is no order in
 * which they could have happened one after the other. The order in which they are listed is tried first.
 */
export function momentsAfter(
  model: Model,
  asked: readonly Asked[],
  payments: readonly Payment[],
  nowMs: number,
): readonly Model[] {
  if (asked.length === 0) return [model]
  return asked.flatMap((first, n) => {
    const next = afterOne(model, first, payments, nowMs)
    return next === undefined ? [] : momentsAfter(next, asked.toSpliced(n, 1), payments, nowMs)
  })
}

/** The moment after these operations in exactly this order, if it gives the outcomes that they had. */
export const afterListed = (
  model: Model,
  asked: readonly Asked[],
  payments: readonly Payment[],
  nowMs: number,
): Model | undefined => asked.reduce<Model | undefined>((at, one) => at && afterOne(at, one, payments, nowMs), model)

function afterOne(
  model: Model,
  { operation, outcome }: Asked,
  payments: readonly Payment[],
  nowMs: number,
): Model | undefined {
  const payment = payments[operation.key]
  if (payment === undefined) throw new Error(`no payment ${String(operation.key)}`)
  const [said, next] = model.after(operation, payment, nowMs)
  return said === outcome ? next : undefined
}

/** Moments that nothing later can tell apart are one. */
export const distinct = (models: readonly Model[]): readonly Model[] => [
  ...new Map(models.map((model) => [model.identity(), model])).values(),
]
