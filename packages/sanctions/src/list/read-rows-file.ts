import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { PassThrough, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { TextDecoder } from 'node:util'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import { SanctionsFault } from '../faults.ts'
import type { ListedRow } from './listed-row.ts'

const rowSchema: z.ZodType<ListedRow> = z.strictObject({
  featureId: z.string(),
  code: z.string(),
  value: z.string(),
  partyId: z.string(),
  partyName: z.string(),
  programs: z.array(z.string()),
  listIds: z.array(z.string()),
  designatedOn: z.string().exactOptional(),
  comment: z.string().exactOptional(),
  unparsed: z.boolean(),
  until: z.string().exactOptional(),
  extracted: z.boolean().exactOptional(),
  removedBy: z.string().exactOptional(),
})

/**
 * Reads rows as we stored them ourselves, one JSON object a line, packed with gzip or not, and gives each to `take`. A row that is
 * not what we write fails the whole file. Throws SanctionsFault.
 */
export async function readRowsFile(path: string, bytesMax: number, take: (row: ListedRow) => void): Promise<void> {
  try {
    const unpack: Transform = (await isGzip(path)) ? createGunzip() : new PassThrough()
    await pipeline(createReadStream(path), unpack, (chunks: AsyncIterable<Buffer>) => readLines(chunks, bytesMax, take))
  } catch (error) {
    if (error instanceof SanctionsFault) throw error
    throw new SanctionsFault('ERR_SANCTIONS_LIST_UNREADABLE', error instanceof Error ? error.message : String(error), {
      cause: error,
    })
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await file.close()
  }
}

async function readLines(
  chunks: AsyncIterable<Buffer>,
  bytesMax: number,
  take: (row: ListedRow) => void,
): Promise<void> {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  let bytes = 0
  let rest = ''
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > bytesMax)
      throw new SanctionsFault('ERR_SANCTIONS_LIST_TOO_LARGE', `more than ${String(bytesMax)} bytes unpacked`)
    const lines = (rest + utf8.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(readRow(line))
  }
  // Every row ends its line: what is left over was cut.
  if (rest + utf8.decode() !== '') throw new SanctionsFault('ERR_SANCTIONS_LIST_MALFORMED', 'stored rows are cut')
}

function readRow(line: string): ListedRow {
  try {
    return rowSchema.parse(JSON.parse(line))
  } catch (error) {
    throw new SanctionsFault('ERR_SANCTIONS_LIST_MALFORMED', 'a stored row is not as it was written', { cause: error })
  }
}
