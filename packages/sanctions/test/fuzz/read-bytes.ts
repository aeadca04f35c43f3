import { writeFile } from 'node:fs/promises'
import { SanctionsFault, type SanctionsFaultCode } from '../../src/faults.ts'
import type { FormatOptions } from '../../src/formats/format.ts'
import { readListFile, UNPACKED_BYTES_MAX } from '../../src/formats/read-list-file.ts'
import type { ParsedFile } from '../../src/list/listed-row.ts'

/** What a file of 20 kB may take of a processor; other work on the machine does not count. */
const CPU_MS_MAX = 1_000
/** A reader that waits for something that never comes. */
const WAIT_MS_MAX = 30_000

export type Read =
  | { readonly result: 'read'; readonly file: ParsedFile }
  | { readonly result: 'refused'; readonly code: SanctionsFaultCode }

/** Reads bytes as the worker does. Any other end than rows or a SanctionsFault within a second throws. `path` keeps the file for a look at it. */
export async function readBytes(path: string, bytes: Uint8Array, options: FormatOptions): Promise<Read> {
  await writeFile(path, bytes)
  const before = process.cpuUsage()
  const read = await inTime(tryRead(path, options))
  const { user } = process.cpuUsage(before)
  if (user > CPU_MS_MAX * 1_000) throw new Error(`reading took ${String(user / 1_000)} ms of a processor`)
  return read
}

async function tryRead(path: string, options: FormatOptions): Promise<Read> {
  try {
    return { result: 'read', file: await readListFile(path, options, UNPACKED_BYTES_MAX) }
  } catch (error) {
    if (!(error instanceof SanctionsFault) || isMistake(error.cause)) throw error
    return { result: 'refused', code: error.code }
  }
}

/** A fault that only wraps a mistake in the program. What Node says of bytes has a code. */
const isMistake = (cause: unknown): boolean =>
  (cause instanceof TypeError || cause instanceof RangeError || cause instanceof ReferenceError) && !('code' in cause)

async function inTime<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(new Error(`not read within ${String(WAIT_MS_MAX)} ms`))
  }, WAIT_MS_MAX)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
