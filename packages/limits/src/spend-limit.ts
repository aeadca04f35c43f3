import { formatAmount } from '@callback-quorum/chains'
import type { Judgement, Objection, Question, Rule } from '@callback-quorum/checker-kit'
import type { Transaction } from '@callback-quorum/service'
import { chargesOf, readPayment, type Charge, type Payment } from './charges.ts'
import { isReserved, lockCounters, release, reserve } from './ledger.ts'
import type { LimitRule } from './rules-file.ts'

const reject = (...objections: readonly [Objection, ...Objection[]]): Judgement => ({ outcome: 'reject', objections })

/**
 * Per-transaction and rolling-window limits. Judged and taken in one: what is used can only be read under the lock under which it is taken.
 * A limit is inclusive: used + amount <= limit passes. A payment that no rule limits is rejected.
 */
export function spendLimit(rules: readonly LimitRule[]): Rule {
  return {
    name: 'spend-limit',
    kinds: ['keysign', 'tx-approval', 'tx-signing'],
    claim: (question, tx) => claim(rules, question, tx),
    release: (businessKey, tx) => release(tx, businessKey),
  }
}

async function claim(rules: readonly LimitRule[], question: Question, tx: Transaction): Promise<Judgement> {
  const payment = readPayment(question)
  if ('objections' in payment) return reject(...payment.objections)
  const charges = chargesOf(rules, payment)
  if ('missing' in charges)
    return reject({
      code: 'DIMENSION_MISSING',
      text: `a limit per ${charges.missing} applies, and the request names none`,
    })
  if (charges.length === 0)
    return reject({
      code: 'NO_APPLICABLE_RULE',
      text: `no limit is set for ${payment.asset.id} of wallet ${payment.wallet}`,
    })

  const isHeld = await isReserved(tx, question.businessKey)
  const counters = await lockCounters(tx, charges)
  const objections = [
    ...charges
      .filter((charge) => charge.rule.window === 'tx' && charge.amountAtomic > charge.limitAtomic)
      .map((charge) => overTransactionLimit(charge, payment)),
    ...counters
      // What this very payment holds is in `used` already.
      .filter(({ charge, usedAtomic }) => usedAtomic + (isHeld ? 0n : charge.amountAtomic) > charge.limitAtomic)
      .map(({ charge, usedAtomic }) => overWindowLimit(charge, usedAtomic, payment)),
  ]
  const [first, ...more] = objections
  if (first !== undefined) return reject(first, ...more)
  if (!isHeld) await reserve(tx, question.businessKey, factsOf(payment, question), counters)
  return { outcome: 'approve', evidence: { rules: charges.map(({ rule }) => rule.id), replayed: isHeld } }
}

function overTransactionLimit({ rule, amountAtomic, limitAtomic }: Charge, { asset }: Payment): Objection {
  const show = (atomic: bigint): string => `${formatAmount(atomic, asset.decimals)} ${asset.symbol}`
  return {
    code: 'LIMIT_TX',
    text: `${show(amountAtomic)} is over the limit ${rule.id} of ${show(limitAtomic)} per transaction`,
    evidence: { rule: rule.id, amount: amountAtomic.toString(), limit: limitAtomic.toString() },
  }
}

function overWindowLimit(
  { rule, amountAtomic, limitAtomic }: Charge,
  usedAtomic: bigint,
  { asset }: Payment,
): Objection {
  const show = (atomic: bigint): string => `${formatAmount(atomic, asset.decimals)} ${asset.symbol}`
  const remaining = limitAtomic > usedAtomic ? limitAtomic - usedAtomic : 0n
  return {
    code: 'LIMIT_WINDOW',
    text: `${show(amountAtomic)} is over what is left of ${rule.id}: ${show(usedAtomic)} of ${show(limitAtomic)} used`,
    evidence: {
      rule: rule.id,
      amount: amountAtomic.toString(),
      limit: limitAtomic.toString(),
      used: usedAtomic.toString(),
      remaining: remaining.toString(),
    },
  }
}

/** Everything a counter of another shape could be rebuilt from. */
function factsOf(payment: Payment, question: Question): object {
  return {
    organisation: payment.organisation,
    wallet: payment.wallet,
    asset: payment.asset.id,
    total: payment.totalAtomic.toString(),
    initiator: payment.initiator ?? null,
    destinations: [...payment.byDestination].map(([key, amount]) => ({ key, amount: amount.toString() })),
    operation: question.operation,
    transaction_id: question.transactionId,
  }
}
