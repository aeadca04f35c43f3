import { randomUUID } from 'node:crypto'
import { link, mkdir, open, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ServiceFault } from '../faults.ts'

export interface NewFile {
  readonly path: string
  readonly content: string
  /** Permission bits, whatever the umask takes away: 0o600 for what only its owner may read. */
  readonly mode: number
}

/**
 * Writes all of these files or none; folders are made when they are not there, closed to others. Never overwrites: when one of them
 * exists it throws ERR_SERVICE_KEY_EXISTS and changes nothing. A reader sees a whole file or none.
 */
export async function placeNewFiles(files: readonly NewFile[]): Promise<void> {
  const placed: string[] = []
  try {
    for (const file of files) {
      await placeNewFile(file)
      placed.push(file.path)
    }
  } catch (error) {
    for (const path of placed) await unlink(path)
    throw error
  }
}

/** Writes beside and then links: link(2) fails when the target exists, which rename(2) does not. */
async function placeNewFile({ path, content, mode }: NewFile): Promise<void> {
  const directory = dirname(path)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const temporary = await writeBeside(directory, content, mode)
  try {
    await link(temporary, path)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') {
      throw new ServiceFault('ERR_SERVICE_KEY_EXISTS', `${path} exists and is left as it is`, { cause })
    }
    throw cause
  } finally {
    await unlink(temporary)
  }
}

/** A whole file under a name that nobody reads, on the disk before it returns; resolves to its path. */
export async function writeBeside(directory: string, content: string, mode: number): Promise<string> {
  const path = join(directory, `.${randomUUID()}.tmp`)
  const file = await open(path, 'wx', mode)
  try {
    // The umask may have taken bits away when the file was opened.
    await file.chmod(mode)
    await file.writeFile(content)
    await file.sync()
    return path
  } catch (error) {
    await unlink(path)
    throw error
  } finally {
    await file.close()
  }
}
