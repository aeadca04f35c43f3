import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { malformed, tooLarge } from '../../faults.ts'
import { DEPTH_MAX, DOMAIN_TYPE, encodeType, type TypedData } from './typed-data-types.ts'

/** Elements of all arrays of a message together: each costs a hash. */
const ELEMENTS_MAX = 10_000
/** As much as call data may have (protocol/cobo.md 3.8.2), in bytes. */
const BYTES_MAX = 65_536

/** The digest that is signed: 0x1901, the hash of the domain, the hash of the message (EIP-712). */
export function hashTypedData(data: TypedData): Uint8Array {
  const domain = hashStruct(DOMAIN_TYPE, data.domain, data.types)
  const message = hashStruct(data.primaryType, data.message, data.types)
  return keccak_256(concatBytes(Uint8Array.of(0x19, 0x01), domain, message))
}

/** `hashStruct` of EIP-712. A member that the type does not name would be shown and not signed: refused. */
export function hashStruct(
  type: string,
  value: Readonly<Record<string, unknown>>,
  types: TypedData['types'],
): Uint8Array {
  return new Hasher(types).struct(type, value, 0)
}

class Hasher {
  readonly #types: TypedData['types']
  #elements = 0

  constructor(types: TypedData['types']) {
    this.#types = types
  }

  struct(type: string, value: unknown, depth: number): Uint8Array {
    if (depth > DEPTH_MAX) throw tooLarge(`a message nested deeper than ${String(DEPTH_MAX)}`)
    const members = this.#types.get(type) ?? []
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw malformed(`no object where ${type} is expected`)
    const fields = new Map(Object.entries(value))
    if (fields.size !== members.length) throw malformed(`${type} has other members than its type`)
    const parts = members.map((member) => {
      if (!fields.has(member.name)) throw malformed(`${type} has no ${member.name}`)
      return this.#encode(member.type, fields.get(member.name), `${type}.${member.name}`, depth)
    })
    return keccak_256(concatBytes(keccak_256(utf8ToBytes(encodeType(type, this.#types))), ...parts))
  }

  #encode(type: string, value: unknown, at: string, depth: number): Uint8Array {
    const [, element, length] = /^(.*)\[(\d*)\]$/.exec(type) ?? []
    if (element !== undefined) return this.#array(element, length ?? '', value, at, depth)
    if (this.#types.has(type)) return this.struct(type, value, depth + 1)
    switch (type) {
      case 'string':
        if (typeof value !== 'string') throw malformed(`${at} is no text`)
        return keccak_256(bounded(utf8ToBytes(value), at))
      case 'bytes':
        return keccak_256(bounded(bytesOf(value, at), at))
      case 'bool':
        if (typeof value !== 'boolean') throw malformed(`${at} is neither true nor false`)
        return word(value ? 1n : 0n)
      case 'address': {
        const bytes = bytesOf(value, at)
        if (bytes.length !== 20) throw malformed(`${at} is no address`)
        return concatBytes(new Uint8Array(12), bytes)
      }
      default:
        return type.startsWith('bytes') ? fixedBytes(type, value, at) : integer(type, value, at)
    }
  }

  #array(element: string, length: string, value: unknown, at: string, depth: number): Uint8Array {
    if (!Array.isArray(value)) throw malformed(`${at} is no list`)
    if (length !== '' && value.length !== Number(length)) throw malformed(`${at} has another length than its type`)
    this.#elements += value.length
    if (this.#elements > ELEMENTS_MAX) throw tooLarge(`more than ${String(ELEMENTS_MAX)} elements`)
    if (depth > DEPTH_MAX) throw tooLarge(`a message nested deeper than ${String(DEPTH_MAX)}`)
    return keccak_256(concatBytes(...value.map((item: unknown) => this.#encode(element, item, at, depth + 1))))
  }
}

function bounded(bytes: Uint8Array, at: string): Uint8Array {
  if (bytes.length > BYTES_MAX) throw tooLarge(`${at} has more than ${String(BYTES_MAX)} bytes`)
  return bytes
}

/** Hex with 0x. */
export function bytesOf(value: unknown, at: string): Uint8Array {
  if (typeof value !== 'string' || !/^0x(?:[0-9a-fA-F]{2})*$/.test(value)) throw malformed(`${at} is no hex with 0x`)
  return hexToBytes(value.slice(2))
}

function fixedBytes(type: string, value: unknown, at: string): Uint8Array {
  const bytes = bytesOf(value, at)
  if (bytes.length !== Number(type.slice('bytes'.length))) throw malformed(`${at} is not ${type}`)
  return concatBytes(bytes, new Uint8Array(32 - bytes.length))
}

function integer(type: string, value: unknown, at: string): Uint8Array {
  const number = integerOf(value, at)
  const isSigned = type.startsWith('int')
  const bits = BigInt(type.replace(/^u?int/, ''))
  const min = isSigned ? -(2n ** (bits - 1n)) : 0n
  const max = isSigned ? 2n ** (bits - 1n) - 1n : 2n ** bits - 1n
  if (number < min || number > max) throw malformed(`${at} is out of the range of ${type}`)
  return word(BigInt.asUintN(256, number))
}

/** A JSON integer, decimal text, or hex with 0x: applications write all three (protocol/cobo.md 3.9). */
export function integerOf(value: unknown, at: string): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  if (typeof value === 'string' && /^(?:-?(?:0|[1-9]\d{0,77})|0x[0-9a-fA-F]{1,64})$/.test(value)) return BigInt(value)
  throw malformed(`${at} is no integer`)
}

function word(value: bigint): Uint8Array {
  return hexToBytes(value.toString(16).padStart(64, '0'))
}
