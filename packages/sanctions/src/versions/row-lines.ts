import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { SanctionsFault } from '../faults.ts'
import type { ListedRow } from '../list/listed-row.ts'

/** Writing or reading so many lines takes a few milliseconds, which is what a callback may wait. */
const ROWS_PER_TURN = 1_000
/** A row is a few hundred bytes; the longest comment of the OFAC list has 1,100. */
const LINE_LENGTH_MAX = 1024 * 1024

/** Rows as they are stored: one JSON object a line, gzip. */
export function packRows(rows: readonly ListedRow[]): AsyncIterable<Buffer> {
  return Readable.from(linesOf(rows)).pipe(createGzip())
}

async function* linesOf(rows: readonly ListedRow[]): AsyncGenerator<string> {
  for (let from = 0; from < rows.length; from += ROWS_PER_TURN) {
    await nextTurn()
    yield rows
      .slice(from, from + ROWS_PER_TURN)
      .map((row) => `${JSON.stringify(row)}\n`)
      .join('')
  }
}

/** The rows that `packRows` wrote. Throws SanctionsFault `ERR_SANCTIONS_STORE_BROKEN` for anything else, also when the end is missing. */
export async function unpackRows(bytes: AsyncIterable<Buffer>): Promise<readonly ListedRow[]> {
  const rows: ListedRow[] = []
  const unpacked = Readable.from(bytes)
    .on('error', (error) => unpacked.destroy(error))
    .pipe(createGunzip())
  let rest = ''
  try {
    for await (const text of unpacked.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > LINE_LENGTH_MAX) throw new Error('a line without end')
      for (const line of lines) rows.push(JSON.parse(line) as ListedRow)
      await nextTurn()
    }
    if (rest !== '') throw new Error('the last line is cut')
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_SERVICE_')) throw error
    throw new SanctionsFault('ERR_SANCTIONS_STORE_BROKEN', 'stored rows cannot be read', { cause: error })
  }
  return rows
}
