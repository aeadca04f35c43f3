import { parseAmount, type AssetRegistry } from '@callback-quorum/chains'
import type { Objection } from '@callback-quorum/checker-kit'
import type { AssetPrice, Facts, Part } from './facts/facts.ts'
import { destinationGroupOf, matchOf, walletGroupOf } from './match-of.ts'
import { valueOf, type Pricing } from './prices/index.ts'
import { VALUE_DECIMALS } from './rules/lint-amounts.ts'
import type { Gate, Limit, Rules } from './rules/rule.ts'
import type { Dimension } from './rules/rules-schema.ts'

/** What one limit is charged for a transaction along one value of its dimensions. */
export interface Charge {
  readonly limit: Limit
  /** Canonical text of the dimension values: with the limit's id, the identity of the counter. */
  readonly dimensions: string
  /** Atomic units of `asset`, units of 1e-8 of the currency, or payments. */
  readonly amount: bigint
  readonly limitAmount: bigint
  /** Where the measure is an amount. */
  readonly asset?: string
  /** Where a destination's age matters. */
  readonly destination?: { readonly place: string; readonly listed: boolean }
}

export interface ChargeSources {
  readonly assets: AssetRegistry
  readonly price: (assetId: string, currency: string) => Pricing
  /** A destination that has no canonical form: each of its spellings would be a counter of its own. */
  readonly hasUnreadDestination?: boolean
  readonly isFeeKnown?: boolean
}

/** What one limit or gate objects, or would if it were not in shadow mode. */
export interface RuleObjection {
  readonly ruleId: string
  readonly isShadow: boolean
  readonly objection: Objection
}

export interface Charged {
  readonly charges: readonly Charge[]
  readonly objections: readonly Objection[]
  /** What limits in shadow mode lack, or cannot tell: it is reported, and decides nothing. */
  readonly shadow: readonly RuleObjection[]
  /** Why a value cannot be told now. */
  readonly unable: readonly { readonly code: 'PRICE_STALE' | 'PRICE_UNRELIABLE'; readonly text: string }[]
  readonly prices: readonly AssetPrice[]
}

/** Where a destination stands: the same address on another chain, or with another tag, is another one. */
export const placeOf = (
  chainId: string,
  { destination, tag }: Pick<Part, 'destination' | 'tag'>,
): string | undefined =>
  destination === undefined ? undefined : [chainId, destination, ...(tag === undefined ? [] : [tag])].join('\n')

/** Every charge of every limit that applies, in the order of the rules. Pure: the same facts, rules and prices give the same charges. */
export function chargesOf(rules: Rules, facts: Facts, sources: ChargeSources): Charged {
  const charging = new Charging(rules, facts, sources)
  for (const limit of rules.limits) charging.add(limit)
  for (const gate of rules.gates) charging.check(gate)
  return charging.result()
}

class Charging {
  readonly #rules: Rules
  readonly #facts: Facts
  readonly #sources: ChargeSources
  readonly #charges: Charge[] = []
  readonly #objections = new Map<string, Objection>()
  readonly #shadow = new Map<string, RuleObjection>()
  readonly #unable = new Map<string, Charged['unable'][number]>()
  readonly #prices = new Map<string, AssetPrice>()
  readonly #covered = new Set<Part>()

  constructor(rules: Rules, facts: Facts, sources: ChargeSources) {
    this.#rules = rules
    this.#facts = facts
    this.#sources = sources
    for (const price of facts.prices) this.#prices.set(`${price.asset} ${price.currency}`, price)
  }

  result(): Charged {
    const bare = this.#facts.parts.find((part) => !part.fee && !this.#covered.has(part))
    if (bare !== undefined) {
      const what = bare.asset ?? `the operation ${this.#facts.operation}`
      const text = `no limit is set for ${what} of wallet ${this.#facts.wallet ?? '(none)'}`
      this.#objections.set('NO_APPLICABLE_RULE', { code: 'NO_APPLICABLE_RULE', text })
    }
    return {
      charges: this.#charges,
      objections: [...this.#objections.values()],
      shadow: [...this.#shadow.values()],
      unable: [...this.#unable.values()],
      prices: [...this.#prices.values()],
    }
  }

  add(limit: Limit): void {
    const { parts } = this.#facts
    const matched = parts.filter((part) => this.#isMatch(limit, part))
    const counted = matched.filter(({ fee }) => !fee || limit.includesFee)
    if (limit.includesFee && this.#sources.isFeeKnown === false && counted.length > 0)
      this.#object(
        limit,
        'FEE_MISSING',
        `the limit ${limit.ruleId} includes the fee, and what it is at most is not known`,
      )
    const byKey = new Map<string, Part[]>()
    for (const part of counted) {
      const dimensions = this.#dimensionsOf(limit, part)
      if (dimensions === undefined) continue
      byKey.set(dimensions, [...(byKey.get(dimensions) ?? []), part])
      if (isCoveredBy(limit, part)) this.#covered.add(part)
    }
    for (const [dimensions, together] of byKey) this.#charge(limit, dimensions, together)
  }

  /** A gate that a part may or may not have to pass is not passed. */
  check(gate: Gate): void {
    for (const part of this.#facts.parts) {
      const isForNobody = gate.gate === 'cooldown' && part.unnamed === true
      if (!part.fee && this.#isMatch(gate, part) && isForNobody) this.#lacks(gate, 'destination')
    }
  }

  #isMatch(rule: Limit | Gate, part: Part): boolean {
    const matching = matchOf(rule.match, this.#facts, part, this.#rules, this.#sources.assets)
    if (typeof matching === 'object') this.#lacks(rule, matching.lacks)
    return matching === 'yes'
  }

  #lacks(rule: Limit | Gate, dimension: Dimension): void {
    this.#object(
      rule,
      'DIMENSION_MISSING',
      `the rule ${rule.ruleId} depends on the ${dimension}, and the request does not say it`,
    )
  }

  #charge(limit: Limit, dimensions: string, parts: readonly Part[]): void {
    const [first] = parts
    if (first === undefined) return
    const amount = this.#amountOf(limit, parts)
    const asset = first.asset === undefined ? undefined : this.#sources.assets.asset(first.asset)
    if (amount === undefined || (limit.measure === 'amount' && asset === undefined)) return
    const place = asset && placeOf(asset.chain.id, first)
    this.#charges.push({
      limit,
      dimensions,
      amount,
      limitAmount: limitAmountOf(limit, asset?.decimals ?? 0),
      ...(limit.measure === 'amount' && asset !== undefined && { asset: asset.id }),
      ...(limit.newForMs !== undefined && place !== undefined && { destination: { place, listed: first.listed } }),
    })
  }

  #amountOf(limit: Limit, parts: readonly Part[]): bigint | undefined {
    const { measure, countUnit } = limit
    switch (measure) {
      case 'count':
        if (countUnit === 'transaction') return 1n
        // Who is not named could be anybody: each of them counts.
        return BigInt(
          new Set(
            parts.map(({ asset, destination, tag, unnamed }, index) =>
              JSON.stringify([asset, destination, tag, unnamed === true && index]),
            ),
          ).size,
        )
      case 'amount':
        return parts.reduce((sum, { amount }) => sum + BigInt(amount), 0n)
      case 'value': {
        const values = parts.map((part) => this.#valueOf(limit, part))
        return values.reduce((sum, value) => (sum === undefined || value === undefined ? undefined : sum + value), 0n)
      }
      default:
        return measure satisfies never
    }
  }

  #valueOf(limit: Limit, part: Part): bigint | undefined {
    const { currency = '' } = limit
    const asset = part.asset === undefined ? undefined : this.#sources.assets.asset(part.asset)
    if (asset === undefined) return 0n
    const known = this.#prices.get(`${asset.id} ${currency}`)
    if (known !== undefined) return valueOf(BigInt(part.amount), asset.decimals, known.price)
    const pricing = this.#sources.price(asset.id, currency)
    switch (pricing.result) {
      case 'price':
        this.#prices.set(`${asset.id} ${currency}`, { asset: asset.id, ...pricing.used })
        return valueOf(BigInt(part.amount), asset.decimals, pricing.used.price)
      case 'missing':
        this.#object(limit, 'PRICE_MISSING', pricing.text)
        return undefined
      case 'stale':
      case 'unreliable': {
        const code = pricing.result === 'stale' ? 'PRICE_STALE' : 'PRICE_UNRELIABLE'
        if (limit.isShadow) this.#object(limit, code, pricing.text)
        else this.#unable.set(`${asset.id} ${currency}`, { code, text: pricing.text })
        return undefined
      }
      default:
        return pricing satisfies never
    }
  }

  /** Undefined: this part has no such counter, or lacks a dimension, which is an objection. */
  #dimensionsOf(limit: Limit, part: Part): string | undefined {
    const { per, ruleId } = limit
    // What nobody gets, and fees, have no destination to count by: another rule has to cover them.
    const isPerDestination = per.includes('destination') || per.includes('destination-group')
    if (isPerDestination && part.unnamed === true) {
      this.#lacks(limit, 'destination')
      return undefined
    }
    if (isPerDestination && part.destination === undefined) return undefined
    if (isPerDestination && this.#sources.hasUnreadDestination === true) {
      this.#object(limit, 'DIMENSION_MISSING', `the limit ${ruleId} is per destination, and one has no canonical form`)
      return undefined
    }
    const { groups } = this.#rules
    const values: Readonly<Record<Dimension, string | null | undefined>> = {
      organisation: this.#facts.organisation,
      caller: this.#facts.caller,
      wallet: this.#facts.wallet,
      'wallet-group': walletGroupOf(this.#facts, groups),
      chain: part.asset === undefined ? '' : this.#sources.assets.asset(part.asset)?.chain.id,
      asset: part.asset ?? '',
      operation: this.#facts.operation,
      destination: part.destination,
      'destination-group': destinationGroupOf(part, groups),
      tag: part.tag ?? '',
      initiator: this.#facts.initiator,
    }
    const missing = per.find((name) => values[name] === undefined || values[name] === null)
    if (missing !== undefined) {
      this.#object(limit, 'DIMENSION_MISSING', `the limit ${ruleId} is per ${missing}, and the request has none`)
      return undefined
    }
    // Sorted and with names, so that neither the order in the file nor a value with a separator in it changes the identity.
    return JSON.stringify(per.toSorted().map((name) => [name, values[name]]))
  }

  #object({ ruleId, isShadow }: Pick<Limit, 'ruleId' | 'isShadow'>, code: string, text: string): void {
    if (isShadow)
      this.#shadow.set(`${ruleId} ${code} ${text}`, {
        ruleId,
        isShadow,
        objection: { code, text, evidence: { rule: ruleId } },
      })
    else this.#objections.set(`${code} ${text}`, { code, text })
  }
}

/** What bounds a payment is an amount or a value; what bounds a message, which has neither, is a count made for messages. */
function isCoveredBy({ isShadow, measure, window, match, newForMs }: Limit, part: Part): boolean {
  if (isShadow || newForMs !== undefined || window.kind === 'outstanding') return false
  return part.asset === undefined ? measure === 'count' && match.operation !== '*' : measure !== 'count'
}

function limitAmountOf({ measure, limit }: Limit, decimals: number): bigint {
  switch (measure) {
    case 'amount':
      return parseAmount(limit, decimals)
    case 'value':
      return parseAmount(limit, VALUE_DECIMALS)
    case 'count':
      return BigInt(limit)
    default:
      return measure satisfies never
  }
}
