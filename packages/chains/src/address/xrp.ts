import { bytesToHex } from '@noble/hashes/utils.js'
import { invalidAddress } from '../faults.ts'
import { addressKey, publicKeyHashKeys } from './address-key.ts'
import type { AddressText } from './address-text.ts'
import { readBase58Check } from './base58check.ts'
import type { AddressReading } from './canonical-address.ts'
import type { Network } from './network.ts'

const CLASSIC_VERSION = '00'
/** XLS-5: an X-address starts with X on mainnet and with T on a testnet. */
const X_VERSIONS: Readonly<Record<Network, string>> = { mainnet: '0544', testnet: '0493' }
const TAG_MAX = 0xffffffff

/** Classic address, X-address, or a URI with the destination tag as `dt`. The tag is no part of the key. */
export function readXrpAddress({ body, query }: AddressText, network: Network): AddressReading {
  const content = readBase58Check(body, 'ripple')
  const queryTag = tagOfQuery(query)
  if (content.length === 21 && bytesToHex(content.slice(0, 1)) === CLASSIC_VERSION) {
    return reading(content.slice(1), queryTag)
  }
  if (content.length !== 31) throw invalidAddress('neither a classic address nor an X-address')
  if (bytesToHex(content.slice(0, 2)) !== X_VERSIONS[network]) throw invalidAddress('X-address of another network')
  if (queryTag !== undefined) throw invalidAddress('a second destination tag beside an X-address')
  return reading(content.slice(2, 22), tagOfXAddress(content.slice(22)))
}

function reading(account: Uint8Array, tag: string | undefined): AddressReading {
  const key = addressKey('xrp', account)
  // The id of a secp256k1 account is HASH160 of its public key, as in Bitcoin (xrpl.org, "Addresses").
  const [hash, nested] = publicKeyHashKeys('mainnet', account)
  const sameKey: AddressReading['sameKey'] = [key, hash, nested]
  return tag === undefined ? { key, sameKey } : { key, sameKey, tag }
}

/** XLS-5: one flag byte, then the tag in 8 bytes, least significant first; 64-bit tags are reserved. */
function tagOfXAddress(tail: Uint8Array): string | undefined {
  const tag = new DataView(tail.buffer, tail.byteOffset).getBigUint64(1, true)
  if (tail[0] === 0 && tag === 0n) return undefined
  if (tail[0] === 1 && tag <= BigInt(TAG_MAX)) return tag.toString()
  throw invalidAddress('X-address tag form unknown')
}

function tagOfQuery(query: string | undefined): string | undefined {
  const tags = new URLSearchParams(query ?? '').getAll('dt')
  const [tag] = tags
  if (tag === undefined) return undefined
  if (tags.length > 1 || !/^(0|[1-9][0-9]{0,9})$/.test(tag) || Number(tag) > TAG_MAX) {
    throw invalidAddress('destination tag is not one number of 32 bits')
  }
  return tag
}
