import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { base58xmr } from '@scure/base'
import { invalidAddress } from '../faults.ts'
import { networkKey } from './address-key.ts'
import type { AddressText } from './address-text.ts'
import type { AddressReading } from './canonical-address.ts'
import type { Network } from './network.ts'

type Form = 'standard' | 'integrated' | 'subaddress'

/** `cryptonote_config.h` of monero; the second testnet row is stagenet. */
// prettier-ignore
const FORMS: Readonly<Record<Network, ReadonlyMap<number, Form>>> = {
  mainnet: new Map([[18, 'standard'], [19, 'integrated'], [42, 'subaddress']]),
  testnet: new Map([[53, 'standard'], [54, 'integrated'], [63, 'subaddress'],
                    [24, 'standard'], [25, 'integrated'], [36, 'subaddress']]),
}

const KEYS_BYTES = 64
const PAYMENT_ID_BYTES = 8
const CHECKSUM_BYTES = 4

/** 95 characters, or 106 with a payment id, which becomes the tag. The key is the public spend and view key. */
export function readMoneroAddress({ body }: AddressText, network: Network): AddressReading {
  const bytes = readBlocks(body)
  const content = bytes.slice(0, -CHECKSUM_BYTES)
  const checksum = keccak_256(content).slice(0, CHECKSUM_BYTES)
  if (bytesToHex(checksum) !== bytesToHex(bytes.slice(-CHECKSUM_BYTES))) throw invalidAddress('checksum differs')
  const form = FORMS[network].get(content[0] ?? -1)
  if (form === undefined) throw invalidAddress('network byte of another network')
  const length = 1 + KEYS_BYTES + (form === 'integrated' ? PAYMENT_ID_BYTES : 0)
  if (content.length !== length) throw invalidAddress('length is not that of its form')
  const key = networkKey(network, 'xmr', content.slice(1, 1 + KEYS_BYTES))
  const sameKey: AddressReading['sameKey'] = [key]
  if (form === 'integrated') return { key, sameKey, tag: bytesToHex(content.slice(1 + KEYS_BYTES)) }
  return { key, sameKey, warnings: form === 'subaddress' ? ['UNLINKABLE'] : [] }
}

/** Monero's base58 works in blocks of 8 bytes and 11 characters. */
function readBlocks(text: string): Uint8Array {
  if (text.length !== 95 && text.length !== 106) throw invalidAddress('neither 95 nor 106 characters')
  try {
    const bytes = base58xmr.decode(text)
    if (base58xmr.encode(bytes) === text) return bytes
  } catch {
    // falls to the refusal below
  }
  throw invalidAddress('not canonical base58')
}
