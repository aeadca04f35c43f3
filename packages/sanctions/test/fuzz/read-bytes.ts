import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
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
  const ending = new AbortController()
  try {
    const late = sleep(WAIT_MS_MAX, undefined, { signal: ending.signal }).then(
      () => {
        throw new Error(`not read within ${String(WAIT_MS_MAX)} ms`)
      },
      () => undefined as never,
    )
    const file = await Promise.race([readListFile(path, options, UNPACKED_BYTES_MAX), late])
    return { result: 'read', file }
  } catch (error) {
    if (!(error instanceof SanctionsFault)) throw error
    return { result: 'refused', code: error.code }
  } finally {
    ending.abort()
    const { user } = process.cpuUsage(before)
    if (user > CPU_MS_MAX * 1_000) throw new Error(`reading took ${String(user / 1_000)} ms of a processor`)
  }
}
