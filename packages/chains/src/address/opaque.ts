import { addressKey } from './address-key.ts'
import type { AddressText } from './address-text.ts'
import type { AddressReading } from './canonical-address.ts'

/** A chain without a reader: only the exact string can be compared. */
export function readOpaqueAddress({ body }: AddressText): AddressReading {
  const key = addressKey('opaque', body)
  return { key, sameKey: [key] }
}
