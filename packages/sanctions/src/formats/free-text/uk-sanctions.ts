import { malformed } from '../faults.ts'
import type { FormatReader } from '../format.ts'
import { createUkCsvParser } from './uk-csv.ts'
import { createUkXmlParser } from './uk-xml.ts'

/** Reads the UK Sanctions List in either of its two forms, known by the first character. Throws SanctionsFault. */
export function createUkParser(): FormatReader {
  let reader: FormatReader | undefined
  return {
    write: (text) => {
      if (reader === undefined && text === '') return
      reader ??= text.startsWith('<') ? createUkXmlParser() : createUkCsvParser()
      reader.write(text)
    },
    end: () => {
      if (reader === undefined) throw malformed('the file is empty')
      return reader.end()
    },
  }
}
