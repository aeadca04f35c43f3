import { canonicalizeAddress } from '@callback-quorum/chains'
import { businessKey, type BusinessKey } from '@callback-quorum/protocol'
import type { Database, Transaction } from '@callback-quorum/service'
import { chargesOf, type Charge } from '../../src/charges.ts'
import type { Facts } from '../../src/facts/facts.ts'
import { decide } from '../../src/ledger/decide.ts'
import { commit, confirm, release } from '../../src/ledger/life-cycle.ts'
import type { Rules } from '../../src/rules/rule.ts'
import { assetOf, ASSETS, CUSTOMER, OTHER } from '../payments.ts'
import { ASSET } from './model-rules.ts'
import { refused, type Operation, type Payment } from './model.ts'

/** What the database has of one counter of a history. */
export interface CounterRow {
  /** As the model names it. */
  readonly name: string
  readonly used: bigint
  /** The sum of its entries after `expired_upto`. */
  readonly counted: bigint
  /** What counts at this moment. */
  readonly now: bigint
  readonly entries: bigint
}

/** One history on PostgreSQL: it has callers, wallets, business keys and slots of its own. */
export class Ledger {
  readonly #database: Database
  readonly #rules: Rules
  readonly #name: string
  readonly #payments: readonly Payment[]
  readonly #counters: string
  readonly #keys: readonly BusinessKey[]

  constructor(database: Database, rules: Rules, name: string, payments: readonly Payment[]) {
    this.#database = database
    this.#rules = rules
    this.#name = name
    this.#payments = payments
    this.#keys = payments.map((_, key) => businessKey('cobo', 'acme', `${name}-${String(key)}`))
    const charges = payments.flatMap((payment) => this.#chargesOf(payment).map((charge) => ({ charge, payment })))
    const named = new Map(charges.map(({ charge, payment }) => [counterOf(charge, payment), charge]))
    this.#counters = JSON.stringify(
      [...named].flatMap(([name, { limit, dimensions }]) =>
        name === 'tx' ? [] : [{ name, rule: limit.counterId, shape: limit.shape, dimensions, window: limit.window }],
      ),
    )
  }

  /** Runs in a transaction of its own and says what came of it. A refusal is committed too: the database function itself moves nothing. */
  run({ kind, key }: Operation): Promise<string> {
    const name = this.#keyOf(key)
    return this.#database.transaction(async (tx) => {
      switch (kind) {
        case 'reserve':
        case 'resign':
          return this.#reserve(tx, key, kind)
        case 'commit':
          await commit(tx, name)
          return 'told'
        case 'release':
          return (await release(tx, name, 'model')) ? 'done' : 'nothing'
        case 'confirm':
          return (await confirm(tx, name, { why: 'model' })) ? 'done' : 'nothing'
        default:
          return kind satisfies never
      }
    })
  }

  async #reserve(tx: Transaction, key: number, kind: 'reserve' | 'resign'): Promise<string> {
    const payment = this.#paymentOf(key)
    const slots = kind === 'reserve' ? payment.slots : payment.otherSlots
    // The caller of limits_decide locks the business key, as the checker does.
    await tx.query({ text: 'select pg_advisory_xact_lock(hashtextextended($1, 1))', values: [this.#keyOf(key)] })
    const { outcome, breaches } = await decide(tx, {
      businessKey: this.#keyOf(key),
      rulesDigest: this.#rules.digest,
      facts: this.#factsOf(payment),
      charges: this.#chargesOf(payment),
      gates: [],
      slots: slots.map((slot) => `output:${this.#name}:${String(slot)}`),
    })
    if (outcome !== 'refused') return outcome
    return refused(
      breaches.map(({ charge: { limit }, used }) =>
        limit.window.kind === 'tx' ? 'tx' : `${limit.counterId} ${used.toString()}`,
      ),
    )
  }

  /** Counters that something was ever counted on, or tried to be. */
  counters(): Promise<readonly CounterRow[]> {
    return this.#database.query<CounterRow>({
      name: 'model-counters',
      text: `select c.name, k.used::bigint as used, e.counted::bigint as counted, (k.used - e.past)::bigint as now, e.entries
             from jsonb_to_recordset($1) as c (name text, rule text, shape text, dimensions text, "window" jsonb)
             join counter k on k.rule_id = c.rule and k.shape = c.shape and k.dimensions = c.dimensions,
             lateral (select limits_leaves_out(c."window", clock_now()) as upto offset 0) w,
             lateral (
               select coalesce(sum(amount) filter (where at > k.expired_upto), 0) as counted,
                 coalesce(sum(amount) filter (where at > k.expired_upto and at <= w.upto), 0) as past, count(*) as entries
               from entry where counter_id = k.counter_id) e
             order by c.name`,
      values: [this.#counters],
    })
  }

  /** `key state` of every payment that is not released. */
  async states(): Promise<readonly string[]> {
    const rows = await this.#database.query<{ business_key: BusinessKey; state: string }>({
      name: 'model-states',
      text: `select business_key, state from reservation where business_key = any ($1) and state <> 'released'`,
      values: [this.#keys],
    })
    return rows.map(({ business_key: name, state }) => `${String(this.#keys.indexOf(name))} ${state}`).toSorted()
  }

  #keyOf(key: number): BusinessKey {
    const name = this.#keys[key]
    if (name === undefined) throw new Error(`no business key ${String(key)}`)
    return name
  }

  #paymentOf(key: number): Payment {
    const payment = this.#payments[key]
    if (payment === undefined) throw new Error(`no payment ${String(key)}`)
    return payment
  }

  #chargesOf(payment: Payment): readonly Charge[] {
    const { charges, objections } = chargesOf(this.#rules, this.#factsOf(payment), {
      assets: ASSETS,
      price: () => ({ result: 'missing', text: 'no rule has a currency' }),
    })
    if (objections.length > 0) throw new Error(JSON.stringify(objections))
    return charges
  }

  #factsOf({ wallet, destination, amount }: Payment): Facts {
    const { family, network } = assetOf(ASSET).chain
    const to = canonicalizeAddress(family, network, destination === 0 ? CUSTOMER : OTHER).key
    return {
      organisation: 'acme',
      caller: this.#name,
      wallet: `${this.#name}-${String(wallet)}`,
      initiator: null,
      operation: 'transfer',
      transaction_id: this.#name,
      bound: true,
      parts: [
        { asset: ASSET, ...(amount > 0n && { destination: to }), listed: false, amount: amount.toString(), fee: false },
      ],
      prices: [],
    }
  }
}

function counterOf({ limit: { counterId } }: Charge, { wallet, destination }: Payment): string {
  switch (counterId) {
    case 'tx':
    case 'ever':
      return counterId
    case 'day':
      return `day ${String(wallet)} ${String(destination)}`
    default:
      return `${counterId} ${String(wallet)}`
  }
}
