import type { AssetRegistry } from '@callback-quorum/chains'
import type { Clock, Logger, Stoppable } from '@callback-quorum/service'
import type { Registry } from 'prom-client'
import type { PriceBook } from './price-book.ts'
import type { PricesConfig } from './prices-config.ts'
export { NO_PRICES, type PriceBook, type Pricing, type UsedPrice } from './price-book.ts'
export { pricesSchema, type PricesConfig } from './prices-config.ts'
export { valueOf } from './value-of.ts'
export function openPriceBook(config: PricesConfig, o: { readonly directory: string; readonly assets: AssetRegistry; readonly log: Logger; readonly clock: Clock; readonly registry: Registry }): Promise<PriceBook & Stoppable> {
  throw new Error(`not here yet ${JSON.stringify([config.sources.length, o.directory])}`)
}
