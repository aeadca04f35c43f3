import type { ListedRow, ParsedList } from '../../list/listed-row.ts'
import { misbuilt } from '../faults.ts'

/** A list in which nothing looks like an address is another file. Throws SanctionsFault `ERR_SANCTIONS_LIST_STRUCTURE`. */
export function finishPlain(rows: readonly ListedRow[]): ParsedList {
  if (rows.every(({ unparsed }) => unparsed)) throw misbuilt('nothing in the list looks like an address')
  return { codes: [...new Set(rows.map(({ code }) => code))], rows }
}
