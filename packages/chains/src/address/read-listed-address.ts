import { ChainsFault, invalidAddress } from '../faults.ts'
import { addressKey } from './address-key.ts'
import { trimSpaces } from './address-text.ts'
import type { CanonicalAddress, ChainFamily } from './canonical-address.ts'
import { canonicalizeAddress } from './canonicalize-address.ts'
import { listedFamilies } from './listed-families.ts'
import type { Network } from './network.ts'

/**
 * Reads a value of a sanctions list as every family whose checksum and version byte it satisfies; the ticker beside it
 * in the list is not asked, since it is often another chain's (domain document, "code is not chain").
 * A value that no family reads is kept as one opaque exact string. Throws ADDRESS_INVALID only for an empty value.
 */
export function readListedAddress(value: string): readonly CanonicalAddress[] {
  const raw = trimSpaces(value)
  if (raw === '') throw invalidAddress('empty')
  const families = listedFamilies(raw)
  for (const network of ['mainnet', 'testnet'] as const) {
    const readings = families.flatMap((family) => readAs(family, network, raw))
    if (readings.length > 0) return readings
  }
  const key = addressKey('opaque', raw)
  return [{ raw, family: 'opaque', network: 'mainnet', key, sameKey: [key], warnings: [] }]
}

function readAs(family: ChainFamily, network: Network, raw: string): readonly CanonicalAddress[] {
  // `0x…` is what TRON's JSON-RPC prints, but in a list it is an EVM address; opaque reads everything.
  if (family === 'opaque' || (family === 'tron' && raw.startsWith('0x'))) return []
  try {
    return [canonicalizeAddress(family, network, raw)]
  } catch (error) {
    if (error instanceof ChainsFault) return []
    throw error
  }
}
