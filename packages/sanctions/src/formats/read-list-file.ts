import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { TextDecoder } from 'node:util'
import { SanctionsFault } from '../faults.ts'
import type { ParsedFile } from '../list/listed-row.ts'
import { malformed } from './faults.ts'
import type { FormatOptions } from './format.ts'
import { openFormat } from './open-format.ts'
import { unpackList } from './packing/unpack-list.ts'

/** The full list of 2025-11-19 unpacks to 121 MB; four times that is a bomb or another file. */
export const UNPACKED_BYTES_MAX = 512 * 1024 * 1024
/** The full list packs 1:25. A bomb of zeros packs 1:1000. */
const RATIO_MAX = 100
/** Small texts of one repeated word pack as well as bombs do, and harm nobody. */
const RATIO_FREE_BYTES = 1024 * 1024

/**
 * Reads, hashes, unpacks (gzip, zip, by its first bytes) and parses a list in one pass over its bytes, so that what is hashed is what
 * was parsed. Throws SanctionsFault; nothing of a file that fails is given back.
 */
export async function readListFile(
  path: string,
  options: FormatOptions,
  unpackedBytesMax: number,
): Promise<ParsedFile> {
  const hash = createHash('sha256')
  const parser = openFormat(options)
  const size = { packed: 0, unpacked: 0 }
  try {
    await pipeline(
      createReadStream(path),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk)
          size.packed += chunk.length
          yield chunk
        }
      },
      unpackList,
      async (chunks: AsyncIterable<Buffer>) => {
        const decode = createDecoder()
        for await (const chunk of chunks) {
          size.unpacked += chunk.length
          requireSize(size, unpackedBytesMax)
          parser.write(decode(chunk))
        }
        parser.write(decode())
      },
    )
  } catch (error) {
    if (error instanceof SanctionsFault) throw error
    throw new SanctionsFault('ERR_SANCTIONS_LIST_UNREADABLE', reasonOf(error), { cause: error })
  }
  return { ...parser.end(), sha256: hash.digest('hex') }
}

function requireSize({ packed, unpacked }: { packed: number; unpacked: number }, unpackedBytesMax: number): void {
  const tooLarge = (why: string): SanctionsFault => new SanctionsFault('ERR_SANCTIONS_LIST_TOO_LARGE', why)
  if (unpacked > unpackedBytesMax) throw tooLarge(`more than ${String(unpackedBytesMax)} bytes unpacked`)
  if (unpacked > RATIO_FREE_BYTES && unpacked > packed * RATIO_MAX)
    throw tooLarge(`unpacks to more than ${String(RATIO_MAX)} times its size`)
}

/** Takes a byte order mark away. Refuses NUL, which no list holds and UTF-16 is full of. */
function createDecoder(): (chunk?: Buffer) => string {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  return (chunk) => {
    let text: string
    try {
      text = chunk === undefined ? utf8.decode() : utf8.decode(chunk, { stream: true })
    } catch (error) {
      throw malformed('bytes that are not UTF-8', error)
    }
    if (text.includes('\0')) throw malformed('a NUL character; expected text in UTF-8')
    return text
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
