import { chmod, lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { embeddedFault } from './embedded-fault.ts'
import { runProgram } from './run-program.ts'
import type { Account } from './server-account.ts'

const REACH_MS_MAX = 10_000

/** True when `account` can enter `directory`: tried, not computed, since ACLs and mount options have a say too. */
export async function canEnter(account: Account | undefined, directory: string): Promise<boolean> {
  const { succeeded } = await runProgram('/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory], account, REACH_MS_MAX)
  return succeeded
}

/** A temporary folder that `account` can enter: that of the environment, else the system's. */
export async function temporaryFolder(account: Account | undefined): Promise<string> {
  for (const folder of new Set([tmpdir(), '/tmp', '/var/tmp'])) if (await canEnter(account, folder)) return folder
  throw embeddedFault(
    `user ${account?.uid ?? 'of this process'} can enter no temporary folder: set TMPDIR or set database_url`,
  )
}

/** True when nobody but this process's user (and root) could have put anything into `path`. */
export async function isOurs(path: string): Promise<boolean> {
  const found = await lstat(path)
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
}

/** Makes the folder `name` in the temporary folder, or takes the existing one when it is our own. */
export async function ownTemporaryFolder(account: Account | undefined, name: string, mode: number): Promise<string> {
  const path = join(await temporaryFolder(account), name)
  try {
    await mkdir(path, { mode: 0o700 })
    await chmod(path, mode)
  } catch (error) {
    if (!(await isOurs(path).catch(() => false))) {
      throw embeddedFault(`${path} belongs to somebody else or can be written by others: remove it`, String(error))
    }
  }
  return path
}
