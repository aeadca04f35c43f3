import type { ListedRow } from '../../list/listed-row.ts'
import { misbuilt } from '../faults.ts'
import type { FormatOptions, FormatReader } from '../format.ts'
import { ownText } from '../own-text.ts'
import { LineReader } from '../text/line-reader.ts'
import { finishPlain } from './finish-plain.ts'
import { parsePlainTable } from './parse-plain-table.ts'
import { plainRow } from './plain-row.ts'
import { refuseAddressInHeader, refuseOfacCsv, refuseOtherFirstLine } from './refuse-other-files.ts'

/** An address has up to 256 characters, a comment some more. */
const LINE_LENGTH_MAX = 4096
/** A comment that says how many addresses there must be: the only sign by which a list that was cut between two lines can tell. */
const DECLARED_ROWS = /^#\s*rows:\s*(\d{1,9})$/

/**
 * Reads a list without a layout of its own: a CSV table where `columns` are given, otherwise one address a line, `#` before comments.
 * An address may be any string without spaces; one that is not address-shaped is matched exactly. Throws SanctionsFault.
 */
export function createPlainParser(options: FormatOptions): FormatReader {
  if (options.columns !== undefined) return parsePlainTable(options, options.columns)
  const rows: ListedRow[] = []
  let declared: number | undefined
  const lines = new LineReader(LINE_LENGTH_MAX, (line, number) => {
    if (number === 1) refuseOtherFirstLine(line)
    if (number === 1 && options.header === true) {
      refuseAddressInHeader([line])
      return
    }
    const count = DECLARED_ROWS.exec(line.trim())?.[1]
    if (count !== undefined && declared !== undefined) throw misbuilt(`line ${String(number)} declares the rows again`)
    if (count !== undefined) declared = Number(count)
    const row = readLine(line, number)
    if (row !== undefined) rows.push(row)
  })
  return {
    write: (text) => {
      lines.write(text)
    },
    end: () => {
      lines.end()
      if (declared !== undefined && declared !== rows.length)
        throw misbuilt(`${String(rows.length)} rows; the list declares ${String(declared)}`)
      return finishPlain(rows)
    },
  }
}

function readLine(line: string, number: number): ListedRow | undefined {
  const [, value = '', comment = ''] = /^([^#]*)(?:#(.*))?$/su.exec(line) ?? []
  const address = value.trim()
  if (address === '') return undefined
  refuseOfacCsv(address)
  if (/[\p{White_Space},;"]/u.test(address))
    throw misbuilt(`line ${String(number)} is more than one address; a table needs columns in the configuration`)
  return plainRow(ownText(address), { comment: ownText(comment.trim()) })
}
