import type { Chain } from '@callback-quorum/chains'
import type { Coverage } from './vendor.ts'
import type { VendorFamily } from './vendor-text.ts'

/** Vendors look at main networks: of a test address they know nothing, and nothing would look clean. */
export const coverageOf =
  (families: readonly VendorFamily[], outside: 'unknown' | 'skip') =>
  ({ family, network }: Chain): Coverage =>
    network === 'mainnet' && families.some((covered) => covered === family) ? 'ask' : outside
