import { CsvReader } from '../text/csv-reader.ts'

/** The values of a cell that holds several: a CSV record of its own with `;` between them. Throws SanctionsFault when it is broken. */
export function splitCell(cell: string): readonly string[] {
  if (!cell.includes('"') && !cell.includes('\n') && !cell.includes('\r')) return cell === '' ? [] : cell.split(';')
  const values: string[] = []
  const csv = new CsvReader({ delimiter: ';', lastLineEnd: 'optional' }, (cells) => {
    values.push(...cells)
  })
  csv.write(cell)
  csv.end()
  return values.filter(Boolean)
}
