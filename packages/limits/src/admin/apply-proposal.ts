import type { Applied, Proposal } from '@callback-quorum/checker-kit'
import type { BusinessKey } from '@callback-quorum/protocol'
import { AdminFault, type Transaction } from '@callback-quorum/service'
import { chargesOf, type Charge } from '../charges.ts'
import type { Facts } from '../facts/facts.ts'
import { confirm, countAgain, release } from '../ledger/life-cycle.ts'
import { addException, adjust } from '../ledger/correct-counter.ts'
import { holdRules } from '../ledger/hold-rules.ts'
import { lockReservation, storeFacts } from '../ledger/reservations.ts'
import type { Limit } from '../rules/rule.ts'
import type { Alarm } from '../metrics.ts'
import { withActual } from './actual-amounts.ts'
import type { AdminContext } from './admin-context.ts'
import { figure, unitOf } from './counter-unit.ts'
import {
  adjustmentBody,
  confirmable,
  confirmBody,
  exceptionBody,
  releasable,
  releaseBody,
  type ProposalKind,
} from './proposal-body.ts'
import { canonicalDimensions, findLimit } from './read-dimensions.ts'

/**
 * Does what a proposal says, which its caller has locked and closes in the same transaction.
 * @throws AdminFault 409 for what changed since it was proposed
 */
export async function applyProposal(
  tx: Transaction,
  proposal: Proposal<ProposalKind>,
  approver: string,
  context: AdminContext,
): Promise<Applied<Alarm>> {
  const areRulesOurs = await holdRules(tx, context.rules.digest)
  const { proposalId, kind, body } = proposal
  const why = (evidence: string): string =>
    `proposal ${proposalId.toString()} of ${proposal.proposedBy}, approved by ${approver}: ${evidence}`
  if (!areRulesOurs && kind !== 'release')
    throw new AdminFault(409, 'newer rules count than this process has: ask one that has them')
  switch (kind) {
    case 'exception':
      return applyException(tx, proposal, context)
    case 'adjustment':
      return applyAdjustment(tx, proposal, context)
    case 'release': {
      const { business_key: key, evidence } = releaseBody.parse(body)
      releasable(await lockReservation(tx, key), key)
      assertDone(await release(tx, key as BusinessKey, why(evidence), proposalId))
      return { effect: { business_key: key, state: 'released' } }
    }
    case 'confirm':
      return applyConfirm(tx, proposal, why, context)
    default:
      return kind satisfies never
  }
}

async function applyException(
  tx: Transaction,
  { proposalId, body }: Proposal,
  context: AdminContext,
): Promise<Applied<Alarm>> {
  const written = exceptionBody.parse(body)
  const expiresAt = new Date(written.expires_at)
  if (expiresAt <= (await tx.clockNow()))
    throw new AdminFault(409, `the exception was for a time until ${written.expires_at}, which is over`)
  const { limit, dimensions } = counterNow(written, context)
  const amount = BigInt(written.amount_atomic)
  await addException(tx, proposalId, { ruleId: limit.counterId, dimensions, amount, expiresAt })
  return {
    effect: { ...figure('extra', unitOf(limit, dimensions, context.assets), amount), expires_at: written.expires_at },
  }
}

async function applyAdjustment(
  tx: Transaction,
  { proposalId, body }: Proposal,
  context: AdminContext,
): Promise<Applied<Alarm>> {
  const written = adjustmentBody.parse(body)
  const { limit, dimensions } = counterNow(written, context)
  const amount = BigInt(written.amount_atomic)
  const done = await adjust(tx, proposalId, { ruleId: limit.counterId, shape: limit.shape, dimensions, amount })
  return { effect: figure('adjusted', unitOf(limit, dimensions, context.assets), done) }
}

/** The counter as the rules have it now, which may be others than those that it was proposed under. Throws AdminFault 409. */
function counterNow(
  {
    rule,
    dimensions: given,
    unit,
  }: { readonly rule: string; readonly dimensions: Readonly<Record<string, string>>; readonly unit: string },
  context: AdminContext,
): { readonly limit: Limit; readonly dimensions: string } {
  try {
    const limit = findLimit(context, rule)
    const dimensions = canonicalDimensions(limit, given)
    if (unitOf(limit, dimensions, context.assets).name !== unit)
      throw new AdminFault(409, `the rule ${rule} does not count in ${unit} any more`)
    return { limit, dimensions }
  } catch (error) {
    if (!(error instanceof AdminFault)) throw error
    throw new AdminFault(409, `the rules have changed since it was proposed: ${error.message}`)
  }
}

async function applyConfirm(
  tx: Transaction,
  proposal: Proposal<ProposalKind>,
  why: (evidence: string) => string,
  context: AdminContext,
): Promise<Applied<Alarm>> {
  const { business_key: key, amounts, evidence } = confirmBody.parse(proposal.body)
  const businessKey = key as BusinessKey
  const reservation = confirmable(await lockReservation(tx, key), key)
  const isSeenAgain = reservation.state === 'released'
  if (isSeenAgain) assertDone(await countAgain(tx, businessKey, why(evidence)))
  const actual = amounts && withActual(reservation.facts, amounts)
  const charged = actual && (await actualCharges(tx, actual.facts, context))
  assertDone(
    await confirm(tx, businessKey, {
      why: why(evidence),
      proposalId: proposal.proposalId,
      ...(charged && { charges: charged.charges }),
    }),
  )
  if (charged !== undefined) await storeFacts(tx, reservation, charged.facts)
  return {
    effect: { business_key: key, state: 'confirmed' },
    alarms: [
      ...(isSeenAgain ? (['released_but_seen'] as const) : []),
      ...(actual?.isHigher === true ? (['over_limit_by_confirmation'] as const) : []),
    ],
  }
}

/** What the rules charge for what really moved, whatever they would have said of it. Throws AdminFault 409 for a value without a price. */
async function actualCharges(
  tx: Transaction,
  facts: Facts,
  { rules, assets, prices }: AdminContext,
): Promise<{ readonly charges: readonly Charge[]; readonly facts: Facts }> {
  const now = await tx.clockNow()
  const charged = chargesOf(rules, facts, {
    assets,
    price: (assetId, currency) => prices.price(assetId, currency, now),
  })
  const [unpriced] = [...charged.objections.filter(({ code }) => code === 'PRICE_MISSING'), ...charged.unable]
  if (unpriced !== undefined) throw new AdminFault(409, `what it used cannot be counted now: ${unpriced.text}`)
  return { charges: charged.charges, facts: { ...facts, prices: charged.prices } }
}

function assertDone(isDone: boolean): void {
  if (!isDone) throw new Error('invariant: a reservation that is locked and was looked at can be changed')
}
