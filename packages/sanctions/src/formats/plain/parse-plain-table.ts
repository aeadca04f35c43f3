import type { ListedRow } from '../../list/listed-row.ts'
import { misbuilt } from '../faults.ts'
import type { FormatOptions, FormatReader } from '../format.ts'
import { ownText } from '../own-text.ts'
import { tryDay } from '../read-day.ts'
import { CsvReader } from '../text/csv-reader.ts'
import { EqualCells } from '../text/equal-cells.ts'
import { finishPlain } from './finish-plain.ts'
import { plainRow } from './plain-row.ts'
import { refuseAddressInHeader, refuseOfacCsv, refuseOtherFirstLine } from './refuse-other-files.ts'

/** A code becomes a label of metrics, so it must be short and can never be an address or a name. */
const CODE = /^[A-Za-z0-9 ._-]{0,16}$/

/**
 * Reads a CSV table whose columns the operator named. Every record has the same number of cells; a date that is not a day, a code that
 * is not short, an address with spaces in it refuse the list. Throws SanctionsFault.
 */
export function parsePlainTable(options: FormatOptions, columns: NonNullable<FormatOptions['columns']>): FormatReader {
  const rows: ListedRow[] = []
  const equal = new EqualCells()
  const csv = new CsvReader({ delimiter: options.delimiter ?? ',', lastLineEnd: 'required' }, (cells, record) => {
    if (record === 1) refuseOtherFirstLine(cells[0] ?? '')
    equal.require(cells, record)
    for (const cell of cells) refuseOfacCsv(cell)
    if (record === 1 && options.header === true) {
      refuseAddressInHeader(cells)
      return
    }
    rows.push(readRecord(cells, record, columns))
  })
  return {
    write: (text) => {
      csv.write(text)
    },
    end: () => {
      csv.end()
      return finishPlain(rows)
    },
  }
}

function readRecord(
  cells: readonly string[],
  record: number,
  { address, party, code, until }: NonNullable<FormatOptions['columns']>,
): ListedRow {
  const fault = (why: string): Error => misbuilt(`record ${String(record)}: ${why}`)
  const cell = (column: number | undefined): string => {
    if (column === undefined) return ''
    const text = cells[column - 1]
    if (text === undefined) throw fault(`no column ${String(column)}`)
    return ownText(text.trim())
  }
  const value = cell(address)
  if (value === '') throw fault('no address')
  if (/[\p{White_Space},;]/u.test(value)) throw fault('the address holds spaces or several values')
  if (!CODE.test(cell(code))) throw fault('the code is not up to 16 letters and digits')
  const untilText = cell(until)
  const day = tryDay(untilText)
  if (untilText !== '' && day === undefined)
    throw fault(`"${untilText.slice(0, 20)}" is not a day; expected YYYY-MM-DD or nothing`)
  return plainRow(value, {
    party: cell(party),
    code: cell(code),
    ...(day === undefined ? {} : { until: day }),
  })
}
