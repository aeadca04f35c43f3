import { concatBytes } from '@noble/hashes/utils.js'
import { malformed, tooLarge } from '../faults.ts'
import type { Account } from '../transaction/effect.ts'
import { accountOfAddress } from './tron-account.ts'

/** What a field of a protobuf message is read as. Absent numbers are 0, absent bytes and texts are empty. */
interface Kinds {
  /** From 0: a negative number means nothing in any field of this chain, and a node refuses it where it looks. */
  readonly int64: bigint
  /** int32 and every enumeration. */
  readonly int32: number
  readonly bool: boolean
  readonly bytes: Uint8Array
  readonly text: string
  readonly address: Account
  readonly addressOrNone: Account | undefined
  readonly message: Uint8Array | undefined
  readonly messages: readonly Uint8Array[]
}

/** Fields by name, in ascending order of their numbers, as the canonical encoding has them. */
export type Layout = Readonly<Record<string, readonly [number: number, kind: keyof Kinds]>>
export type Message<L extends Layout> = { readonly [Name in keyof L]: Kinds[L[Name][1]] }

type Value = bigint | Uint8Array

const VARINT = 0
const LENGTH_DELIMITED = 2

/** 64 bits in groups of seven. */
const VARINT_BYTES_MAX = 10
const INT64_MAX = 2n ** 63n - 1n
const INT32_MAX = 2n ** 31n - 1n
/** The longest list of a transaction that a node takes has 30 votes. */
const REPEATED_MAX = 64

/**
 * Reads a protobuf message of this layout. There is one encoding of a message: fields in ascending order, numbers as
 * short as they go, nothing that says its own default, no field twice, no field that is not in the layout. Everything
 * else is malformed: a node would take it in its own way (the last of two values, the low bits of a long number).
 */
export function readMessage<const L extends Layout>(bytes: Uint8Array, layout: L): Message<L> {
  const fields = readFields(bytes, layout)
  if (!areEqual(writeFields(fields, layout), bytes)) throw malformed('not the canonical encoding of its fields')
  const entries = Object.entries(layout).map(([name, [number, kind]]): [string, Kinds[keyof Kinds]] => [
    name,
    READERS[kind](fields.get(number) ?? []),
  ])
  return Object.fromEntries(entries) as Message<L>
}

/** UTF-8 text of exactly these bytes, so that no two spellings give the same text; undefined when they are none. */
export function textOfBytes(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const READERS: { readonly [Kind in keyof Kinds]: (values: readonly Value[]) => Kinds[Kind] } = {
  int64: (values) => numberUpTo(INT64_MAX, values),
  int32: (values) => Number(numberUpTo(INT32_MAX, values)),
  bool: (values) => numberUpTo(1n, values) === 1n,
  bytes: bytesOf,
  text: textOf,
  address: (values) => accountOfAddress(bytesOf(values)),
  addressOrNone: (values) => (values.length === 0 ? undefined : accountOfAddress(bytesOf(values))),
  message: (values) => (values.length === 0 ? undefined : bytesOf(values)),
  messages: (values) => values.filter((value) => typeof value !== 'bigint'),
}

function numberUpTo(max: bigint, [value = 0n]: readonly Value[]): bigint {
  if (typeof value !== 'bigint' || value > max) throw malformed('a number is negative or over its range')
  return value
}

function bytesOf([value = new Uint8Array()]: readonly Value[]): Uint8Array {
  if (typeof value === 'bigint') throw malformed('a number where bytes belong')
  return value
}

/** A node refuses a string that is not UTF-8 (proto3 of protobuf-java). */
function textOf(values: readonly Value[]): string {
  const text = textOfBytes(bytesOf(values))
  if (text === undefined) throw malformed('a string is not UTF-8')
  return text
}

function isNumber(kind: keyof Kinds): boolean {
  return kind === 'int64' || kind === 'int32' || kind === 'bool'
}

function readFields(bytes: Uint8Array, layout: Layout): Map<number, Value[]> {
  const kinds = new Map(Object.values(layout))
  const fields = new Map<number, Value[]>()
  let at = 0
  while (at < bytes.length) {
    const tag = readVarint(bytes, at)
    const number = Number(tag.value >> 3n)
    const kind = kinds.get(number)
    if (kind === undefined) throw malformed('a field that the message does not have')
    if (tag.value !== tagOf(number, kind)) throw malformed('a field of another wire type')
    const head = readVarint(bytes, tag.next)
    const values = fields.get(number) ?? []
    if (values.push(isNumber(kind) ? head.value : readBytes(bytes, head)) > REPEATED_MAX) {
      throw tooLarge(`more than ${REPEATED_MAX} entries in a list`)
    }
    fields.set(number, values)
    at = isNumber(kind) ? head.next : head.next + Number(head.value)
  }
  return fields
}

function readBytes(bytes: Uint8Array, { value: length, next }: Varint): Uint8Array {
  if (length > BigInt(bytes.length - next)) throw malformed('a field is longer than what is there')
  return bytes.subarray(next, next + Number(length))
}

interface Varint {
  readonly value: bigint
  /** Where the next thing begins. */
  readonly next: number
}

function readVarint(bytes: Uint8Array, at: number): Varint {
  let value = 0n
  for (let index = 0; index < VARINT_BYTES_MAX; index++) {
    const byte = bytes[at + index]
    if (byte === undefined) throw malformed('ends inside a number')
    value |= BigInt(byte & 0x7f) << BigInt(7 * index)
    if (byte < 0x80) return { value, next: at + index + 1 }
  }
  throw malformed('a number of more than 64 bits')
}

/** What the canonical encoder makes of the fields; of several values of a field that is no list, it writes the last. */
function writeFields(fields: ReadonlyMap<number, readonly Value[]>, layout: Layout): Uint8Array {
  const parts = Object.values(layout).flatMap(([number, kind]) => {
    const values = fields.get(number) ?? []
    const written = kind === 'messages' ? values : values.slice(-1)
    return written.flatMap((value) => writeField(tagOf(number, kind), value, kind))
  })
  return concatBytes(...parts)
}

function writeField(tag: bigint, value: Value, kind: keyof Kinds): Uint8Array[] {
  if (typeof value === 'bigint') return value === 0n ? [] : [writeVarint(tag), writeVarint(value)]
  // An empty message is there, which is not the same as absent; empty bytes are the default.
  if (value.length === 0 && kind !== 'message' && kind !== 'messages') return []
  return [writeVarint(tag), writeVarint(BigInt(value.length)), value]
}

function writeVarint(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Uint8Array.from([...bytes, Number(rest)])
}

function tagOf(number: number, kind: keyof Kinds): bigint {
  return BigInt(number * 8 + (isNumber(kind) ? VARINT : LENGTH_DELIMITED))
}

function areEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at])
}
