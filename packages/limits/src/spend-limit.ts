import { formatAmount, type PowerName } from '@callback-quorum/chains'
import type { Judgement, Objection, Question, Rule } from '@callback-quorum/checker-kit'
import type { Transaction } from '@callback-quorum/service'
import { chargesOf, type Charge } from './charges.ts'
import { isReserved, lockCounters, release, reserve } from './ledger.ts'
import { readPayments, type Payment } from './read-payments.ts'
import type { LimitRule } from './rules-file.ts'

const reject = (...objections: readonly [Objection, ...Objection[]]): Judgement => ({ outcome: 'reject', objections })

/**
 * Per-transaction and rolling-window limits. Judged and taken in one: what is used can only be read under the lock under which it is taken.
 * A limit is inclusive: used + amount <= limit passes. A payment that no rule limits is rejected.
 */
export function spendLimit(rules: readonly LimitRule[], letPass: readonly PowerName[] = []): Rule {
  return {
    name: 'spend-limit',
    kinds: ['keysign', 'tx-approval', 'tx-signing'],
    claim: (question, tx) => claim(rules, letPass, question, tx),
    release: (businessKey, tx) => release(tx, businessKey),
  }
}

async function claim(
  rules: readonly LimitRule[],
  letPass: readonly PowerName[],
  question: Question,
  tx: Transaction,
): Promise<Judgement> {
  const payments = readPayments(question, letPass)
  if ('objections' in payments) return reject(...payments.objections)
  const charges: Charge[] = []
  for (const payment of payments) {
    const found = chargesOf(rules, payment)
    if ('missing' in found)
      return reject({
        code: 'DIMENSION_MISSING',
        text: `a limit per ${found.missing} applies, and the request names none`,
      })
    if (found.length === 0)
      return reject({
        code: 'NO_APPLICABLE_RULE',
        text: `no limit is set for ${payment.asset.id} of wallet ${payment.wallet}`,
      })
    charges.push(...found)
  }

  const isHeld = await isReserved(tx, question.businessKey)
  const counters = await lockCounters(tx, charges)
  const objections = [
    ...charges
      .filter((charge) => charge.rule.window === 'tx' && charge.amountAtomic > charge.limitAtomic)
      .map((charge) => overTransactionLimit(charge)),
    ...counters
      // What this very payment holds is in `used` already.
      .filter(({ charge, usedAtomic }) => usedAtomic + (isHeld ? 0n : charge.amountAtomic) > charge.limitAtomic)
      .map(({ charge, usedAtomic }) => overWindowLimit(charge, usedAtomic)),
  ]
  const [first, ...more] = objections
  if (first !== undefined) return reject(first, ...more)
  if (!isHeld) await reserve(tx, question.businessKey, factsOf(payments, question), counters)
  return { outcome: 'approve', evidence: { rules: charges.map(({ rule }) => rule.id), replayed: isHeld } }
}

function overTransactionLimit({ rule, asset, amountAtomic, limitAtomic }: Charge): Objection {
  const show = (atomic: bigint): string => `${formatAmount(atomic, asset.decimals)} ${asset.symbol}`
  return {
    code: 'LIMIT_TX',
    text: `${show(amountAtomic)} is over the limit ${rule.id} of ${show(limitAtomic)} per transaction`,
    evidence: { rule: rule.id, amount: amountAtomic.toString(), limit: limitAtomic.toString() },
  }
}

function overWindowLimit({ rule, asset, amountAtomic, limitAtomic }: Charge, usedAtomic: bigint): Objection {
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
function factsOf(payments: readonly Payment[], question: Question): object {
  return {
    organisation: question.organisation,
    wallet: question.wallet ?? null,
    initiator: question.initiator?.id ?? null,
    operation: question.operation,
    transaction_id: question.transactionId,
    bound: question.binding !== undefined,
    payments: payments.map(({ asset, totalAtomic, byDestination }) => ({
      asset: asset.id,
      total: totalAtomic.toString(),
      destinations: [...byDestination].map(([key, amount]) => ({ key, amount: amount.toString() })),
    })),
  }
}
