import { resolve } from 'node:path'
import type { VerificationKey } from '@callback-quorum/protocol'
import type { KeyFiles } from '../config/common-config.ts'
import { loadPublicKey } from './key-files.ts'

/** Loads the keys of one peer (a checker, a gateway) whose tokens live at most `maxTokenAgeMs`. Throws ConfigError naming the file. */
export async function loadVerificationKeys(
  owner: string,
  files: KeyFiles,
  directory: string,
  maxTokenAgeMs: number,
): Promise<readonly VerificationKey[]> {
  return Promise.all(
    files.map(async ({ file, not_after: notAfterMs }) => {
      const { key, fingerprint } = await loadPublicKey(resolve(directory, file))
      return { owner, fingerprint, key, maxTokenAgeMs, ...(notAfterMs === undefined ? {} : { notAfterMs }) }
    }),
  )
}
