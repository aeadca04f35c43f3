import { SanctionsFault } from '../faults.ts'

/** The text cannot be read at all: not well-formed, not UTF-8, cut. */
export const malformed = (message: string, cause?: unknown): SanctionsFault =>
  new SanctionsFault('ERR_SANCTIONS_LIST_MALFORMED', message, { cause })

/** The text can be read, but is not in the order or with the members that the reader can vouch for. */
export const misbuilt = (message: string, cause?: unknown): SanctionsFault =>
  new SanctionsFault('ERR_SANCTIONS_LIST_STRUCTURE', message, { cause })
