import { AdminFault, expecting, type Transaction } from '@callback-quorum/service'
import { z } from 'zod'
import type { Limit } from '../rules/rule.ts'
import { lockReservation, type Reservation } from '../ledger/reservations.ts'
import { actualSchema, keptActualSchema, readActual, withActual } from './actual-amounts.ts'
import type { AdminContext } from './admin-context.ts'
import { timeText } from './backtest-route.ts'
import { amountText, businessKeyText, evidenceText, nameOf, reasonText } from './body-texts.ts'
import { dimensionsOf, unitOf } from './counter-unit.ts'
import { amountOf } from './made-up-facts.ts'
import { findLimit, readDimensions } from './read-dimensions.ts'

/** An exception that lasts longer is a limit, and belongs into the rules. */
const EXCEPTION_MS_MAX = 31 * 24 * 3_600_000
const ACTUAL_MAX = 1_000

const dimensions = z.record(
  z.string(),
  z.string({ error: expecting('a text for each dimension', '{ wallet: hot-1 }') }),
)
const counter = { rule: nameOf('the id of a rule'), dimensions, reason: reasonText }
const signedText = z
  .string({ error: expecting('a decimal string in whole units, with - to count less', '"-1250.5"') })
  .max(121, { error: expecting('at most 121 characters') })
  .regex(/^-?(0|[1-9]\d*)(\.\d+)?$/, { error: expecting('a decimal string in whole units', '"-1250.5"') })

export const proposalSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('exception'), ...counter, amount: amountText, expires_at: timeText }),
    z.strictObject({ kind: z.literal('adjustment'), ...counter, amount: signedText }),
    z.strictObject({
      kind: z.literal('release'),
      business_key: businessKeyText,
      evidence: evidenceText,
      reason: reasonText,
    }),
    z.strictObject({
      kind: z.literal('confirm'),
      business_key: businessKeyText,
      amounts: z.array(actualSchema).min(1).max(ACTUAL_MAX).optional(),
      evidence: evidenceText,
      reason: reasonText,
    }),
  ],
  { error: expecting('a kind of exception, adjustment, release or confirm') },
)
type Written = z.output<typeof proposalSchema>
export const PROPOSAL_KINDS = ['exception', 'adjustment', 'release', 'confirm'] as const
export type ProposalKind = (typeof PROPOSAL_KINDS)[number]

/** Bodies as proposals keep them: whoever approves sees figures in both forms, and what is applied are the atomic ones. */
const kept = {
  rule: z.string(),
  dimensions: z.record(z.string(), z.string()),
  unit: z.string(),
  amount: z.string(),
  amount_atomic: z.string(),
}
export const exceptionBody = z.strictObject({ ...kept, expires_at: z.string() })
export const adjustmentBody = z.strictObject(kept)
export const releaseBody = z.strictObject({ business_key: z.string(), evidence: z.string() })
export const confirmBody = z.strictObject({
  business_key: z.string(),
  amounts: z.array(keptActualSchema).optional(),
  evidence: z.string(),
})

type Body =
  | z.output<typeof exceptionBody>
  | z.output<typeof adjustmentBody>
  | z.output<typeof releaseBody>
  | z.output<typeof confirmBody>

/** Checks everything that can be known now. Throws AdminFault: 400 for what is written wrong, 404 and 409 for a reservation that is not there or is over. */
export async function bodyOf(tx: Transaction, written: Written, context: AdminContext): Promise<Body> {
  switch (written.kind) {
    case 'exception': {
      await assertExpiry(tx, written.expires_at)
      const body = await counterBody(tx, written, written.amount, context)
      if (body.amount_atomic === '0') throw new AdminFault(400, 'amount: is nothing; expected something extra')
      return { ...body, expires_at: written.expires_at.toISOString() }
    }
    case 'adjustment': {
      if (findLimit(context, written.rule).window.kind === 'tx')
        throw new AdminFault(400, 'rule: counts nothing that could be adjusted; expected one with a window')
      const body = await counterBody(tx, written, written.amount.replace(/^-/, ''), context)
      if (body.amount_atomic === '0')
        throw new AdminFault(400, 'amount: is nothing; expected something to add or to take')
      const sign = written.amount.startsWith('-') ? '-' : ''
      return { ...body, amount: written.amount, amount_atomic: `${sign}${body.amount_atomic}` }
    }
    case 'release': {
      releasable(await lockReservation(tx, written.business_key), written.business_key)
      return { business_key: written.business_key, evidence: written.evidence }
    }
    case 'confirm': {
      const { facts } = confirmable(await lockReservation(tx, written.business_key), written.business_key)
      const amounts = written.amounts?.map((one, index) => readActual(one, index, context.assets))
      if (amounts !== undefined) withActual(facts, amounts)
      return {
        business_key: written.business_key,
        ...(amounts !== undefined && { amounts }),
        evidence: written.evidence,
      }
    }
    default:
      return written satisfies never
  }
}

async function counterBody(
  tx: Transaction,
  { rule, dimensions: given }: { readonly rule: string; readonly dimensions: Readonly<Record<string, string>> },
  amount: string,
  context: AdminContext,
): Promise<z.output<typeof adjustmentBody>> {
  const limit: Limit = findLimit(context, rule)
  const text = await readDimensions(tx, limit, given, context)
  const unit = unitOf(limit, text, context.assets)
  if (unit.isUnknown === true) throw new AdminFault(400, 'dimensions.asset: is not in the registry')
  return {
    rule,
    dimensions: dimensionsOf(text),
    unit: unit.name,
    amount,
    amount_atomic: amountOf('amount', amount, unit).toString(),
  }
}

/** Throws AdminFault 400 for a time that is over, or too far away. */
async function assertExpiry(tx: Transaction, expiresAt: Date): Promise<void> {
  const leftMs = expiresAt.getTime() - (await tx.clockNow()).getTime()
  if (leftMs <= 0) throw new AdminFault(400, 'expires_at: is over; expected a time to come')
  if (leftMs > EXCEPTION_MS_MAX)
    throw new AdminFault(400, 'expires_at: is too far away; expected at most 31 days from now')
}

function existing(reservation: Reservation | undefined, key: string): Reservation {
  if (reservation === undefined) throw new AdminFault(404, `nothing was ever reserved for ${key}`)
  return reservation
}

/** Throws AdminFault 409 for what gave everything back, or is final. */
export function releasable(found: Reservation | undefined, key: string): Reservation {
  const reservation = existing(found, key)
  if (reservation.state === 'held' || reservation.state === 'committed') return reservation
  throw new AdminFault(409, `the reservation is ${reservation.state}; only one that is held or committed is released`)
}

/** Also what was released: it counts again. Throws AdminFault 409 for what is confirmed. */
export function confirmable(found: Reservation | undefined, key: string): Reservation {
  const reservation = existing(found, key)
  if (reservation.state === 'confirmed')
    throw new AdminFault(409, 'the reservation is confirmed; what it counts now is corrected by an adjustment')
  return reservation
}
