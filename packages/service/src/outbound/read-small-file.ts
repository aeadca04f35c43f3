import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { errnoOf } from './errno-of.ts'

/** Manifests, tokens and certificates are a few kilobytes; a bundle of all public authorities is a quarter of this. */
const FILE_BYTES_MAX = 1024 * 1024
const OTHERS = 0o007

/**
 * Reads a small file that an operator wrote. A pipe in its place does not keep the service waiting. With `secret` a file that others
 * may touch is refused. Throws Error, its message made for the operator and free of what the file holds.
 */
export async function readSmallFile(path: string, secret?: 'secret'): Promise<string> {
  // Mode, size and content come from one descriptor.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw new Error(`cannot be opened (${errnoOf(error)})`, { cause: error })
  })
  try {
    const stat = await file.stat()
    if (!stat.isFile() || stat.size > FILE_BYTES_MAX) throw new Error('is not a small regular file')
    if (secret !== undefined && (stat.mode & OTHERS) !== 0)
      throw new Error('is open to others; expected mode 0600, or 0640 for a group')
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}
