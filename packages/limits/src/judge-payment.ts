import type { Objection } from '@callback-quorum/checker-kit'
import type { BusinessKey } from '@callback-quorum/protocol'
import type { Sql } from '@callback-quorum/service'
import { breachObjection, SECOND_SIGNATURE } from './breach-text.ts'
import { chargesOf, type Charge, type ChargeSources, type RuleObjection } from './charges.ts'
import type { Facts } from './facts/facts.ts'
import { closedObjection, gatesOf, withProbation } from './gates.ts'
import { decide, type Decided } from './ledger/decide.ts'
import type { KnownSince } from './ledger/destinations.ts'
import type { Rules } from './rules/rule.ts'

/** A payment that is asked about, made up, or one of history. */
export interface Payment {
  readonly businessKey: BusinessKey
  readonly facts: Facts
  readonly slots: readonly string[]
  readonly known: ReadonlyMap<string, KnownSince>
  /** Absent: the database's time after its locks. */
  readonly at?: Date
}

export interface PaymentSources extends ChargeSources {
  readonly rules: Rules
  /** What cannot be told now rejects: it could not be told for too long. */
  readonly hasGivenUp?: boolean
}

type Why = readonly [Objection, ...Objection[]]
type Said =
  | { readonly outcome: 'approve'; readonly isReplay: boolean; readonly objections: readonly [] }
  | { readonly outcome: 'reject'; readonly objections: Why }
  | { readonly outcome: 'unable'; readonly objections: Why }

export type JudgedPayment = Said & {
  /** What the rules said one by one, those in shadow mode too. */
  readonly told: readonly RuleObjection[]
  /** What rules in shadow mode would have objected. */
  readonly shadow: readonly Objection[]
  readonly charges: readonly Charge[]
}

/**
 * What the rules say of a payment; for claims, simulations and backtests alike. What is approved is taken in the transaction of `sql`: to be told
 * and not to take, roll it back.
 * @throws whatever the database throws for a question that is not complete (migrations/0003-decide.sql)
 */
export async function judgePayment(sql: Sql, sources: PaymentSources, payment: Payment): Promise<JudgedPayment> {
  const { rules, assets, hasGivenUp = false } = sources
  const { businessKey, facts, slots, known, at } = payment
  const { charges, objections, shadow, unable, prices } = chargesOf(rules, facts, sources)
  const [first, ...more] = [...objections, ...(hasGivenUp ? unable : [])]
  if (first !== undefined) return judged({ outcome: 'reject', objections: [first, ...more] }, charges, shadow)
  const [doubt, ...doubts] = unable
  if (doubt !== undefined) return judged({ outcome: 'unable', objections: [doubt, ...doubts] }, charges, shadow)
  const decided = await decide(sql, {
    businessKey,
    rulesDigest: rules.digest,
    facts: { ...facts, prices },
    charges: withProbation(charges, known),
    gates: gatesOf(rules, facts, known, assets),
    slots,
    ...(at !== undefined && { at }),
  })
  const told = toldBy(decided, sources)
  return judged(saidOf(decided.outcome, told), charges, [...told, ...shadow])
}

const judged = (said: Said, charges: readonly Charge[], told: readonly RuleObjection[]): JudgedPayment => ({
  ...said,
  told,
  shadow: told.filter(({ isShadow }) => isShadow).map(({ objection }) => objection),
  charges,
})

function saidOf(outcome: Decided['outcome'], told: readonly RuleObjection[]): Said {
  switch (outcome) {
    case 'reserved':
    case 'replayed':
      return { outcome: 'approve', isReplay: outcome === 'replayed', objections: [] }
    case 'refused': {
      const [first, ...more] = told.filter(({ isShadow }) => !isShadow).map(({ objection }) => objection)
      if (first === undefined) throw new Error('invariant: a refusal has a reason')
      return { outcome: 'reject', objections: [first, ...more] }
    }
    case 'second-signature':
      return { outcome: 'reject', objections: [SECOND_SIGNATURE] }
    case 'superseded': {
      const objection = { code: 'RULES_SUPERSEDED', text: 'newer rules count than this process has' }
      return { outcome: 'unable', objections: [objection] }
    }
    default:
      // What the database answers is not what a type says: only the two words above approve.
      throw new Error(`invariant: unknown outcome ${String(outcome satisfies never)}`)
  }
}

function toldBy({ breaches, closed }: Decided, { assets }: PaymentSources): readonly RuleObjection[] {
  const gates = closed.map((gate) => [gate.ruleId, { ...gate, objection: closedObjection(gate) }] as const)
  return [
    ...breaches.map((breach) => ({ ...breach.charge.limit, objection: breachObjection(breach, assets) })),
    // One gate closes once, for however many destinations.
    ...new Map(gates).values(),
  ].map(({ ruleId, isShadow, objection }) => ({ ruleId, isShadow, objection }))
}
