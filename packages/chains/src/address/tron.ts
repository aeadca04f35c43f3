import { bytesToHex } from '@noble/hashes/utils.js'
import { invalidAddress } from '../faults.ts'
import type { AddressText } from './address-text.ts'
import { readBase58Check } from './base58check.ts'
import type { AddressReading } from './canonical-address.ts'
import { readKey20 } from './evm.ts'

const VERSION = 0x41

/** base58check with version 0x41, its hexadecimal form `41…`, or `0x…` as TRON's JSON-RPC writes it. */
export function readTronAddress({ body }: AddressText): AddressReading {
  const [, digits] = /^(?:41|0x)([0-9a-fA-F]{40})$/.exec(body) ?? []
  if (digits !== undefined) return readKey20(digits)
  const content = readBase58Check(body)
  if (content.length !== 21 || content[0] !== VERSION) throw invalidAddress('not version 0x41 and 20 bytes')
  return readKey20(bytesToHex(content.slice(1)))
}
