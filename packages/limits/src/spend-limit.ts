import type { AssetRegistry } from '@callback-quorum/chains'
import type { AddressBook, ClaimContext, Judgement, Question, Rule } from '@callback-quorum/checker-kit'
import type { Database, Logger, Transaction } from '@callback-quorum/service'
import { readFacts } from './facts/read-facts.ts'
import { destinationsOf } from './gates.ts'
import { judgePayment, type JudgedPayment } from './judge-payment.ts'
import { knownSince, rememberDestinations } from './ledger/destinations.ts'
import { commit, release } from './ledger/life-cycle.ts'
import { heldPrices } from './ledger/reservations.ts'
import type { LimitsMetrics } from './metrics.ts'
import type { PriceBook } from './prices/index.ts'
import type { Rules } from './rules/rule.ts'

export interface SpendLimitOptions {
  readonly rules: Rules
  readonly assets: AssetRegistry
  readonly addresses: Pick<AddressBook, 'allowListed' | 'ownerOf'>
  readonly prices: PriceBook
  readonly database: Database
  readonly log: Logger
  readonly metrics: LimitsMetrics
  /** A price that stays unknown this long after the first asking rejects. */
  readonly giveUpMs: number
}

/** What this checker judges. */
export const LIMITED_KINDS = ['keysign', 'tx-approval', 'tx-signing'] as const

/**
 * All limits, as one rule of the checker. Judged and taken in one: what is used can only be read under the lock under which it is taken.
 * A limit is inclusive: used + amount <= limit passes. What no rule limits is rejected.
 */
export function spendLimit(options: SpendLimitOptions): Rule {
  const remembers = options.rules.gates.some((gate) => gate.gate === 'cooldown' && gate.unlisted === 'first-sight')
  return {
    name: 'spend-limit',
    kinds: LIMITED_KINDS,
    ...(remembers && { judge: (question) => remember(options, question) }),
    claim: (question, tx, context) => claim(options, question, tx, context),
    release: async (businessKey, tx) => {
      await release(tx, businessKey, 'no approval holds it any more')
    },
    commit: (businessKey, tx) => commit(tx, businessKey),
  }
}

/** Outside the claim, which a refusal takes back. */
async function remember(
  { rules, assets, addresses, database }: SpendLimitOptions,
  question: Question,
): Promise<Judgement> {
  const read = readFacts(question, { assets, addresses, letPass: rules.letPass })
  if ('facts' in read) await rememberDestinations(database, [...destinationsOf(read.facts, assets).keys()])
  return { outcome: 'approve' }
}

async function claim(
  options: SpendLimitOptions,
  question: Question,
  tx: Transaction,
  { now, firstAskedAt }: ClaimContext,
): Promise<Judgement> {
  const { rules, assets, addresses, prices, giveUpMs } = options
  const read = readFacts(question, { assets, addresses, letPass: rules.letPass })
  if ('objections' in read) return { outcome: 'reject', objections: read.objections }
  const { facts, slots, hasUnreadDestination, isFeeKnown } = read
  const isAboutValue = rules.limits.some(({ measure }) => measure === 'value')
  const isAboutAge = rules.gates.some(({ gate }) => gate === 'cooldown')
  const judged = await judgePayment(
    tx,
    {
      rules,
      assets,
      price: (assetId, currency) => prices.price(assetId, currency, now),
      hasUnreadDestination,
      isFeeKnown,
      hasGivenUp: now.getTime() - firstAskedAt.getTime() >= giveUpMs,
    },
    {
      businessKey: question.businessKey,
      facts: isAboutValue ? { ...facts, prices: await heldPrices(tx, question.businessKey, facts.stage) } : facts,
      slots,
      known: isAboutAge ? await knownSince(tx, [...destinationsOf(facts, assets).keys()]) : new Map(),
    },
  )
  report(options, judged)
  return judgementOf(judged)
}

function report({ metrics, log }: SpendLimitOptions, { told }: JudgedPayment): void {
  for (const { ruleId, isShadow, objection } of told) {
    metrics.refusals.inc({ code: objection.code, rule: ruleId, mode: isShadow ? 'shadow' : 'enforce' })
    if (isShadow) log.warn({ code: objection.code, text: objection.text }, 'a shadow rule would refuse')
  }
}

function judgementOf(judged: JudgedPayment): Judgement {
  const shadow = judged.shadow.map(({ code, text }) => ({ code, text }))
  const evidence = {
    rules: [...new Set(judged.charges.map(({ limit }) => limit.ruleId))],
    ...(shadow.length > 0 && { shadow }),
  }
  switch (judged.outcome) {
    case 'approve':
      return { outcome: 'approve', evidence: { ...evidence, replayed: judged.isReplay } }
    case 'reject':
      return { outcome: 'reject', objections: judged.objections, evidence }
    case 'unable': {
      const [{ code, text }] = judged.objections
      return { outcome: 'unable', code, text, evidence }
    }
    default:
      throw new Error(`invariant: unknown outcome ${JSON.stringify(judged satisfies never)}`)
  }
}
