export { startBusinessLookup, readBusinessLookupConfig } from './business-lookup.ts'
export { businessLookupConfigSchema, checkBusinessLookupConfig, type BusinessLookupConfig } from './config.ts'
export { knownPayment } from './known-payment.ts'
export type { Connector, Intent, LookUp } from './intent.ts'
