import type { AssetRegistry } from '@callback-quorum/chains'
import type { AddressBook, ClaimContext, Judgement, Objection, Question, Rule } from '@callback-quorum/checker-kit'
import type { Database, Logger, Transaction } from '@callback-quorum/service'
import { breachObjection, SECOND_SIGNATURE } from './breach-text.ts'
import { chargesOf } from './charges.ts'
import { readFacts, type ReadFacts } from './facts/read-facts.ts'
import { closedObjection, destinationsOf, gatesOf, withProbation } from './gates.ts'
import { decide, type Decided } from './ledger/decide.ts'
import { knownSince, rememberDestinations } from './ledger/destinations.ts'
import { commit, release } from './ledger/life-cycle.ts'
import type { LimitsMetrics } from './metrics.ts'
import type { PriceBook } from './prices/index.ts'
import type { Rules } from './rules/rule.ts'

export interface SpendLimitOptions {
  readonly rules: Rules
  readonly assets: AssetRegistry
  readonly addresses: Pick<AddressBook, 'allowListed'>
  readonly prices: PriceBook
  readonly database: Database
  readonly log: Logger
  readonly metrics: LimitsMetrics
  /** A price that stays unknown this long after the first asking rejects. */
  readonly giveUpMs: number
}

const reject = (...objections: readonly [Objection, ...Objection[]]): Judgement => ({ outcome: 'reject', objections })

/**
 * All limits, as one rule of the checker. Judged and taken in one: what is used can only be read under the lock under which it is taken.
 * A limit is inclusive: used + amount <= limit passes. What no rule limits is rejected.
 */
export function spendLimit(options: SpendLimitOptions): Rule {
  const remembers = options.rules.gates.some((gate) => gate.gate === 'cooldown' && gate.unlisted === 'first-sight')
  return {
    name: 'spend-limit',
    kinds: ['keysign', 'tx-approval', 'tx-signing'],
    ...(remembers && { judge: (question) => remember(options, question) }),
    claim: (question, tx, context) => claim(options, question, tx, context),
    release: async (businessKey, tx) => {
      await release(tx, businessKey, 'the gateway says that it was not approved')
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
  context: ClaimContext,
): Promise<Judgement> {
  const { rules, assets, addresses } = options
  const read = readFacts(question, { assets, addresses, letPass: rules.letPass })
  if ('objections' in read) return reject(...read.objections)
  const charged = chargesOf(rules, read.facts, {
    assets,
    price: (assetId, currency) => options.prices.price(assetId, currency, context.now),
    hasUnreadDestination: read.hasUnreadDestination,
    isFeeKnown: read.isFeeKnown,
  })
  const [first, ...more] = [...charged.objections, ...givenUp(options, charged.unable, context)]
  if (first !== undefined) return reject(first, ...more)
  const [unable] = charged.unable
  if (unable !== undefined) return { outcome: 'unable', ...unable }
  return taken(options, question, tx, read, charged)
}

function givenUp(
  { giveUpMs }: SpendLimitOptions,
  unable: ReturnType<typeof chargesOf>['unable'],
  { now, firstAskedAt }: ClaimContext,
): readonly Objection[] {
  return now.getTime() - firstAskedAt.getTime() >= giveUpMs ? unable : []
}

async function taken(
  options: SpendLimitOptions,
  question: Question,
  tx: Transaction,
  { facts, slots }: ReadFacts,
  { charges, prices }: ReturnType<typeof chargesOf>,
): Promise<Judgement> {
  const { rules, assets } = options
  const isAboutAge = rules.gates.some(({ gate }) => gate === 'cooldown')
  const known = isAboutAge ? await knownSince(tx, [...destinationsOf(facts, assets).keys()]) : new Map()
  const decided = await decide(tx, {
    businessKey: question.businessKey,
    rulesDigest: rules.digest,
    facts: { ...facts, prices },
    charges: withProbation(charges, known),
    gates: gatesOf(rules, facts, known, assets),
    slots,
  })
  return judgementOf(options, decided, [...new Set(charges.map(({ limit }) => limit.ruleId))])
}

function judgementOf(
  { assets, metrics, log }: SpendLimitOptions,
  decided: Decided,
  applied: readonly string[],
): Judgement {
  const told = [
    ...decided.breaches.map((breach) => ({ by: breach.charge.limit, objection: breachObjection(breach, assets) })),
    // One gate closes once, for however many destinations.
    ...new Map(decided.closed.map((gate) => [gate.ruleId, { by: gate, objection: closedObjection(gate) }])).values(),
  ]
  for (const { by, objection } of told)
    metrics.refusals.inc({ code: objection.code, rule: by.ruleId, mode: by.isShadow ? 'shadow' : 'enforce' })
  const shadow = told.filter(({ by }) => by.isShadow).map(({ objection: { code, text } }) => ({ code, text }))
  for (const would of shadow) log.warn(would, 'a shadow rule would refuse')
  const said = told.filter(({ by }) => !by.isShadow).map(({ objection }) => objection)
  const evidence = { rules: applied, ...(shadow.length > 0 && { shadow }) }
  switch (decided.outcome) {
    case 'reserved':
    case 'replayed':
      return { outcome: 'approve', evidence: { ...evidence, replayed: decided.outcome === 'replayed' } }
    case 'refused': {
      const [first, ...more] = said
      if (first === undefined) throw new Error('invariant: a refusal has a reason')
      return { outcome: 'reject', objections: [first, ...more], evidence }
    }
    case 'second-signature':
      return reject(SECOND_SIGNATURE)
    case 'superseded':
      return { outcome: 'unable', code: 'RULES_SUPERSEDED', text: 'newer rules count than this process has' }
    default:
      // What the database answers is not what a type says: only the two words above approve.
      throw new Error(`invariant: unknown outcome ${String(decided.outcome satisfies never)}`)
  }
}
