import { readFile, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ServiceFault } from '../faults.ts'
import { placeNewFiles, writeBeside, type NewFile } from './place-new-files.ts'

/**
 * Puts `next` in the place of a file that holds `found`, which stays as `keptAs`. A reader sees the old file or the new one, whole.
 * Throws ERR_SERVICE_KEY_EXISTS when `keptAs` holds something else, and ERR_SERVICE_FILE_CHANGED when the file is no longer what was found.
 */
export async function replaceFile(next: NewFile, found: string, keptAs: string): Promise<void> {
  // A run that ended between the two steps has kept it already.
  if ((await readFile(keptAs, 'utf8').catch(() => '')) !== found) {
    await placeNewFiles([{ path: keptAs, content: found, mode: next.mode }])
  }
  const temporary = await writeBeside(dirname(next.path), next.content, next.mode)
  try {
    if ((await readFile(next.path, 'utf8')) !== found) {
      throw new ServiceFault('ERR_SERVICE_FILE_CHANGED', `${next.path} changed meanwhile and is left as it is`)
    }
    await rename(temporary, next.path)
  } catch (error) {
    await unlink(temporary)
    throw error
  }
}
