import type { ParsedList } from '../list/listed-row.ts'

/** How the bytes of a list are laid out. The source says who publishes it, the format only how it is read. */
export const FORMAT_NAMES = [
  'ofac-advanced',
  'ofac-enhanced',
  'opensanctions-ftm',
  'opensanctions-simple',
  'plain',
  'eu-fsf',
  'uk-sanctions',
  'un-consolidated',
] as const
export type FormatName = (typeof FORMAT_NAMES)[number]

/** What a list without a layout of its own (`plain`) needs to be told; crosses the thread border as data. */
export interface FormatOptions {
  readonly format: FormatName
  /** `plain` with columns: where each value stands, counted from 1. Without: one address a line. */
  readonly columns?: {
    readonly address: number
    readonly party?: number
    readonly code?: number
    readonly until?: number
  }
  readonly delimiter?: ',' | ';' | '\t'
  /** The first line names the columns. */
  readonly header?: boolean
}

/** Reads one list as its text streams in, all or nothing. */
export interface FormatReader {
  /** Throws SanctionsFault `ERR_SANCTIONS_LIST_MALFORMED` or `ERR_SANCTIONS_LIST_STRUCTURE`. */
  readonly write: (text: string) => void
  /** Requires that the list was complete; gives what was read. Throws as `write`. */
  readonly end: () => ParsedList
}
