import { resolve } from 'node:path'
import type { AssetRegistry } from '@callback-quorum/chains'
import { expecting, readConfigFile, type Problem } from '@callback-quorum/service'
import { z } from 'zod'
import { readInstant } from './observed-at.ts'
import { currencyText, type FileSourceConfig } from './prices-config.ts'
import type { QuoteReader } from './quote-reader.ts'

/** A person keeps this file, or a job that knows the assets of one house. */
const QUOTES_MAX = 10_000
const ALWAYS = 'always'

const observedAt = z
  .string({ error: expecting('an instant, or the word always', '2026-01-01T00:00:00Z') })
  .refine((text) => text === ALWAYS || readInstant('iso', text) !== undefined)
  .transform((text) => (text === ALWAYS ? ALWAYS : (readInstant('iso', text) ?? Number.NaN)))

const priceFileSchema = z.strictObject({
  version: z.literal(1),
  quotes: z
    .array(
      z.strictObject({
        asset: z.string().min(1),
        currency: currencyText,
        // Whether it is a price is judged where it is used, as with every other source.
        price: z.string({ error: expecting('a decimal string', '"1.25"') }).max(64),
        observed_at: observedAt,
      }),
    )
    .max(QUOTES_MAX),
})

type PriceFile = z.output<typeof priceFileSchema>

/** Reads a file with prices that a person or a job of the house keeps; all of it or nothing. */
export function createFileReader(source: FileSourceConfig, directory: string, assets: AssetRegistry): QuoteReader {
  const path = resolve(directory, source.path)
  return {
    name: source.name,
    everyMs: source.every,
    read: async () => {
      const { value } = await readConfigFile(path, priceFileSchema, {}, (file) => lintPriceFile(file, assets))
      return value.quotes.map(({ asset, currency, price, observed_at: observedAtMs }) => ({
        assetId: asset,
        currency,
        price,
        observedAtMs,
      }))
    },
  }
}

function lintPriceFile({ quotes }: PriceFile, assets: AssetRegistry): readonly Problem[] {
  const seen = new Set<string>()
  return quotes.flatMap(({ asset, currency }, index): Problem[] => {
    const at = { path: ['quotes', index, 'asset'] }
    const pair = `${asset} ${currency}`
    if (seen.has(pair)) return [{ ...at, problem: 'is quoted twice in one currency', expected: 'each once' }]
    seen.add(pair)
    if (assets.asset(asset) !== undefined) return []
    return [{ ...at, problem: 'is not in the asset registry', expected: 'an id of assets.yaml' }]
  })
}
