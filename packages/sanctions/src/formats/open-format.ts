import { SanctionsFault } from '../faults.ts'
import type { FormatName, FormatOptions, FormatReader } from './format.ts'
import { createAdvancedParser } from './ofac/parse-advanced.ts'

const READERS: Partial<Record<FormatName, (options: FormatOptions) => FormatReader>> = {
  'ofac-advanced': createAdvancedParser,
}

/** The reader of a format. Throws SanctionsFault for one that is not built. */
export function openFormat(options: FormatOptions): FormatReader {
  const create = READERS[options.format]
  if (create === undefined) throw new SanctionsFault('ERR_SANCTIONS_LIST_STRUCTURE', `no reader of ${options.format}`)
  return create(options)
}
