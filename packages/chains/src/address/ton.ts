import { base64, base64url } from '@scure/base'
import { bytesToHex } from '@noble/hashes/utils.js'
import { invalidAddress } from '../faults.ts'
import { addressKey } from './address-key.ts'
import type { AddressText } from './address-text.ts'
import type { AddressReading } from './canonical-address.ts'
import type { Network } from './network.ts'
import { crc16 } from './crc16.ts'

const BOUNCEABLE = 0x11
const NON_BOUNCEABLE = 0x51
const TESTNET_ONLY = 0x80
/** The two workchains that exist: base chain and masterchain. */
const WORKCHAINS = [0, -1]

/** Flags, workchain, hash and checksum. */
const FRIENDLY_BYTES = 36

/** Raw `workchain:hash`, or the 48 characters of TEP-2 in base64 or base64url. */
export function readTonAddress({ body }: AddressText, network: Network): AddressReading {
  const [, workchain, hash] = /^(0|-1):([0-9a-fA-F]{64})$/.exec(body) ?? []
  if (workchain !== undefined && hash !== undefined) return reading(Number(workchain), hash.toLowerCase())
  const bytes = readFriendly(body)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const flags = view.getUint8(0)
  if (flags & TESTNET_ONLY && network === 'mainnet') throw invalidAddress('marked for testnets only')
  if (![BOUNCEABLE, NON_BOUNCEABLE].includes(flags & ~TESTNET_ONLY)) throw invalidAddress('flags unknown')
  return reading(view.getInt8(1), bytesToHex(bytes.slice(2, 34)))
}

function readFriendly(body: string): Uint8Array {
  if (body.length !== 48) throw invalidAddress('neither raw nor 48 characters')
  const coder = /[-_]/.test(body) ? base64url : base64
  let bytes: Uint8Array
  try {
    bytes = coder.decode(body)
  } catch {
    throw invalidAddress('not base64')
  }
  // Padding is within the 48 characters too.
  if (bytes.length !== FRIENDLY_BYTES) throw invalidAddress('not 36 bytes')
  const checksum = new DataView(bytes.buffer, bytes.byteOffset).getUint16(34)
  if (checksum !== crc16(bytes.slice(0, 34))) throw invalidAddress('checksum differs')
  return bytes
}

function reading(workchain: number, hash: string): AddressReading {
  if (!WORKCHAINS.includes(workchain)) throw invalidAddress('workchain unknown')
  const key = addressKey('ton', `${workchain.toString()}:${hash}`)
  return { key, sameKey: [key] }
}
