import type { AssetRegistry } from '@callback-quorum/chains'
import type { Objection } from '@callback-quorum/checker-kit'
import type { BusinessKey } from '@callback-quorum/protocol'
import type { Sql } from '@callback-quorum/service'
import { breachObjection, SECOND_SIGNATURE } from '../breach-text.ts'
import { chargesOf, type Charge, type ChargeSources } from '../charges.ts'
import type { Facts } from '../facts/facts.ts'
import { closedObjection, gatesOf, withProbation } from '../gates.ts'
import { decide, type Decided } from '../ledger/decide.ts'
import type { KnownSince } from '../ledger/destinations.ts'
import type { Rules } from '../rules/rule.ts'

/** A payment that is made up, or one of history. */
export interface Scene {
  readonly businessKey: BusinessKey
  readonly facts: Facts
  readonly slots: readonly string[]
  readonly known: ReadonlyMap<string, KnownSince>
  /** Absent: the database's time after its locks. */
  readonly at?: Date
}

export interface PlaySources extends Omit<ChargeSources, 'hasUnreadDestination'> {
  readonly rules: Rules
  readonly assets: AssetRegistry
}

export interface Played {
  readonly outcome: 'approve' | 'reject' | 'unable'
  readonly objections: readonly Objection[]
  /** What rules in shadow mode would have objected. */
  readonly shadow: readonly Objection[]
  readonly charges: readonly Charge[]
  /** Its charges stand in the counters now. */
  readonly isTaken: boolean
}

/**
 * What the rules say of a payment, by the same charges and the same call of the database as in a claim (spend-limit.ts), without metrics. It takes
 * what it approves: run it in a transaction that is rolled back.
 */
export async function play(sql: Sql, { rules, ...sources }: PlaySources, scene: Scene): Promise<Played> {
  const { facts, known, at } = scene
  const { charges, objections, unable, prices } = chargesOf(rules, facts, sources)
  const said = { shadow: [], charges, isTaken: false }
  if (objections.length > 0) return { ...said, outcome: 'reject', objections }
  if (unable.length > 0) return { ...said, outcome: 'unable', objections: unable }
  const decided = await decide(sql, {
    businessKey: scene.businessKey,
    rulesDigest: rules.digest,
    facts: { ...facts, prices },
    charges: withProbation(charges, known),
    gates: gatesOf(rules, facts, known, sources.assets),
    slots: scene.slots,
    ...(at !== undefined && { at }),
  })
  const shadow = objectionsOf(decided, true, sources.assets)
  switch (decided.outcome) {
    case 'reserved':
    case 'replayed':
      return { outcome: 'approve', objections: [], shadow, charges, isTaken: true }
    case 'refused':
      return { ...said, outcome: 'reject', objections: objectionsOf(decided, false, sources.assets), shadow }
    case 'second-signature':
      return { ...said, outcome: 'reject', objections: [SECOND_SIGNATURE] }
    case 'superseded': {
      const objection = { code: 'RULES_SUPERSEDED', text: 'newer rules count than this process has' }
      return { ...said, outcome: 'unable', objections: [objection] }
    }
    default:
      throw new Error(`invariant: unknown outcome ${String(decided.outcome satisfies never)}`)
  }
}

function objectionsOf({ breaches, closed }: Decided, isShadow: boolean, assets: AssetRegistry): readonly Objection[] {
  const gates = closed
    .filter((gate) => gate.isShadow === isShadow)
    .map((gate) => [gate.ruleId, closedObjection(gate)] as const)
  return [
    ...breaches
      .filter(({ charge }) => charge.limit.isShadow === isShadow)
      .map((breach) => breachObjection(breach, assets)),
    ...new Map(gates).values(),
  ]
}
