import type { Pricing } from './price-book.ts'
import { comparePrices, isFurtherApart, readDecimal, readPrice, type Price } from './price-text.ts'
import type { PricesConfig } from './prices-config.ts'

/** What a source last said about the asset, or nothing yet. */
export interface SourceQuote {
  readonly source: string
  readonly quote?: { readonly price: string; readonly observedAtMs: number } | undefined
}

export interface PriceQuestion {
  readonly assetId: string
  readonly currency: string
  readonly nowMs: number
}

type PriceRules = Pick<PricesConfig, 'max_age' | 'max_deviation' | 'pegs'>

/** One price alone can be wrong, or be somebody's choice (domain/limits.md 2.3). */
const QUOTES_MIN = 2
/** Clocks differ; a time further ahead is no time of this world. */
const AHEAD_MS_MAX = 60_000
const PEG = '1'

interface FreshQuote {
  readonly source: string
  readonly text: string
  readonly price: Price
  readonly observedAtMs: number
}

/** The price of an asset by what the sources that know it said last. Pure; `sources` holds every source that knows the asset, once. */
export function judgeQuotes(rules: PriceRules, question: PriceQuestion, sources: readonly SourceQuote[]): Pricing {
  const subject = `${question.assetId} in ${question.currency}`
  if (sources.length < QUOTES_MIN) {
    const names = sources.length === 0 ? 'no source knows' : 'only one source knows'
    return { result: 'missing', text: `${names} a price of ${subject}` }
  }
  const fresh: FreshQuote[] = []
  for (const { source, quote } of sources) {
    if (quote === undefined) continue
    const price = readPrice(quote.price)
    if (price === undefined)
      return { result: 'missing', text: `${source} quotes for ${subject} what is not a decimal above zero` }
    if (isFresh(quote.observedAtMs, question.nowMs, rules.max_age))
      fresh.push({ source, text: quote.price, price, observedAtMs: quote.observedAtMs })
  }
  const [lowest, ...higher] = fresh.toSorted((a, b) => comparePrices(a.price, b.price))
  const highest = higher.at(-1)
  if (lowest === undefined || highest === undefined)
    return { result: 'stale', text: `${fresh.length} of ${sources.length} quotes of ${subject} are fresh` }
  if (isFurtherApart(lowest.price, highest.price, deviationOf(rules)))
    return { result: 'unreliable', text: `${lowest.source} and ${highest.source} differ too much about ${subject}` }
  return {
    result: 'price',
    used: {
      currency: question.currency,
      price: isBelowPeg(rules, question, highest.price) ? PEG : highest.text,
      quotes: fresh.map(({ source, text, observedAtMs }) => ({
        source,
        price: text,
        observed_at: new Date(observedAtMs).toISOString(),
      })),
    },
  }
}

/** Said so that an age that is not a number is not fresh. */
function isFresh(observedAtMs: number, nowMs: number, maxAgeMs: number): boolean {
  const ageMs = nowMs - observedAtMs
  return ageMs <= maxAgeMs && ageMs >= -AHEAD_MS_MAX
}

/** A stablecoin that trades below its peg is still redeemed at it: counted for less, more of it would leave. */
function isBelowPeg({ pegs }: PriceRules, { assetId, currency }: PriceQuestion, price: Price): boolean {
  return pegs[assetId] === currency && comparePrices(price, { digits: BigInt(PEG), scale: 0 }) < 0
}

function deviationOf({ max_deviation: text }: PriceRules): Price {
  const share = readDecimal(text)
  if (share === undefined) throw new Error('invariant: the schema takes decimals only')
  return share
}
