import { invalidAddress } from '../faults.ts'
import { addressKey } from './address-key.ts'
import type { AddressText } from './address-text.ts'
import { readBase58 } from './base58check.ts'
import type { AddressReading } from './canonical-address.ts'

/** base58 of 32 bytes. There is no checksum: a wrong character is another valid address. */
export function readSolanaAddress({ body }: AddressText): AddressReading {
  const bytes = readBase58(body)
  if (bytes.length !== 32) throw invalidAddress('not 32 bytes')
  const key = addressKey('ed32', bytes)
  return { key, sameKey: [key] }
}
