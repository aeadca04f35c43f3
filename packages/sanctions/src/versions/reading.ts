import { createHash } from 'node:crypto'
import type { FormatOptions } from '../formats/format.ts'

/** Raised whenever the same file could give other rows than before: stored versions are then read anew from their raw bytes. */
export const PARSER_VERSION = 2

const DIGEST_DIGITS = 16

/** Names what turned bytes into rows: the parser, the format and what the format was told. Replicas with other options have another reading. */
export function readingOf(options: FormatOptions): string {
  const told = JSON.stringify(Object.entries(options).sort(([one], [other]) => (one < other ? -1 : 1)))
  const digest = createHash('sha256').update(told).digest('hex').slice(0, DIGEST_DIGITS)
  return `${String(PARSER_VERSION)}:${options.format}:${digest}`
}
