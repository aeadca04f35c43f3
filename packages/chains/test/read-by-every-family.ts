import { canonicalizeAddress, CHAIN_FAMILIES, ChainsFault, type CanonicalAddress } from '../src/index.ts'

/** What `readListedAddress` promises, the slow way: every family reads the value, of mainnet first and else of a testnet. */
export function readByEveryFamily(value: string): readonly CanonicalAddress[] {
  for (const network of ['mainnet', 'testnet'] as const) {
    const readings = CHAIN_FAMILIES.flatMap((family) => {
      if (family === 'opaque' || (family === 'tron' && value.replace(/^ +/, '').startsWith('0x'))) return []
      try {
        return [canonicalizeAddress(family, network, value)]
      } catch (error) {
        if (error instanceof ChainsFault) return []
        throw error
      }
    })
    if (readings.length > 0) return readings
  }
  return []
}
