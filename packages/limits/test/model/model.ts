import type { Signed } from './most-that-moves.ts'
import { LIMITS, WINDOWS, type CountingRule } from './model-rules.ts'

// What the ledger promises, in memory and one operation at a time. Written from what is promised and not from how the database does it: it
// keeps no entries and no running sums, and says anew each time what counts.

export interface Payment {
  readonly wallet: number
  readonly destination: number
  /** Nothing at all has no destination: it only uses up its nonce. */
  readonly amount: bigint
  /** What its bytes use up. */
  readonly slots: readonly number[]
  /** What other bytes of the same payment use up, over which it may be asked for too. */
  readonly otherSlots: readonly number[]
}

export interface Operation {
  /** resign: reserve over the other bytes, whichever of the two comes first. */
  readonly kind: 'reserve' | 'resign' | 'commit' | 'release' | 'confirm'
  /** The payment that it is about. */
  readonly key: number
}

/** Unix time has no leap seconds: every UTC day is as long. */
const DAY_MS = 24 * 3_600_000

type State = 'held' | 'committed' | 'confirmed'
type Claims = ReadonlyMap<string, bigint>

interface Reservation {
  readonly key: number
  /** What all of its signatures use up. */
  readonly slots: readonly number[]
  /** What each of them uses up. */
  readonly signatures: readonly (readonly number[])[]
  readonly claims: Claims
  readonly state: State
}

/** Reservations of which one at most can be final, or a single one. On each counter the largest claim counts, at the place of the youngest that claimed. */
interface Group {
  readonly members: readonly Reservation[]
  /** What all of them use up, since there was more than one. */
  readonly slot: number | undefined
  readonly places: ReadonlyMap<string, number>
}

const ruleOf = (counter: string): CountingRule => counter.split(' ')[0] as CountingRule

/** Counters are named by their rule and what they are per. */
export function claimsOf({ wallet, destination, amount }: Payment): Claims {
  const count = [`count ${String(wallet)}`, 1n] as const
  if (amount === 0n) return new Map([count])
  return new Map([
    count,
    [`rolling ${String(wallet)}`, amount],
    [`day ${String(wallet)} ${String(destination)}`, amount],
    ['ever', amount],
  ])
}

const isInside = (counter: string, at: number, nowMs: number): boolean => {
  const window = WINDOWS[ruleOf(counter)]
  if (window === 'lifetime') return true
  if (window === 'utc-day') return Math.floor(at / DAY_MS) === Math.floor(nowMs / DAY_MS)
  return nowMs - at < window
}

const amountOf = ({ members }: Group, counter: string): bigint =>
  members.map(({ claims }) => claims.get(counter) ?? 0n).reduce((most, claim) => (claim > most ? claim : most), 0n)

const insideOf = (group: Group, counter: string, nowMs: number): bigint => {
  const at = group.places.get(counter)
  return at !== undefined && isInside(counter, at, nowMs) ? amountOf(group, counter) : 0n
}

/** A moment of the ledger. Operations answer the next one and change nothing. */
export class Model {
  readonly #groups: readonly Group[]

  constructor(groups: readonly Group[] = []) {
    this.#groups = groups
  }

  /** The outcome in the words of the test, and what is after it. */
  after({ kind, key }: Operation, payment: Payment, nowMs: number): readonly [outcome: string, next: Model] {
    const group = this.#groups.find(({ members }) => members.some((member) => member.key === key))
    const own = group?.members.find((member) => member.key === key)
    if (kind === 'reserve' || kind === 'resign') {
      const slots = kind === 'reserve' ? payment.slots : payment.otherSlots
      if (group !== undefined && own !== undefined) return this.#again(group, own, slots)
      return this.#reserve(key, payment, slots, nowMs)
    }
    const isOpen = own !== undefined && own.state !== 'confirmed'
    if (kind === 'commit')
      return ['told', own?.state === 'held' && group ? this.#with(group, stated(group, key, 'committed')) : this]
    if (group === undefined || (kind === 'confirm' && !isOpen)) return ['nothing', this]
    if (kind === 'release') return ['done', this.#with(group, without(group, key))]
    const final = stated(group, key, 'confirmed')
    return ['done', this.#with(group, { ...final, members: final.members.filter((member) => member.key === key) })]
  }

  /** Signed over these bytes too, it must go on excluding whatever it is counted as one with, and its other signatures. */
  #again(group: Group, own: Reservation, slots: readonly number[]): readonly [string, Model] {
    const isKnown = slots.length > 0 && own.slots.length > 0
    const left = isKnown ? own.slots.filter((slot) => slots.includes(slot)) : own.slots
    if (isKnown && (left.length === 0 || (group.slot !== undefined && !left.includes(group.slot))))
      return ['second-signature', this]
    // Asked about without its bytes, it is an approval and no signature: checker-kit lets none be made that shows no slot in common.
    const signatures = slots.length > 0 ? [...own.signatures, slots] : own.signatures
    const signed = { ...own, slots: left, signatures }
    const members = group.members.map((member) => (member === own ? signed : member))
    return ['replayed', this.#with(group, { ...group, members })]
  }

  /** What is counted as one, and can never be final beside what uses up these slots. */
  #replacedBy(slots: readonly number[]): { readonly replaced?: Group; readonly slot: number | undefined } {
    for (const slot of slots.toSorted()) {
      const [only, ...more] = this.#groups.filter(({ members }) =>
        members.some((member) => member.state !== 'confirmed' && member.slots.includes(slot)),
      )
      if (only !== undefined && more.length === 0 && (only.slot ?? slot) === slot) return { replaced: only, slot }
    }
    return { slot: undefined }
  }

  #reserve(key: number, payment: Payment, slots: readonly number[], nowMs: number): readonly [string, Model] {
    const tx = payment.amount > LIMITS.tx ? ['tx'] : []
    const { replaced, slot } = this.#replacedBy(slots)
    const claims = claimsOf(payment)
    const breaches = [...claims].flatMap(([counter, claim]) => {
      const used = this.used(counter, nowMs)
      const counted = replaced ? amountOf(replaced, counter) : 0n
      const needed = used - (replaced ? insideOf(replaced, counter, nowMs) : 0n) + (claim > counted ? claim : counted)
      return needed > LIMITS[ruleOf(counter)] ? [`${ruleOf(counter)} ${used.toString()}`] : []
    })
    if (tx.length + breaches.length > 0) return [refused([...tx, ...breaches]), this]
    const member: Reservation = { key, slots, signatures: [slots], claims, state: 'held' }
    const places = [...claims.keys()].map((counter) => [counter, nowMs] as const)
    return [
      'reserved',
      this.#with(replaced, {
        members: [...(replaced?.members ?? []), member],
        slot,
        places: new Map([...(replaced?.places ?? []), ...places]),
      }),
    ]
  }

  /** What counts on a counter at a moment. */
  used(counter: string, nowMs: number): bigint {
    return this.#groups.reduce((sum, group) => sum + insideOf(group, counter, nowMs), 0n)
  }

  /** What may still move on a chain, or has moved, of what a counter counts for ever. */
  signed(counter: string): readonly Signed[] {
    return this.#groups.flatMap(({ members }) =>
      members.map(({ claims, signatures }) => ({ amount: claims.get(counter) ?? 0n, signatures })),
    )
  }

  /** `key state` of every payment that is not released. */
  states(): readonly string[] {
    return this.#groups.flatMap(({ members }) => members.map(({ key, state }) => `${String(key)} ${state}`)).toSorted()
  }

  /** The same text for two moments that nothing later can tell apart. */
  identity(): string {
    return this.#groups
      .map(({ members, slot, places }) => {
        const lines = members.map(({ key, state, slots }) => `${String(key)} ${state} ${slots.toSorted().join()}`)
        return JSON.stringify([lines.toSorted(), slot, [...places].toSorted()])
      })
      .toSorted()
      .join('\n')
  }

  #with(old: Group | undefined, next: Group): Model {
    const rest = this.#groups.filter((group) => group !== old)
    return new Model(next.members.length === 0 ? rest : [...rest, next])
  }
}

/** The outcome of a refusal: which rules, and what was used of each. */
export const refused = (breaches: readonly string[]): string => `refused: ${[...breaches].toSorted().join(', ')}`

const stated = (group: Group, key: number, state: State): Group => ({
  ...group,
  members: group.members.map((member) => (member.key === key ? { ...member, state } : member)),
})

const without = (group: Group, key: number): Group => ({
  ...group,
  members: group.members.filter((member) => member.key !== key),
})
