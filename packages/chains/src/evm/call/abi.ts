import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js'

/** Solidity ABI types, as far as calls that are understood here use them (docs.soliditylang.org, "Contract ABI Specification"). */
export type AbiType =
  | { readonly kind: 'address' }
  | { readonly kind: 'bool' }
  | { readonly kind: 'uint'; readonly bits: number }
  | { readonly kind: 'fixed-bytes'; readonly length: number }
  /** `bytes` and `string`. */
  | { readonly kind: 'bytes' }
  | { readonly kind: 'array'; readonly of: AbiType }
  | { readonly kind: 'tuple'; readonly members: readonly AbiType[] }

/** Integers as bigint, addresses (20 bytes) and bytes as bytes, arrays and tuples as lists. */
export type AbiValue = bigint | boolean | Uint8Array | readonly AbiValue[]

const WORD_BYTES = 32

/** `transfer(address,uint256)` to its name and parameter types. Only called with signatures written in this package. */
export function parseSignature(signature: string): { readonly name: string; readonly types: readonly AbiType[] } {
  const open = signature.indexOf('(')
  return { name: signature.slice(0, open), types: splitMembers(signature.slice(open + 1, -1)).map(parseType) }
}

function parseType(text: string): AbiType {
  if (text.endsWith('[]')) return { kind: 'array', of: parseType(text.slice(0, -2)) }
  if (text.startsWith('(')) return { kind: 'tuple', members: splitMembers(text.slice(1, -1)).map(parseType) }
  if (text === 'address' || text === 'bool') return { kind: text }
  if (text === 'bytes' || text === 'string') return { kind: 'bytes' }
  const [, kind, digits] = /^(uint|bytes)(\d+)$/.exec(text) ?? []
  if (kind === undefined) throw new RangeError(`unknown ABI type ${text}`)
  return kind === 'uint' ? { kind, bits: Number(digits) } : { kind: 'fixed-bytes', length: Number(digits) }
}

/** Splits at the commas that stand in no parentheses. */
function splitMembers(text: string): readonly string[] {
  const members: string[] = []
  let depth = 0
  let member = ''
  for (const character of text) {
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (character === ',' && depth === 0) {
      members.push(member)
      member = ''
    } else member += character
  }
  return member === '' ? members : [...members, member]
}

/** What was read, and where its part of the data ends. */
interface Read<Value extends AbiValue = AbiValue> {
  readonly value: Value
  readonly end: number
}

/**
 * Reads parameters in their one canonical encoding; undefined for every other: dirty upper bytes, offsets that point elsewhere, bytes
 * behind the end, values out of range. Contracts read some of those all the same, and each reads them in its own way.
 */
export function decodeParameters(types: readonly AbiType[], data: Uint8Array): readonly AbiValue[] | undefined {
  const read = readTuple(types, data, 0)
  if (read === undefined) return undefined
  const again = encodeParameters(types, read.value)
  return again.length === data.length && again.every((byte, index) => byte === data[index]) ? read.value : undefined
}

const isDynamic = (type: AbiType): boolean =>
  type.kind === 'bytes' || type.kind === 'array' || (type.kind === 'tuple' && type.members.some(isDynamic))

const headsBytes = (types: readonly AbiType[]): number => types.reduce((sum, type) => sum + headBytes(type), 0)

/** Bytes that a type takes in the head of its tuple. */
const headBytes = (type: AbiType): number =>
  type.kind === 'tuple' && !isDynamic(type) ? headsBytes(type.members) : WORD_BYTES

/**
 * Heads, then the tails one behind the other: an offset that does not point to the end of what was read is not canonical. So every byte
 * is read once, and offsets that share a tail cannot make much out of little.
 */
function readTuple(types: readonly AbiType[], data: Uint8Array, start: number): Read<readonly AbiValue[]> | undefined {
  const values: AbiValue[] = []
  let head = start
  let end = start + headsBytes(types)
  for (const type of types) {
    const hasTail = isDynamic(type)
    if (hasTail && wordAt(data, head) !== BigInt(end - start)) return undefined
    const read = readValue(type, data, hasTail ? end : head)
    if (read === undefined) return undefined
    values.push(read.value)
    if (hasTail) end = read.end
    head += headBytes(type)
  }
  return { value: values, end }
}

function wordAt(data: Uint8Array, at: number): bigint | undefined {
  if (at + WORD_BYTES > data.length) return undefined
  return BigInt(`0x${bytesToHex(data.subarray(at, at + WORD_BYTES))}`)
}

/** Lengths and counts are of data that is there, so they fit a number. */
function countAt(data: Uint8Array, at: number): number | undefined {
  const word = wordAt(data, at)
  return word === undefined || word > BigInt(data.length) ? undefined : Number(word)
}

function readValue(type: AbiType, data: Uint8Array, at: number): Read | undefined {
  switch (type.kind) {
    case 'tuple':
      return readTuple(type.members, data, at)
    case 'array': {
      const count = countAt(data, at)
      const start = at + WORD_BYTES
      // Every element has at least one word of its own.
      if (count === undefined || start + count * WORD_BYTES > data.length) return undefined
      return readTuple(Array<AbiType>(count).fill(type.of), data, start)
    }
    case 'bytes': {
      const length = countAt(data, at)
      const start = at + WORD_BYTES
      if (length === undefined || start + length > data.length) return undefined
      return { value: data.slice(start, start + length), end: start + paddedBytes(length) }
    }
    default: {
      const word = wordAt(data, at)
      const value = word === undefined ? undefined : valueOf(type, word, data.slice(at, at + WORD_BYTES))
      return value === undefined ? undefined : { value, end: at + WORD_BYTES }
    }
  }
}

const paddedBytes = (length: number): number => Math.ceil(length / WORD_BYTES) * WORD_BYTES

type WordType = Exclude<AbiType, { kind: 'tuple' | 'array' | 'bytes' }>

/** What is cut off here does not come back when it is encoded again, and is refused then. */
function valueOf(type: WordType, word: bigint, bytes: Uint8Array): AbiValue | undefined {
  switch (type.kind) {
    case 'address':
      return bytes.slice(12)
    case 'fixed-bytes':
      return bytes.slice(0, type.length)
    case 'bool':
      return word !== 0n
    case 'uint':
      return word >> BigInt(type.bits) > 0n ? undefined : word
    default:
      return type satisfies never
  }
}

function encodeParameters(types: readonly AbiType[], values: readonly AbiValue[]): Uint8Array {
  const heads: Uint8Array[] = []
  const tails: Uint8Array[] = []
  let tailAt = headsBytes(types)
  for (const [index, type] of types.entries()) {
    const encoded = encodeValue(type, values[index])
    if (!isDynamic(type)) heads.push(encoded)
    else {
      heads.push(wordOf(BigInt(tailAt)))
      tails.push(encoded)
      tailAt += encoded.length
    }
  }
  return concatBytes(...heads, ...tails)
}

function encodeValue(type: AbiType, value: AbiValue | undefined): Uint8Array {
  switch (type.kind) {
    case 'tuple':
      return encodeParameters(type.members, value as readonly AbiValue[])
    case 'array': {
      const items = value as readonly AbiValue[]
      const types = Array<AbiType>(items.length).fill(type.of)
      return concatBytes(wordOf(BigInt(items.length)), encodeParameters(types, items))
    }
    case 'bytes': {
      const bytes = value as Uint8Array
      const padded = new Uint8Array(paddedBytes(bytes.length))
      padded.set(bytes)
      return concatBytes(wordOf(BigInt(bytes.length)), padded)
    }
    case 'address':
    case 'fixed-bytes': {
      const word = new Uint8Array(WORD_BYTES)
      word.set(value as Uint8Array, type.kind === 'address' ? 12 : 0)
      return word
    }
    case 'bool':
      return wordOf(value === true ? 1n : 0n)
    case 'uint':
      return wordOf(value as bigint)
    default:
      return type satisfies never
  }
}

function wordOf(value: bigint): Uint8Array {
  return hexToBytes(value.toString(16).padStart(2 * WORD_BYTES, '0'))
}
