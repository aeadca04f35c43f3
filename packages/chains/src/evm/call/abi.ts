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

/**
 * Reads parameters in their one canonical encoding; undefined for every other: dirty upper bytes, offsets that point elsewhere, bytes
 * behind the end, values out of range. Contracts read some of those all the same, and each reads them in its own way.
 */
export function decodeParameters(types: readonly AbiType[], data: Uint8Array): readonly AbiValue[] | undefined {
  const values = readTuple(types, data, 0, { left: data.length })
  if (values === undefined) return undefined
  const again = encodeParameters(types, values)
  return again.length === data.length && again.every((byte, index) => byte === data[index]) ? values : undefined
}

const isDynamic = (type: AbiType): boolean =>
  type.kind === 'bytes' || type.kind === 'array' || (type.kind === 'tuple' && type.members.some(isDynamic))

/** Bytes that a type takes in the head of its tuple. */
function headBytes(type: AbiType): number {
  if (isDynamic(type) || type.kind !== 'tuple') return WORD_BYTES
  return type.members.reduce((sum, member) => sum + headBytes(member), 0)
}

/**
 * Bytes that may still be read. In the canonical encoding nothing is read twice, so there are never more than the data has; offsets that
 * point at one place again and again would otherwise make gigabytes of a few kilobytes.
 */
interface Budget {
  left: number
}

function readTuple(
  types: readonly AbiType[],
  data: Uint8Array,
  start: number,
  budget: Budget,
): readonly AbiValue[] | undefined {
  const values: AbiValue[] = []
  let head = start
  for (const type of types) {
    const at = isDynamic(type) ? offsetAt(data, head, start) : head
    const value = at === undefined ? undefined : readValue(type, data, at, budget)
    if (value === undefined) return undefined
    values.push(value)
    head += headBytes(type)
  }
  return values
}

/** Offsets and lengths count bytes of data that is there, so they fit a number. */
function countAt(data: Uint8Array, at: number): number | undefined {
  const word = wordAt(data, at)
  return word === undefined || word > BigInt(data.length) ? undefined : Number(word)
}

function offsetAt(data: Uint8Array, at: number, start: number): number | undefined {
  const offset = countAt(data, at)
  return offset === undefined ? undefined : start + offset
}

function wordAt(data: Uint8Array, at: number): bigint | undefined {
  if (at + WORD_BYTES > data.length) return undefined
  return data.subarray(at, at + WORD_BYTES).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
}

function readValue(type: AbiType, data: Uint8Array, at: number, budget: Budget): AbiValue | undefined {
  budget.left -= type.kind === 'tuple' ? 0 : WORD_BYTES
  if (budget.left < 0) return undefined
  switch (type.kind) {
    case 'tuple':
      return readTuple(type.members, data, at, budget)
    case 'array': {
      const count = countAt(data, at)
      // Every element has at least one word of its own.
      if (count === undefined || count * WORD_BYTES > data.length) return undefined
      return readTuple(Array<AbiType>(count).fill(type.of), data, at + WORD_BYTES, budget)
    }
    case 'bytes': {
      const length = countAt(data, at)
      if (length === undefined || at + WORD_BYTES + length > data.length) return undefined
      budget.left -= length
      if (budget.left < 0) return undefined
      return data.slice(at + WORD_BYTES, at + WORD_BYTES + length)
    }
    case 'address':
      return wordAt(data, at) === undefined ? undefined : data.slice(at + 12, at + WORD_BYTES)
    case 'fixed-bytes':
      return wordAt(data, at) === undefined ? undefined : data.slice(at, at + type.length)
    case 'bool': {
      const word = wordAt(data, at)
      return word === undefined ? undefined : word !== 0n
    }
    case 'uint': {
      const word = wordAt(data, at)
      return word === undefined || word >> BigInt(type.bits) > 0n ? undefined : word
    }
    default:
      return type satisfies never
  }
}

function encodeParameters(types: readonly AbiType[], values: readonly AbiValue[]): Uint8Array {
  const heads: Uint8Array[] = []
  const tails: Uint8Array[] = []
  let tailAt = types.reduce((sum, type) => sum + headBytes(type), 0)
  for (const [index, type] of types.entries()) {
    const encoded = encodeValue(type, values[index])
    if (!isDynamic(type)) heads.push(encoded)
    else {
      heads.push(wordOf(BigInt(tailAt)))
      tails.push(encoded)
      tailAt += encoded.length
    }
  }
  return joined([...heads, ...tails])
}

function encodeValue(type: AbiType, value: AbiValue | undefined): Uint8Array {
  switch (type.kind) {
    case 'tuple':
      return encodeParameters(type.members, value as readonly AbiValue[])
    case 'array': {
      const items = value as readonly AbiValue[]
      const types = Array<AbiType>(items.length).fill(type.of)
      return joined([wordOf(BigInt(items.length)), encodeParameters(types, items)])
    }
    case 'bytes': {
      const bytes = value as Uint8Array
      const padded = new Uint8Array(Math.ceil(bytes.length / WORD_BYTES) * WORD_BYTES)
      padded.set(bytes)
      return joined([wordOf(BigInt(bytes.length)), padded])
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
  const word = new Uint8Array(WORD_BYTES)
  for (let at = WORD_BYTES - 1, rest = value; rest > 0n; at -= 1, rest >>= 8n) word[at] = Number(rest & 0xffn)
  return word
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
