/** One value of one listed feature. The same value under two parties, or twice under one, is two rows: each blocks on its own. */
export interface ListedRow {
  readonly featureId: string
  /** What stands after `Digital Currency Address - `. It names no chain: an `XBT` row can hold a TRON address. */
  readonly code: string
  /** As published. Of an unparsed row: what was left after the address-shaped parts were taken, '' when there was no text at all. */
  readonly value: string
  readonly partyId: string
  readonly partyName: string
  readonly programs: readonly string[]
  readonly listIds: readonly string[]
  /** Designation date of the party (YYYY-MM-DD), not of the address. */
  readonly designatedOn?: string
  /** Can widen the listing to other chains in words ("also associated with BCH and BSV"); reported, never interpreted. */
  readonly comment?: string
  /** True when `value` is not address-shaped: matched as an exact string only, counted and alerted on. */
  readonly unparsed: boolean
  /** The listing ends after this day (YYYY-MM-DD); absent: never. */
  readonly until?: string
  /** True when the value was found in running text by pattern and checksum, not in a field of its own. */
  readonly extracted?: boolean
  /** SHA-256 of the version that no longer has this row: it blocks on until its removal is acknowledged. */
  readonly removedBy?: string
}

export interface ParsedList {
  /** YYYY-MM-DD, no time: several versions a day share it, so it never identifies a version. Absent where the format has none. */
  readonly dateOfIssue?: string
  /** How many parties were read, with or without an address: a list of names may well have no row and be whole. Absent where rows are all there is. */
  readonly entities?: number
  /** Every code that the list declares, with or without rows. */
  readonly codes: readonly string[]
  readonly rows: readonly ListedRow[]
}

export interface ParsedFile extends ParsedList {
  /** SHA-256 of the very bytes that were parsed, as delivered (packed), lower-case hex. */
  readonly sha256: string
}

/** What is known of a version beside its rows. */
export type ListVersion = Omit<ParsedFile, 'rows'>
