import { NumberText, type WrittenJson } from '@callback-quorum/protocol'
import type { JsonContent } from './canonical-json.ts'

/** JSON of others, or an object of which some members are known by name. */
export type KnownJson = WrittenJson | undefined | { readonly [member: string]: KnownJson }

/** JSON of others as it can be hashed: a number is the text that was written, and is told from a text that reads alike. */
export function writtenContent(value: KnownJson): JsonContent {
  if (value instanceof NumberText) return ['number', value.text]
  if (typeof value === 'string') return ['text', value]
  if (typeof value !== 'object' || value === null) return value
  if (isList(value)) return ['list', value.map(writtenContent)]
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, writtenContent(member)]))
}

// Array.isArray does not narrow a readonly array.
const isList = (value: object): value is readonly WrittenJson[] => Array.isArray(value)
