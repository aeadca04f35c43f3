import { bytesToHex } from '@noble/hashes/utils.js'
import { RLP, type RLPInput } from 'micro-eth-signer/core/rlp.js'
import { malformed, tooLarge } from '../faults.ts'

/** Nodes drop transactions over 128 KiB (go-ethereum core/txpool/legacypool, `txMaxSize`). It bounds call data and every list as well. */
const TRANSACTION_BYTES_MAX = 131_072
/** Transaction, access list, entry, storage keys, key. */
const DEPTH_MAX = 4
/** Gas of 2^24, the most of a transaction (EIP-7825), pays for 8,830 storage keys of 1,900 (EIP-2930): the most items of any kind. */
const ITEMS_MAX = 10_000

export type RlpItem = Uint8Array | readonly RlpItem[]

/** Decodes the one canonical encoding: shortest lengths, nothing behind the item. Encoding it again gives the same bytes. */
export function readRlp(bytes: Uint8Array): RlpItem {
  if (bytes.length > TRANSACTION_BYTES_MAX) throw tooLarge(`more than ${String(TRANSACTION_BYTES_MAX)} bytes`)
  const item = decode(bytes)
  if (countItems(item, 0) > ITEMS_MAX) throw tooLarge(`more than ${String(ITEMS_MAX)} items`)
  const again = RLP.encode(item as RLPInput)
  if (again.length !== bytes.length || again.some((byte, index) => byte !== bytes[index]))
    throw malformed('not the canonical RLP of what it says')
  return item
}

/** The library refuses long lengths, leading zeros, bytes behind the end, and lists too deep for its own stack. */
function decode(bytes: Uint8Array): RlpItem {
  try {
    return RLP.decode(bytes) as RlpItem
  } catch {
    throw malformed('not canonical RLP')
  }
}

function countItems(item: RlpItem, depth: number): number {
  if (depth > DEPTH_MAX) throw malformed('lists nested deeper than in any transaction')
  return isList(item) ? item.reduce((sum, member) => sum + countItems(member, depth + 1), 1) : 1
}

export const isList = (item: RlpItem | undefined): item is readonly RlpItem[] => Array.isArray(item)

export function bytesOf(item: RlpItem | undefined, name: string): Uint8Array {
  if (item === undefined || isList(item)) throw malformed(`${name} is a list where bytes are expected`)
  return item
}

export function listOf(item: RlpItem | undefined, name: string): readonly RlpItem[] {
  if (!isList(item)) throw malformed(`${name} is no list`)
  return item
}

/** An unsigned integer without leading zeros (Yellow Paper, appendix B), of at most so many bits. */
export function integerOf(item: RlpItem | undefined, name: string, bits: 64 | 256): bigint {
  const bytes = bytesOf(item, name)
  if (bytes[0] === 0) throw malformed(`${name} has leading zeros`)
  if (bytes.length * 8 > bits) throw malformed(`${name} has more than ${String(bits)} bits`)
  return bytes.length === 0 ? 0n : BigInt(`0x${bytesToHex(bytes)}`)
}
