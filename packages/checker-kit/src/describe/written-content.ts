import { NumberText, type WrittenJson } from '@callback-quorum/protocol'
import type { JsonContent } from './canonical-json.ts'

/** JSON of others as it can be hashed: a number is the text that was written, and is told from a text that reads alike. */
export function writtenContent(value: WrittenJson): JsonContent {
  if (value instanceof NumberText) return ['number', value.text]
  if (typeof value === 'string') return ['text', value]
  if (value === null || typeof value === 'boolean') return value
  if (isList(value)) return ['list', value.map(writtenContent)]
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, writtenContent(member)]))
}

// Array.isArray does not narrow a readonly array.
const isList = (value: object): value is readonly WrittenJson[] => Array.isArray(value)
