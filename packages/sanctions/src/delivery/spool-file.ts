import { createHash, randomUUID } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '@callback-quorum/service'
import { SanctionsFault } from '../faults.ts'

/** The complete list of 2025-11-19 has 121 MB; a list that is bigger than this is none, or somebody fills the disk. */
export const DELIVERED_BYTES_MAX = 200 * 1024 * 1024

/** What was written down, by its own count and digest. */
export interface Spooled {
  readonly path: string
  /** Lower-case hex. */
  readonly sha256: string
  readonly bytes: number
}

export interface SpoolFile {
  /** Throws SanctionsFault `ERR_SANCTIONS_LIST_TOO_LARGE`, `ERR_SANCTIONS_DELIVERY_STORAGE`. */
  write(chunk: Uint8Array): Promise<void>
  /** Closes the file, which stays. Throws SanctionsFault `ERR_SANCTIONS_DELIVERY_STORAGE`. */
  end(): Promise<Spooled>
  /** Removes the file, also a closed one; a second time does nothing. */
  discard(): Promise<void>
}

/**
 * Opens a new file of mode 0600 in `directory` that hashes and counts what is written, so that what is parsed later is what was hashed.
 * Throws SanctionsFault `ERR_SANCTIONS_DELIVERY_STORAGE`.
 */
export async function openSpoolFile(directory: string, bytesMax = DELIVERED_BYTES_MAX): Promise<SpoolFile> {
  const path = join(directory, `list-${randomUUID()}`)
  const file = await stored(() => open(path, 'wx', 0o600))
  const hash = createHash('sha256')
  let bytes = 0
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => (closed ??= file.close())
  return {
    write: async (chunk) => {
      bytes += chunk.length
      if (bytes > bytesMax)
        throw new SanctionsFault('ERR_SANCTIONS_LIST_TOO_LARGE', `more than ${bytesMax} bytes as delivered`)
      hash.update(chunk)
      await stored(() => file.appendFile(chunk))
    },
    end: async () => {
      await stored(close)
      return { path, sha256: hash.digest('hex'), bytes }
    },
    discard: async () => {
      await close().catch(() => undefined)
      await rm(path, { force: true })
    },
  }
}

async function stored<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw new SanctionsFault('ERR_SANCTIONS_DELIVERY_STORAGE', `the list could not be written (${errnoOf(error)})`, {
      cause: error,
    })
  }
}
