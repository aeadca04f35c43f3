import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'

/** A writer that puts down whatever it is told, also what no encoder would, and a canonical form made without any layout. */

export function varint(value: bigint, padding = 0): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  for (let more = 0; more < padding; more++) bytes.push((bytes.pop() ?? 0) | 0x80, 0)
  return Uint8Array.from(bytes)
}

export function number(field: number, value: bigint | number): Uint8Array {
  return concatBytes(varint(BigInt(field * 8)), varint(BigInt.asUintN(64, BigInt(value))))
}

export function content(field: number, value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? utf8ToBytes(value) : value
  return concatBytes(varint(BigInt(field * 8 + 2)), varint(BigInt(bytes.length)), bytes)
}

export interface Field {
  readonly field: number
  readonly value: bigint | Uint8Array
}

export function fieldsOf(bytes: Uint8Array): readonly Field[] {
  const fields: Field[] = []
  for (let at = 0; at < bytes.length;) {
    const [tag, afterTag] = readVarint(bytes, at)
    const [value, afterValue] = readVarint(bytes, afterTag)
    at = afterValue
    if (tag % 8n === 2n) at += Number(value)
    fields.push({ field: Number(tag / 8n), value: tag % 8n === 2n ? bytes.slice(afterValue, at) : value })
  }
  return fields
}

function readVarint(bytes: Uint8Array, start: number): readonly [bigint, number] {
  let value = 0n
  for (let at = start; ; at++) {
    const byte = bytes[at] ?? 0
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - start))
    if (byte < 0x80) return [value, at + 1]
  }
}

/** In ascending order, numbers as short as they go, no zero and nothing empty, the last of several unless they are a list. */
export function canonical(
  fields: readonly Field[],
  { lists = [], kept = [] }: { readonly lists?: readonly number[]; readonly kept?: readonly number[] } = {},
): Uint8Array {
  const last = new Map(fields.map((each) => [each.field, each]))
  const parts = fields
    .filter((each) => lists.includes(each.field) || last.get(each.field) === each)
    .sort((left, right) => left.field - right.field)
    .map(({ field, value }) => {
      if (typeof value === 'bigint') return value === 0n ? new Uint8Array() : number(field, value)
      const isWritten = value.length > 0 || lists.includes(field) || kept.includes(field)
      return isWritten ? content(field, value) : new Uint8Array()
    })
  return concatBytes(...parts)
}
