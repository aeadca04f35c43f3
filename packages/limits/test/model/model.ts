import { LIMITS, WINDOWS, type CountingRule } from './model-rules.ts'

// What the ledger promises, in memory and one operation at a time. Written from what is promised and not from how the database does it: it
// keeps no entries and no running sums, and says anew each time what counts.

export interface Payment {
  readonly wallet: number
  readonly destination: number
  /** Nothing at all has no destination: it only uses up its nonce. */
  readonly amount: bigint
  readonly slot: number | undefined
}

export interface Operation {
  readonly kind: 'reserve' | 'commit' | 'release' | 'confirm'
  /** The payment that it is about. */
  readonly key: number
}

/** Unix time has no leap seconds: every UTC day is as long. */
const DAY_MS = 24 * 3_600_000

type State = 'held' | 'committed' | 'confirmed'
type Claims = ReadonlyMap<string, bigint>

interface Reservation {
  readonly key: number
  readonly slot: number | undefined
  readonly claims: Claims
  readonly state: State
}

/** Reservations of which one at most can be final, or a single one. On each counter the largest claim counts, at the place of the youngest that claimed. */
interface Group {
  readonly members: readonly Reservation[]
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
    if (kind === 'reserve') return this.#reserve(key, payment, nowMs, own)
    const isOpen = own !== undefined && own.state !== 'confirmed'
    if (kind === 'commit')
      return ['told', own?.state === 'held' && group ? this.#with(group, stated(group, key, 'committed')) : this]
    if (group === undefined || (kind === 'confirm' && !isOpen)) return ['nothing', this]
    if (kind === 'release') return ['done', this.#with(group, without(group, key))]
    const final = stated(group, key, 'confirmed')
    return ['done', this.#with(group, { ...final, members: final.members.filter((member) => member.key === key) })]
  }

  #reserve(key: number, payment: Payment, nowMs: number, own: Reservation | undefined): readonly [string, Model] {
    const tx = payment.amount > LIMITS.tx ? ['tx'] : []
    if (own !== undefined) return [tx.length > 0 ? refused(tx) : 'replayed', this]
    const replaced = this.#groups.find(
      ({ members: [first] }) =>
        payment.slot !== undefined && first?.slot === payment.slot && first.state !== 'confirmed',
    )
    const claims = claimsOf(payment)
    const breaches = [...claims].flatMap(([counter, claim]) => {
      const used = this.used(counter, nowMs)
      const counted = replaced ? amountOf(replaced, counter) : 0n
      const needed = used - (replaced ? insideOf(replaced, counter, nowMs) : 0n) + (claim > counted ? claim : counted)
      return needed > LIMITS[ruleOf(counter)] ? [`${ruleOf(counter)} ${used.toString()}`] : []
    })
    if (tx.length + breaches.length > 0) return [refused([...tx, ...breaches]), this]
    const member: Reservation = { key, slot: payment.slot, claims, state: 'held' }
    const places = [...claims.keys()].map((counter) => [counter, nowMs] as const)
    return [
      'reserved',
      this.#with(replaced, {
        members: [...(replaced?.members ?? []), member],
        places: new Map([...(replaced?.places ?? []), ...places]),
      }),
    ]
  }

  /** What counts on a counter at a moment. */
  used(counter: string, nowMs: number): bigint {
    return this.#groups.reduce((sum, group) => sum + insideOf(group, counter, nowMs), 0n)
  }

  /** `key state` of every payment that is not released. */
  states(): readonly string[] {
    return this.#groups.flatMap(({ members }) => members.map(({ key, state }) => `${String(key)} ${state}`)).toSorted()
  }

  /** The same text for two moments that nothing later can tell apart. */
  identity(): string {
    return this.#groups
      .map(({ members, places }) => {
        const lines = members.map(({ key, state }) => `${String(key)} ${state}`).toSorted()
        return JSON.stringify([lines, [...places].toSorted()])
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
