import type { Objection } from '@callback-quorum/checker-kit'
import type { BusinessKey } from '@callback-quorum/protocol'
import { AdminFault, type Transaction } from '@callback-quorum/service'
import { destinationsOf } from '../gates.ts'
import { judgePayment, type JudgedPayment } from '../judge-payment.ts'
import { assertZones, replaceActive } from '../ledger/activate-rules.ts'
import { knownSince, type KnownSince } from '../ledger/destinations.ts'
import { countHistory, openStage, readHappened, type Happened } from '../ledger/history.ts'
import { confirm, release } from '../ledger/life-cycle.ts'
import type { Rules } from '../rules/rule.ts'
import type { AdminContext } from './admin-context.ts'

/** About a millisecond each, on a connection of its own. */
const RESERVATIONS_MAX = 100_000
const FIRST_MAX = 50

interface Refused {
  readonly business_key: string
  readonly at: string
  readonly codes: readonly string[]
  /** It was given back later, so that no money moved. */
  readonly released: boolean
}

interface RuleCount {
  readonly rule: string | null
  readonly code: string
  readonly mode: 'enforce' | 'shadow'
  count: number
}

export interface Backtested {
  readonly considered: number
  readonly would_refuse: number
  /** Payments that each rule would have refused; `rule` is null for what no rule says, such as a payment that none limits. */
  readonly by_rule: readonly RuleCount[]
  readonly first: readonly Refused[]
}

/**
 * Plays what the ledger took from `from` on and before `to` again under other rules, from empty counters on, through the functions that decide. A
 * payment that would have been refused counts nothing afterwards. Values are counted by the prices of that time, and by those of now where none
 * were kept. Run it in a transaction that is rolled back.
 * @throws AdminFault 400 for more than 100,000 reservations
 */
export async function backtest(
  tx: Transaction,
  rules: Rules,
  from: Date,
  to: Date,
  context: AdminContext,
): Promise<Backtested> {
  await assertZones(tx, rules, 'rules')
  if ((await countHistory(tx, from, to, RESERVATIONS_MAX)) > RESERVATIONS_MAX)
    throw new AdminFault(
      400,
      `more than ${String(RESERVATIONS_MAX)} reservations lie between from and to; expected a shorter time`,
    )
  await openStage(tx, from, to)
  await replaceActive(tx, rules)
  const replay = new Replay(tx, rules, context, await tx.clockNow())
  for await (const happened of readHappened(tx)) await replay.add(happened)
  return replay.result()
}

class Replay {
  readonly #tx: Transaction
  readonly #rules: Rules
  readonly #context: AdminContext
  readonly #now: Date
  readonly #counts = new Map<string, RuleCount>()
  readonly #first: Refused[] = []
  readonly #seen = new Map<string, Date>()
  #considered = 0
  #refused = 0

  constructor(tx: Transaction, rules: Rules, context: AdminContext, now: Date) {
    this.#tx = tx
    this.#rules = rules
    this.#context = context
    this.#now = now
  }

  result(): Backtested {
    const byRule = [...this.#counts.values()].toSorted((a, b) => b.count - a.count)
    return { considered: this.#considered, would_refuse: this.#refused, by_rule: byRule, first: this.#first }
  }

  async add(happened: Happened): Promise<void> {
    const key = happened.businessKey as BusinessKey
    switch (happened.event) {
      case 'reserve':
        return this.#ask(happened)
      case 'confirm':
        await confirm(this.#tx, key, { why: 'history' })
        return
      case 'release':
        await release(this.#tx, key, 'history')
        return
      default:
        happened.event satisfies never
    }
  }

  async #ask({ businessKey, at, facts, slots, isReleased }: Happened): Promise<void> {
    const { assets, prices } = this.#context
    const judged = await judgePayment(
      this.#tx,
      { rules: this.#rules, assets, price: (assetId, currency) => prices.price(assetId, currency, this.#now) },
      { businessKey: businessKey as BusinessKey, facts, slots, known: await this.#knownAt(at, facts), at },
    )
    if (judged.objections.some(({ code }) => code === 'RULES_SUPERSEDED'))
      throw new Error('invariant: on the stage, only the rules that are tested count')
    this.#considered += 1
    this.#count(judged)
    if (judged.outcome === 'approve') return
    this.#refused += 1
    if (this.#first.length >= FIRST_MAX) return
    const codes = [...new Set(judged.objections.map(({ code }) => code))]
    this.#first.push({ business_key: businessKey, at: at.toISOString(), codes, released: isReleased })
  }

  #count({ objections, shadow }: JudgedPayment): void {
    // Each rule and code once for a payment, however many of its counters said so.
    const once = (said: readonly Objection[], mode: RuleCount['mode']): void => {
      for (const text of new Set(said.map((objection) => JSON.stringify([mode, ruleOf(objection), objection.code])))) {
        const [, rule, code] = JSON.parse(text) as [string, string | null, string]
        const counted = this.#counts.get(text) ?? { rule, code, mode, count: 0 }
        counted.count += 1
        this.#counts.set(text, counted)
      }
    }
    once(objections, 'enforce')
    once(shadow, 'shadow')
  }

  /** First sight is kept since a rule asked for it; before, it is the first payment that is judged. */
  async #knownAt(at: Date, facts: Happened['facts']): Promise<ReadonlyMap<string, KnownSince>> {
    if (!this.#rules.gates.some(({ gate }) => gate === 'cooldown')) return new Map()
    const places = [...destinationsOf(facts, this.#context.assets).keys()]
    const known = await knownSince(this.#tx, places)
    return new Map(
      places.map((place) => {
        const first = this.#seen.get(place) ?? at
        this.#seen.set(place, first)
        const { listed, seen } = known.get(place) ?? {}
        return [place, { ...(listed && { listed }), seen: seen !== undefined && seen < first ? seen : first }]
      }),
    )
  }
}

const ruleOf = ({ evidence }: Objection): string | null => {
  const rule = evidence?.['rule']
  return typeof rule === 'string' ? rule : null
}
