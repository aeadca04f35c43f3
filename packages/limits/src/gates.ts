import type { AssetRegistry } from '@callback-quorum/chains'
import type { Objection } from '@callback-quorum/checker-kit'
import { placeOf, type Charge } from './charges.ts'
import type { Facts } from './facts/facts.ts'
import { matchOf } from './match-of.ts'
import type { GateQuestion } from './ledger/decide.ts'
import type { KnownSince } from './ledger/destinations.ts'
import type { Gate, Rules } from './rules/rule.ts'

type Known = ReadonlyMap<string, KnownSince>
type Unlisted = 'refuse' | 'first-sight'

const after = (since: Date | undefined, ms: number): Date | undefined =>
  since === undefined ? undefined : new Date(since.getTime() + ms)

/** Listed: since the address book says so. Otherwise since it was first seen, where the rule goes by that. */
const sinceOf = (place: string, listed: boolean, unlisted: Unlisted, known: Known): Date | undefined => {
  const { listed: onList, seen } = known.get(place) ?? {}
  return listed ? onList : unlisted === 'first-sight' ? seen : undefined
}

/** The distinct destinations of a transaction, with what the address book said of each. */
export function destinationsOf(facts: Facts, assets: AssetRegistry): ReadonlyMap<string, { readonly listed: boolean }> {
  return new Map(
    facts.parts.flatMap((part) => {
      const chain = part.asset === undefined ? undefined : assets.asset(part.asset)?.chain.id
      const place = chain === undefined ? undefined : placeOf(chain, part)
      return place === undefined ? [] : [[place, { listed: part.listed }] as const]
    }),
  )
}

/**
 * The gates that a transaction has to pass, each once for every destination that it is about. Where a gate depends on what the request does not say,
 * the request was refused when it was charged (charges.ts).
 */
export function gatesOf(rules: Rules, facts: Facts, known: Known, assets: AssetRegistry): readonly GateQuestion[] {
  return rules.gates.flatMap((gate): GateQuestion[] => {
    const parts = facts.parts.filter((part) => !part.fee && matchOf(gate.match, facts, part, rules, assets) === 'yes')
    if (parts.length === 0) return []
    if (gate.gate === 'schedule') return [{ gate, schedule: gate.schedule }]
    return [...destinationsOf({ ...facts, parts }, assets)].map(([place, { listed }]) => ({
      gate,
      notBefore: after(sinceOf(place, listed, gate.unlisted, known), gate.cooldownMs) ?? null,
    }))
  })
}

/** Caps on new destinations end with their time; a destination of unknown age stays new. */
export function withProbation(
  charges: readonly Charge[],
  known: Known,
): readonly (Charge & { readonly until?: Date })[] {
  return charges.map((charge) => {
    const { limit, destination } = charge
    if (limit.newForMs === undefined || destination === undefined) return charge
    const until = after(
      sinceOf(destination.place, destination.listed, limit.unlisted ?? 'refuse', known),
      limit.newForMs,
    )
    return until === undefined ? charge : { ...charge, until }
  })
}

/** What people read of a gate that is closed. */
export function closedObjection(gate: Gate): Objection {
  const evidence = { rule: gate.ruleId }
  if (gate.gate === 'schedule')
    return { code: 'OUTSIDE_SCHEDULE', text: `outside the hours of ${gate.ruleId} (${gate.schedule.zone})`, evidence }
  return { code: 'DEST_COOLDOWN', text: `a destination is too new for ${gate.ruleId}, or not on the list`, evidence }
}
