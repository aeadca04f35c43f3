import { createEuParser } from './free-text/eu-fsf.ts'
import { createUkParser } from './free-text/uk-sanctions.ts'
import { createUnParser } from './free-text/un-consolidated.ts'
import type { FormatName, FormatOptions, FormatReader } from './format.ts'
import { createAdvancedParser } from './ofac/parse-advanced.ts'
import { createEnhancedParser } from './ofac/parse-enhanced.ts'
import { createFtmParser } from './opensanctions/parse-ftm.ts'
import { createSimpleParser } from './opensanctions/parse-simple.ts'
import { createPlainParser } from './plain/parse-plain.ts'

const READERS: Readonly<Record<FormatName, (options: FormatOptions) => FormatReader>> = {
  'ofac-advanced': createAdvancedParser,
  'ofac-enhanced': createEnhancedParser,
  'opensanctions-ftm': createFtmParser,
  'opensanctions-simple': createSimpleParser,
  plain: createPlainParser,
  'eu-fsf': createEuParser,
  'uk-sanctions': createUkParser,
  'un-consolidated': createUnParser,
}

/** A reader of the format, for one list. */
export const openFormat = (options: FormatOptions): FormatReader => READERS[options.format](options)
