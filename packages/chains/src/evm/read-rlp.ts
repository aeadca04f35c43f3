import { RLP, type RLPInput } from 'micro-eth-signer/core/rlp.js'
import { malformed, tooLarge } from '../faults.ts'

/** Nodes drop transactions over 128 KiB (go-ethereum core/txpool/legacypool, `txMaxSize`), with what else the list may hold. */
export const TRANSACTION_BYTES_MAX = 131_072
/** A transaction is a list of lists of lists: access list, entry, storage keys. */
const DEPTH_MAX = 4

export type RlpItem = Uint8Array | readonly RlpItem[]

/** Decodes the one canonical encoding: shortest lengths, nothing behind the item. Encoding it again gives the same bytes. */
export function readRlp(bytes: Uint8Array): RlpItem {
  if (bytes.length > TRANSACTION_BYTES_MAX) throw tooLarge(`more than ${String(TRANSACTION_BYTES_MAX)} bytes`)
  const item = decode(bytes)
  assertDepth(item, 0)
  const again = RLP.encode(item as RLPInput)
  if (again.length !== bytes.length || again.some((byte, index) => byte !== bytes[index]))
    throw malformed('not the canonical RLP of what it says')
  return item
}

function decode(bytes: Uint8Array): RlpItem {
  try {
    return RLP.decode(bytes) as RlpItem
  } catch {
    throw malformed('not canonical RLP')
  }
}

function assertDepth(item: RlpItem, depth: number): void {
  if (depth > DEPTH_MAX) throw malformed('lists nested deeper than in any transaction')
  if (isList(item)) for (const member of item) assertDepth(member, depth + 1)
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
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
}
