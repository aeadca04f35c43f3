import { base32nopad } from '@scure/base'
import { invalidAddress } from '../faults.ts'
import { addressKey } from './address-key.ts'
import type { AddressText } from './address-text.ts'
import type { AddressReading } from './canonical-address.ts'
import { crc16 } from './crc16.ts'

/** SEP-23 version bytes: `G` is an account, `M` an account with the id of one of its users. */
const ACCOUNT_VERSION = 6 << 3
const MUXED_VERSION = 12 << 3

export function readStellarAddress({ body }: AddressText): AddressReading {
  const bytes = readBase32(body)
  const content = bytes.slice(0, -2)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  if (bytes.length < 35 || view.getUint16(bytes.length - 2, true) !== crc16(content)) {
    throw invalidAddress('strkey checksum differs')
  }
  const key = addressKey('ed32', content.slice(1, 33))
  if (content[0] === ACCOUNT_VERSION && content.length === 33) return { key, sameKey: [key] }
  if (content[0] === MUXED_VERSION && content.length === 41) {
    return { key, sameKey: [key], tag: view.getBigUint64(33).toString() }
  }
  throw invalidAddress('strkey is neither an account nor a muxed account')
}

function readBase32(text: string): Uint8Array {
  try {
    const bytes = base32nopad.decode(text)
    if (base32nopad.encode(bytes) === text) return bytes
  } catch {
    // falls to the refusal below
  }
  throw invalidAddress('not canonical base32')
}
