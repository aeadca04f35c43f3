import type { ListedRow } from '../../list/listed-row.ts'
import { misbuilt } from '../faults.ts'
import type { FormatReader } from '../format.ts'
import { columnsOf } from '../text/columns-of.ts'
import { CsvReader } from '../text/csv-reader.ts'
import { EqualCells } from '../text/equal-cells.ts'
import { entityRows, FREE_TEXT_CODE } from './entity-rows.ts'
import { AddressFinder } from './find-addresses.ts'
import { ukDay } from './uk-day.ts'

const NAME_COLUMNS = ['Name 1', 'Name 2', 'Name 3', 'Name 4', 'Name 5', 'Name 6']
const COLUMNS = ['Unique ID', 'OFSI Group ID', 'Other Information', 'Regime Name', 'Date Designated', 'Name type']

interface Designation {
  readonly programs: readonly string[]
  readonly designatedOn?: string
  readonly texts: Set<string>
  name: string
  isPrimary: boolean
}

/**
 * Reads UK-Sanctions-List.csv: a first record `Report Date: 08-Oct-2026`, then the names of the columns, then one record for each name
 * of a designation, put together here by `Unique ID`. Throws SanctionsFault.
 */
export function createUkCsvParser(): FormatReader {
  const designations = new Map<string, Designation>()
  const equal = new EqualCells()
  let dateOfIssue: string | undefined
  let columns: ReadonlyMap<string, number> | undefined
  // Whether the publisher ends its last record is not known: the count of the cells shows a cut, and the last column is no free text.
  const csv = new CsvReader({ delimiter: ',', lastLineEnd: 'optional' }, (cells, record) => {
    if (record === 1) {
      dateOfIssue = ukDay(/^Report Date: (\S+)$/.exec(cells[0]?.trim() ?? '')?.[1] ?? '')
      if (dateOfIssue === undefined) throw misbuilt('the first record does not say the report date')
      return
    }
    equal.require(cells, record)
    if (columns === undefined) columns = columnsOf(cells, [...COLUMNS, ...NAME_COLUMNS])
    else addRecord(designations, new UkRecord(cells, columns), record)
  })
  return {
    write: (text) => {
      csv.write(text)
    },
    end: () => {
      csv.end()
      if (dateOfIssue === undefined || designations.size === 0) throw misbuilt('the list has no designation')
      const rows = rowsOf(designations)
      return { dateOfIssue, entities: designations.size, codes: rows.length === 0 ? [] : [FREE_TEXT_CODE], rows }
    },
  }
}

class UkRecord {
  readonly cells: readonly string[]
  readonly #columns: ReadonlyMap<string, number>

  constructor(cells: readonly string[], columns: ReadonlyMap<string, number>) {
    this.cells = cells
    this.#columns = columns
  }

  text(column: string): string {
    return this.cells[this.#columns.get(column) ?? -1]?.trim() ?? ''
  }
}

function addRecord(designations: Map<string, Designation>, row: UkRecord, record: number): void {
  const id = row.text('Unique ID')
  if (id === '') throw misbuilt(`record ${String(record)} has no Unique ID`)
  const designatedOn = ukDay(row.text('Date Designated'))
  const designation = designations.get(id) ?? {
    programs: [row.text('Regime Name')].filter(Boolean),
    ...(designatedOn === undefined ? {} : { designatedOn }),
    texts: new Set<string>(),
    name: '',
    isPrimary: false,
  }
  designations.set(id, designation)
  for (const cell of row.cells) if (cell !== '') designation.texts.add(cell)
  const isPrimary = /^primary name$/i.test(row.text('Name type'))
  if (designation.isPrimary || (designation.name !== '' && !isPrimary)) return
  designation.name = NAME_COLUMNS.map((column) => row.text(column))
    .filter(Boolean)
    .join(' ')
  designation.isPrimary = isPrimary
}

function rowsOf(designations: ReadonlyMap<string, Designation>): ListedRow[] {
  const finder = new AddressFinder()
  return [...designations].flatMap(([partyId, { name, programs, designatedOn, texts }]) =>
    entityRows(
      { partyId, partyName: name, programs, listIds: [], ...(designatedOn === undefined ? {} : { designatedOn }) },
      texts,
      finder,
    ),
  )
}
