import { crc32 } from 'node:zlib'
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl'
import { SanctionsFault } from '../../faults.ts'

/** The zip files of the publishers are under 10 MB; a zip is read by its end first, so it is held as a whole. */
const ZIP_BYTES_MAX = 64 * 1024 * 1024

const STORED = 0
const DEFLATED = 8

const unreadable = (why: string, cause?: unknown): SanctionsFault =>
  new SanctionsFault('ERR_SANCTIONS_LIST_UNREADABLE', `zip: ${why}`, { cause })

/**
 * Gives the bytes of the one file that a zip holds. Refuses a second entry or none, folders and paths in the name, encryption, other
 * methods than stored and deflated, a size or checksum that is not the one declared. Throws SanctionsFault.
 */
export async function* unzipSingle(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > ZIP_BYTES_MAX)
      throw new SanctionsFault('ERR_SANCTIONS_LIST_TOO_LARGE', `zip of more than ${String(ZIP_BYTES_MAX)} bytes`)
    parts.push(chunk)
  }
  const zip = await openZip(Buffer.concat(parts))
  yield* contentOf(zip, await singleEntry(zip))
}

async function openZip(bytes: Buffer): Promise<ZipFile> {
  try {
    return await fromBufferPromise(bytes, { lazyEntries: true, validateEntrySizes: true, strictFileNames: true })
  } catch (error) {
    throw unreadable(reasonOf(error), error)
  }
}

async function singleEntry(zip: ZipFile): Promise<Entry> {
  if (zip.entryCount !== 1) throw unreadable(`${String(zip.entryCount)} entries; expected exactly one file`)
  const entries: Entry[] = []
  try {
    for await (const entry of zip.eachEntry()) entries.push(entry)
  } catch (error) {
    throw unreadable(reasonOf(error), error)
  }
  const [entry, second] = entries
  if (entry === undefined || second !== undefined) throw unreadable('expected exactly one file')
  if (/[/\\\0]/.test(entry.fileName)) throw unreadable('the entry names a folder or a path; expected a file')
  if (entry.isEncrypted()) throw unreadable('the entry is encrypted')
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED)
    throw unreadable(`compression method ${String(entry.compressionMethod)}; expected stored or deflated`)
  return entry
}

async function* contentOf(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  let checksum = 0
  try {
    const content: AsyncIterable<Buffer> = await zip.openReadStreamPromise(entry)
    for await (const chunk of content) {
      checksum = crc32(chunk, checksum)
      yield chunk
    }
  } catch (error) {
    throw unreadable(reasonOf(error), error)
  }
  if (checksum !== entry.crc32) throw unreadable('the checksum of the entry differs')
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
