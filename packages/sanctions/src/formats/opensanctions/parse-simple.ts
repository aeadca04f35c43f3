import type { ListedRow } from '../../list/listed-row.ts'
import { misbuilt } from '../faults.ts'
import type { FormatReader } from '../format.ts'
import { AddressFinder } from '../free-text/find-addresses.ts'
import { ownText } from '../own-text.ts'
import { tryDay } from '../read-day.ts'
import { isAddressShaped } from '../split-version-detail.ts'
import { columnsOf } from '../text/columns-of.ts'
import { CsvReader } from '../text/csv-reader.ts'
import { EqualCells } from '../text/equal-cells.ts'
import { splitCell } from './split-cell.ts'

const COLUMNS = ['id', 'schema', 'name', 'aliases', 'identifiers', 'dataset']
/** The table has no column for the currency. */
const CODE = 'any'

/**
 * Reads OpenSanctions' targets.simple.csv. It has no field for addresses: they stand among the `identifiers`, and are known by their
 * checksums. A CryptoWallet is listed whole: its name and every identifier, an exact string where no chain reads it.
 * Layout: opensanctions/opensanctions, zavod/exporters/simplecsv.py. Throws SanctionsFault.
 */
export function createSimpleParser(): FormatReader {
  const rows: ListedRow[] = []
  const finder = new AddressFinder()
  const equal = new EqualCells()
  let columns: ReadonlyMap<string, number> | undefined
  let entities = 0
  let lastSeen = ''
  const csv = new CsvReader({ delimiter: ',', lastLineEnd: 'required' }, (cells, record) => {
    equal.require(cells, record)
    if (columns === undefined) {
      columns = columnsOf(cells, COLUMNS)
      return
    }
    const known = columns
    const cell = (column: string): string => cells[known.get(column) ?? -1] ?? ''
    if (cell('id') === '') throw misbuilt(`record ${String(record)} has no id`)
    entities += 1
    if (cell('last_seen') > lastSeen) lastSeen = cell('last_seen')
    for (const row of rowsOf(cell, finder)) rows.push(row)
  })
  return {
    write: (text) => {
      csv.write(text)
    },
    end: () => {
      csv.end()
      if (entities === 0) throw misbuilt('the file has no entity')
      const dateOfIssue = tryDay(lastSeen.slice(0, 10))
      return {
        ...(dateOfIssue === undefined ? {} : { dateOfIssue }),
        entities,
        codes: rows.length === 0 ? [] : [CODE],
        rows,
      }
    },
  }
}

function rowsOf(cell: (column: string) => string, finder: AddressFinder): ListedRow[] {
  const identifiers = splitCell(cell('identifiers'))
  const values =
    cell('schema') === 'CryptoWallet'
      ? new Set(
          [...identifiers, cell('name'), ...splitCell(cell('aliases'))].map((text) => text.trim()).filter(Boolean),
        )
      : finder.find([...identifiers, cell('name'), cell('aliases')])
  return [...values].map((value) => ({
    featureId: ownText(cell('id')),
    code: CODE,
    value: ownText(value),
    partyId: ownText(cell('id')),
    partyName: ownText(cell('name')),
    programs: evidenceOf(cell('program_ids')),
    listIds: evidenceOf(cell('dataset')),
    unparsed: !isAddressShaped(value),
    extracted: true,
  }))
}

const evidenceOf = (cell: string): string[] => cell.split(';').filter(Boolean).map(ownText)
