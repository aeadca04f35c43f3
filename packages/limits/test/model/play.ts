import { expect } from 'vitest'
import type { History, Step } from './histories.ts'
import type { CounterRow, Ledger } from './ledger.ts'
import { mostThatMoves } from './most-that-moves.ts'
import { LIMITS, type CountingRule } from './model-rules.ts'
import { Model } from './model.ts'
import { afterListed, distinct, momentsAfter, type Asked } from './orders.ts'
import type { Tally } from './tally.ts'

interface Seen {
  readonly counters: readonly CounterRow[]
  readonly states: readonly string[]
}

/** Plays one history on the ledger, and throws where the ledger does what no order of its operations explains. */
export class Play {
  readonly #ledger: Ledger
  readonly #history: History
  readonly #setClock: (nowMs: number) => Promise<void>
  readonly #tally: Tally
  #nowMs: number
  /** All moments that explain what was seen so far. Mostly one. */
  #moments: readonly Model[] = [new Model()]
  #seen: Seen = { counters: [], states: [] }

  constructor(ledger: Ledger, history: History, setClock: (nowMs: number) => Promise<void>, tally: Tally) {
    this.#ledger = ledger
    this.#history = history
    this.#setClock = setClock
    this.#tally = tally
    this.#nowMs = history.startMs
  }

  async all(): Promise<void> {
    await this.#setClock(this.#nowMs)
    for (const [n, step] of this.#history.steps.entries()) await this.#step(n, step)
    this.#tally.history()
  }

  async #step(n: number, { operations, advanceMs }: Step): Promise<void> {
    const outcomes = await Promise.all(operations.map((operation) => this.#ledger.run(operation)))
    const asked = operations.map((operation, i) => ({ operation, outcome: outcomes[i] ?? '' }))
    const seen = await this.#look()
    const where = `step ${String(n + 1)}: ${JSON.stringify(asked)}`
    assertSound(seen, where)
    if (outcomes.every(isIdle)) assertUnmoved(this.#seen, seen, where)
    this.#moments = this.#explain(asked, seen, where)
    this.#seen = seen
    if (advanceMs === 0) return
    this.#nowMs += advanceMs
    await this.#setClock(this.#nowMs)
  }

  async #look(): Promise<Seen> {
    const [counters, states] = await Promise.all([this.#ledger.counters(), this.#ledger.states()])
    return { counters, states }
  }

  #explain(asked: readonly Asked[], seen: Seen, where: string): readonly Model[] {
    const { payments } = this.#history
    const isSeen = (model: Model): boolean => differences(model, seen, this.#nowMs).length === 0
    const listed = this.#moments.map((model) => afterListed(model, asked, payments, this.#nowMs))
    const isAsListed = listed.some((model) => model !== undefined && isSeen(model))
    const possible = distinct(this.#moments.flatMap((model) => momentsAfter(model, asked, payments, this.#nowMs)))
    const explaining = possible.filter(isSeen)
    if (explaining.length === 0) {
      const why = possible.map((model) => differences(model, seen, this.#nowMs).join('; '))
      throw new Error(`no order explains ${where}\n${why.length > 0 ? why.join('\nor ') : 'the outcomes fit no order'}`)
    }
    for (const model of explaining) {
      const [most, counted] = [mostThatMoves(model.signed('ever')), model.used('ever', this.#nowMs)]
      if (most > counted) throw new Error(`${where}\n${most.toString()} may move, ${counted.toString()} is counted`)
    }
    this.#tally.step(asked, isAsListed)
    return explaining
  }
}

/** Neither a refusal nor what was done already moves anything. */
const isIdle = (outcome: string): boolean =>
  outcome.startsWith('refused') || ['nothing', 'replayed', 'second-signature'].includes(outcome)

const ruleOf = (name: string): CountingRule => name.split(' ')[0] as CountingRule

/** What holds of the database whatever the model says. */
function assertSound({ counters }: Seen, where: string): void {
  for (const { name, used, counted, now } of counters) {
    if (used !== counted)
      throw new Error(`${where}\n${name} is ${used.toString()}, its entries are ${counted.toString()}`)
    if (used < 0n) throw new Error(`${where}\n${name} is negative: ${used.toString()}`)
    if (now > LIMITS[ruleOf(name)]) throw new Error(`${where}\n${name} is above its limit: ${now.toString()}`)
  }
}

/** Counters of nothing may have come into being. */
function assertUnmoved(before: Seen, after: Seen, where: string): void {
  const moved = ({ counters, states }: Seen): unknown => ({
    counters: counters.flatMap(({ name, used, entries }) => (entries === 0n ? [] : [{ name, used, entries }])),
    states,
  })
  expect(moved(after), `${where}: moved nothing`).toEqual(moved(before))
}

/** Where a moment of the model is not what was seen. */
function differences(model: Model, { counters, states }: Seen, nowMs: number): readonly string[] {
  const counted = counters.flatMap(({ name, now }) => {
    const expected = model.used(name, nowMs)
    if (expected > LIMITS[ruleOf(name)]) throw new Error(`the model itself is above the limit of ${name}`)
    return expected === now ? [] : [`${name} is ${now.toString()}, expected ${expected.toString()}`]
  })
  const [found, expected] = [states.join(', '), model.states().join(', ')]
  return found === expected ? counted : [...counted, `states are ${found}, expected ${expected}`]
}
