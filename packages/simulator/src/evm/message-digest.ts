import { keccak_256 } from '@noble/hashes/sha3.js'
import { hexBytes, hexOf } from './unsigned-transaction.ts'

/** EIP-191 version 0x45 ("personal_sign"): what a wallet signs for a plain message. */
export const eip191Digest = (message: Uint8Array): string => hexOf(keccak_256(eip191Bytes(message)))

/** What eip191Digest hashes. */
export function eip191Bytes(message: Uint8Array): Uint8Array {
  const prefix = new TextEncoder().encode(`\u0019Ethereum Signed Message:\n${String(message.length)}`)
  return Buffer.concat([prefix, message])
}

export type TypedValue = string | number | boolean | readonly TypedValue[] | { readonly [member: string]: TypedValue }

export interface TypedData {
  readonly types: Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>
  readonly primaryType: string
  readonly domain: Readonly<Record<string, TypedValue>>
  readonly message: Readonly<Record<string, TypedValue>>
}

/** EIP-712: keccak256(0x1901, domain separator, hash of the message). `types` must list EIP712Domain. */
export const eip712Digest = (data: TypedData): string => hexOf(keccak_256(eip712Bytes(data)))

/** What eip712Digest hashes. */
export function eip712Bytes({ types, domain, primaryType, message }: TypedData): Uint8Array {
  return Buffer.concat([
    Buffer.of(0x19, 0x01),
    hashStruct(types, 'EIP712Domain', domain),
    hashStruct(types, primaryType, message),
  ])
}

type Types = TypedData['types']

function hashStruct(types: Types, name: string, value: Readonly<Record<string, TypedValue>>): Uint8Array {
  const fields = fieldsOf(types, name).map((field) => encodeValue(types, field.type, value[field.name]))
  return keccak_256(Buffer.concat([keccak_256(new TextEncoder().encode(encodeType(types, name))), ...fields]))
}

/** The struct itself first, then the structs it refers to in the order of their names (EIP-712, "Definition of encodeType"). */
function encodeType(types: Types, name: string): string {
  const found = new Set<string>()
  const visit = (type: string): void => {
    if (found.has(type) || types[type] === undefined) return
    found.add(type)
    for (const field of fieldsOf(types, type)) visit(elementOf(field.type))
  }
  visit(name)
  found.delete(name)
  const write = (type: string): string =>
    `${type}(${fieldsOf(types, type)
      .map((field) => `${field.type} ${field.name}`)
      .join(',')})`
  return [name, ...[...found].sort()].map(write).join('')
}

function encodeValue(types: Types, type: string, value: TypedValue | undefined): Uint8Array {
  if (value === undefined) throw new RangeError(`a value of type ${type} is missing`)
  if (type.endsWith(']')) {
    if (!Array.isArray(value)) throw new RangeError(`${type} needs a list`)
    const element = type.slice(0, type.lastIndexOf('['))
    return keccak_256(Buffer.concat((value as readonly TypedValue[]).map((item) => encodeValue(types, element, item))))
  }
  if (types[type] !== undefined) {
    if (typeof value !== 'object' || Array.isArray(value)) throw new RangeError(`${type} needs an object`)
    return hashStruct(types, type, value as Readonly<Record<string, TypedValue>>)
  }
  return encodeAtom(type, value)
}

function encodeAtom(type: string, value: TypedValue): Uint8Array {
  if (typeof value === 'object') throw new RangeError(`${type} needs a plain value`)
  if (type === 'bool') return word(value === true || value === 'true' ? 1n : 0n)
  if (type === 'string') return keccak_256(new TextEncoder().encode(String(value)))
  if (type === 'bytes') return keccak_256(hexBytes(String(value)))
  // Integers arrive as numbers, decimal text or hex (protocol 3.9), which BigInt reads alike.
  if (/^u?int\d*$/.test(type)) return word(BigInt.asUintN(256, BigInt(value)))
  if (type === 'address') return word(BigInt(String(value)))
  if (/^bytes\d+$/.test(type)) return Buffer.concat([hexBytes(String(value)), Buffer.alloc(32)]).subarray(0, 32)
  throw new RangeError(`unknown type ${type}`)
}

const word = (value: bigint): Uint8Array => Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
const elementOf = (type: string): string => type.replace(/(\[\d*\])+$/, '')

function fieldsOf(types: Types, name: string): Types[string] {
  const fields = types[name]
  if (fields === undefined) throw new RangeError(`type ${name} is not defined`)
  return fields
}
