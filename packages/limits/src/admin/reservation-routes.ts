import {
  AdminFault,
  PAGE,
  readBody,
  readId,
  readQuery,
  readWord,
  type AdminCall,
  type AdminRoute,
} from '@callback-quorum/service'
import type { BusinessKey } from '@callback-quorum/protocol'
import { z } from 'zod'
import type { Part } from '../facts/facts.ts'
import { confirm } from '../ledger/life-cycle.ts'
import {
  lockOthersInSlot,
  lockReservation,
  readReservations,
  STATES,
  type CountedBy,
  type Reservation,
} from '../ledger/reservations.ts'
import type { AdminContext } from './admin-context.ts'
import { businessKeyText, evidenceText } from './body-texts.ts'
import { dimensionsOf, figure, unitOf } from './counter-unit.ts'

const confirmSchema = z.strictObject({ business_key: businessKeyText, evidence: evidenceText })

/** `GET /v1/reservations` and `POST /v1/reservations/confirm`, which needs one person because it gives back nothing of anybody. */
export const reservationRoutes = (context: AdminContext): readonly AdminRoute[] => [
  { method: 'GET', path: '/v1/reservations', role: 'viewer', handle: (call) => list(context, call) },
  { method: 'POST', path: '/v1/reservations/confirm', role: 'operator', handle: (call) => confirmAlone(context, call) },
]

async function list(context: AdminContext, call: AdminCall): Promise<{ body: object }> {
  const { state: word, business_key: businessKey, after } = readQuery(call, ['state', 'business_key', 'after'])
  const state = readWord('state', word, STATES)
  const found = await readReservations(context.database, {
    ...(state !== undefined && { state }),
    ...(businessKey !== undefined && { businessKey }),
    ...(after !== undefined && { before: readId('after', after) }),
    rows: PAGE,
  })
  const last = found.length === PAGE ? found.at(-1) : undefined
  return {
    body: {
      reservations: found.map((reservation) => reservationJson(reservation, context)),
      next: last?.reservationId.toString() ?? null,
    },
  }
}

function reservationJson(
  found: Reservation & { readonly counters: readonly CountedBy[] },
  context: AdminContext,
): object {
  const { facts } = found
  return {
    id: found.reservationId.toString(),
    business_key: found.businessKey,
    state: found.state,
    wallet: facts.wallet,
    initiator: facts.initiator,
    operation: facts.operation,
    bound: facts.bound,
    parts: facts.parts.map((part) => partJson(part, context)),
    slot: found.slot ?? null,
    created_at: found.createdAt.toISOString(),
    changed_at: found.changedAt?.toISOString() ?? null,
    why: found.why,
    counted: found.counters.map((counter) => countedJson(counter, context)),
  }
}

function partJson({ asset: id, destination, tag, listed, amount, fee }: Part, { assets }: AdminContext): object {
  const asset = id === undefined ? undefined : assets.asset(id)
  return {
    asset: id ?? null,
    ...(destination !== undefined && { destination }),
    ...(tag !== undefined && { tag }),
    listed,
    fee,
    ...(asset === undefined ? { amount_atomic: amount } : figure('amount', asset, BigInt(amount))),
  }
}

function countedJson({ ruleId, dimensions, limit, counted, claimed }: CountedBy, { assets }: AdminContext): object {
  const unit = limit && unitOf(limit, dimensions, assets)
  return {
    rule: ruleId,
    dimensions: dimensionsOf(dimensions),
    active: limit !== undefined,
    ...(unit === undefined
      ? { counted_atomic: counted.toString(), claimed_atomic: claimed.toString() }
      : { unit: unit.name, ...figure('counted', unit, counted), ...figure('claimed', unit, claimed) }),
  }
}

async function confirmAlone({ database, log }: AdminContext, call: AdminCall): Promise<{ body: object }> {
  const { business_key: key, evidence } = readBody(confirmSchema, call)
  await database.transaction(async (tx) => {
    const reservation = await lockReservation(tx, key)
    if (reservation === undefined) throw new AdminFault(404, `nothing was ever reserved for ${key}`)
    if (reservation.state !== 'held' && reservation.state !== 'committed')
      throw new AdminFault(
        409,
        `the reservation is ${reservation.state}; only one that is held or committed is confirmed by one person`,
      )
    const others = await lockOthersInSlot(tx, reservation)
    if (others.length > 0)
      throw new AdminFault(
        409,
        `confirming it releases ${others.join(', ')}, which it replaces or which replaces it: propose it, so that another person approves`,
      )
    if (!(await confirm(tx, key as BusinessKey, { why: `${call.who.name}: ${evidence}` })))
      throw new Error('invariant: a reservation that is locked and live can be confirmed')
  })
  log.info({ who: call.who.name, businessKey: key }, 'a reservation was confirmed by hand')
  return { body: { business_key: key, state: 'confirmed' } }
}
