import type { AssetRegistry } from '@callback-quorum/chains'
import { ConfigError, type Clock, type Logger, type Stoppable } from '@callback-quorum/service'
import type { Registry } from 'prom-client'
import { createFileReader } from './file-reader.ts'
import { openHttpReader } from './http-reader.ts'
import { judgeQuotes, type SourceQuote } from './judge-quotes.ts'
import { PolledSource } from './polled-source.ts'
import type { PriceBook } from './price-book.ts'
import { createPriceMetrics } from './price-metrics.ts'
import type { PricesConfig } from './prices-config.ts'
import type { QuoteReader } from './quote-reader.ts'

interface PriceBookOptions {
  /** What the paths of the configuration are relative to. */
  readonly directory: string
  readonly assets: AssetRegistry
  readonly log: Logger
  readonly clock: Clock
  readonly registry: Registry
}

/**
 * Fetches every source once and then again and again until `stop`. A source that fails is logged, keeps what it quoted last, and
 * does not keep the book from opening. Throws ConfigError for assets that are not in the registry, and for a certificate or token
 * file that cannot be used.
 */
export async function openPriceBook(config: PricesConfig, options: PriceBookOptions): Promise<PriceBook & Stoppable> {
  const { directory, assets, log, clock, registry } = options
  const problems = unknownAssets(config, assets)
  if (problems.length > 0) throw new ConfigError(problems)
  const readers = await Promise.all(
    config.sources.map((source): Promise<QuoteReader> =>
      source.kind === 'file'
        ? Promise.resolve(createFileReader(source, directory, assets))
        : openHttpReader(source, directory),
    ),
  )
  const { fetches } = createPriceMetrics(registry, () => sources)
  const sources = readers.map((reader) => new PolledSource(reader, { clock, log, fetches }))
  await Promise.all(sources.map((source) => source.start()))
  const knowing = (assetId: string, currency: string): readonly PolledSource[] =>
    sources.filter((source) => source.knows(assetId, currency))
  return {
    name: 'prices',
    price: (assetId, currency, now) => {
      const nowMs = now.getTime()
      const quotes = knowing(assetId, currency).map((source) => lastQuote(source, assetId, currency, nowMs, config))
      return judgeQuotes(config, { assetId, currency, nowMs }, quotes)
    },
    covers: (assetId, currency) => knowing(assetId, currency).map(({ name }) => name),
    stop: async () => {
      await Promise.all(sources.map((source) => source.stop()))
    },
  }
}

function lastQuote(
  source: PolledSource,
  assetId: string,
  currency: string,
  nowMs: number,
  { max_age: maxAgeMs }: PricesConfig,
): SourceQuote {
  const quote = source.quote(assetId, currency)
  if (quote?.observedAtMs !== 'always')
    return { source: source.name, quote: quote && { price: quote.price, observedAtMs: quote.observedAtMs } }
  // A fixed price holds now, as long as its file says so; one whose file cannot be read any more was perhaps withdrawn.
  const isStanding = source.ageMs() <= maxAgeMs
  return { source: source.name, quote: isStanding ? { price: quote.price, observedAtMs: nowMs } : undefined }
}

function unknownAssets({ pegs, sources }: PricesConfig, assets: AssetRegistry): readonly string[] {
  const named = [
    ...Object.keys(pegs).map((id) => [`prices.pegs.${id}`, id] as const),
    ...sources.flatMap((source, index) =>
      source.kind === 'file'
        ? []
        : Object.entries(source.assets).map(([name, id]) => [`prices.sources[${index}].assets.${name}`, id] as const),
    ),
  ]
  return named
    .filter(([, id]) => assets.asset(id) === undefined)
    .map(([path]) => `${path}: is not in the asset registry; expected an id of assets.yaml`)
}
