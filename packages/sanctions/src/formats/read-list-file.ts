import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { PassThrough, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { TextDecoder } from 'node:util'
import { createGunzip } from 'node:zlib'
import { SanctionsFault } from '../faults.ts'
import type { ParsedFile } from '../list/listed-row.ts'
import type { FormatOptions } from './format.ts'
import { openFormat } from './open-format.ts'

/** The full list of 2025-11-19 unpacks to 121 MB; four times that is a bomb or another file. */
export const UNPACKED_BYTES_MAX = 512 * 1024 * 1024

/**
 * Reads, hashes, unpacks (`.gz`) and parses a list in one pass over its bytes, so that what is hashed is what was parsed.
 * Throws SanctionsFault; nothing of a file that fails is given back.
 */
export async function readListFile(
  path: string,
  options: FormatOptions,
  unpackedBytesMax: number,
): Promise<ParsedFile> {
  const hash = createHash('sha256')
  const parser = openFormat(options)
  const unpack: Transform = path.endsWith('.gz') ? createGunzip() : new PassThrough()
  try {
    await pipeline(
      createReadStream(path),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk)
          yield chunk
        }
      },
      unpack,
      (chunks: AsyncIterable<Buffer>) => parseChunks(chunks, parser.write, unpackedBytesMax),
    )
  } catch (error) {
    if (error instanceof SanctionsFault) throw error
    throw new SanctionsFault('ERR_SANCTIONS_LIST_UNREADABLE', reasonOf(error), { cause: error })
  }
  return { ...parser.end(), sha256: hash.digest('hex') }
}

async function parseChunks(
  chunks: AsyncIterable<Buffer>,
  write: (text: string) => void,
  bytesMax: number,
): Promise<void> {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > bytesMax)
      throw new SanctionsFault('ERR_SANCTIONS_LIST_TOO_LARGE', `more than ${String(bytesMax)} bytes unpacked`)
    write(decode(utf8, chunk))
  }
  write(decode(utf8))
}

function decode(utf8: TextDecoder, chunk?: Buffer): string {
  try {
    return chunk === undefined ? utf8.decode() : utf8.decode(chunk, { stream: true })
  } catch (error) {
    throw new SanctionsFault('ERR_SANCTIONS_LIST_MALFORMED', 'bytes that are not UTF-8', { cause: error })
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
