import type { PriceBook, PricesConfig } from '../../src/prices/index.ts'
import { NOW, type PriceServer } from './price-rig.ts'

/** The answer of a server about one asset; `price` and `ts` are JSON. */
export const answer = (price: string, ts: string = JSON.stringify(NOW.toISOString()), symbol = 'ETH'): string =>
  `{"data":{"items":[{"symbol":"${symbol}","last":${price},"ts":${ts}}]}}`

/** An entry of `sources:` that reads such answers. */
export const httpSource = (name: string, { url }: Pick<PriceServer, 'url'>, more = ''): string =>
  `  - { name: ${name}, kind: http, url: "${url}/v1/quotes?venue=a", currency: USD, assets: { ETH: ETH }, ` +
  `map: { list: data.items, asset: symbol, price: last, observed_at: ts, observed_at_format: iso }${more} }\n`

/** A file with one price. */
export const priceFile = (price: string, observedAt: string, asset = 'ETH'): string =>
  `version: 1\nquotes:\n  - { asset: ${asset}, currency: USD, price: "${price}", observed_at: ${observedAt} }\n`

/** The price of one ether in USD, or why there is none. */
export function ether(book: PriceBook, now = NOW): string {
  const pricing = book.price('ETH', 'USD', now)
  return pricing.result === 'price' ? pricing.used.price : pricing.result
}

/** Sources are asked every ten milliseconds: the schema allows a second at least. */
export const often = (config: PricesConfig): PricesConfig => ({
  ...config,
  sources: config.sources.map((source) => ({ ...source, every: 10 })),
})
