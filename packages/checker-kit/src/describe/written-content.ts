import { NumberText } from '@callback-quorum/protocol'
import type { JsonContent } from './canonical-json.ts'

/**
 * JSON of others as it can be hashed: a number is the text that was written, and is told from a text that reads alike. An absent member is
 * left out. Takes what the reader of the wire gives, or an object of it; throws for anything else.
 */
export function writtenContent(value: unknown): JsonContent {
  if (value instanceof NumberText) return ['number', value.text]
  if (typeof value === 'string') return ['text', value]
  if (value === undefined || value === null || typeof value === 'boolean') return value
  if (typeof value !== 'object') throw new Error(`invariant: ${typeof value} is not in JSON of others`)
  if (Array.isArray(value)) return ['list', value.map(writtenContent)]
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, writtenContent(member)]))
}
