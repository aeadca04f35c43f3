export { openPriceBook } from './open-price-book.ts'
export { NO_PRICES, type PriceBook, type Pricing, type UsedPrice } from './price-book.ts'
export { pricesSchema, type PricesConfig } from './prices-config.ts'
export { valueOf } from './value-of.ts'
