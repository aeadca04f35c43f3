import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CsvReader } from '../../src/formats/text/csv-reader.ts'
import { LineReader } from '../../src/formats/text/line-reader.ts'

const quote = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

function piecesOf(text: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length]
  return places.slice(1).map((end, position) => text.slice(places[position], end))
}

function readCsv(pieces: readonly string[]): string[][] {
  const records: string[][] = []
  const csv = new CsvReader({ delimiter: ',', lastLineEnd: 'required' }, (cells) => void records.push([...cells]))
  for (const piece of pieces) csv.write(piece)
  csv.end()
  return records
}

const cell = fc.string({ unit: fc.constantFrom('a', 'b', '"', ',', '\r', '\n', ' ', ';', '\u00e9') })
const cuts = fc.array(fc.nat(), { maxLength: 8 })

test('what is written by RFC 4180 is read back, wherever the text is cut into pieces', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
      fc.constantFrom('\n', '\r\n'),
      cuts,
      (records, end, places) => {
        const text = records.map((cells) => cells.map(quote).join(',') + end).join('')
        expect(readCsv(piecesOf(text, places))).toEqual(records)
      },
    ),
  )
})

test('lines are the same wherever the text is cut into pieces', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', ' ', '\u00e9') })),
      fc.constantFrom('\n', '\r\n'),
      cuts,
      (lines, end, places) => {
        const read: string[] = []
        const reader = new LineReader(100, (line) => void read.push(line))
        for (const piece of piecesOf(lines.map((line) => line + end).join(''), places)) reader.write(piece)
        reader.end()
        expect(read).toEqual(lines)
      },
    ),
  )
})
