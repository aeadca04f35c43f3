import { NumberText } from '@callback-quorum/protocol'

/** 2^256 has 78 digits. */
const INTEGER = /^-?(?:0|[1-9][0-9]{0,77})$/

/** JSON of others as plain values, whole numbers as bigints of every digit; a number that is not whole stays what no reader of integers takes. */
export function plainJson(value: unknown): unknown {
  if (value instanceof NumberText) return INTEGER.test(value.text) ? BigInt(value.text) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plainJson)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainJson(member)]))
}
