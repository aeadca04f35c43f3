import { randomBytes } from 'node:crypto'
import { chmod, chown, lstat, mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { embeddedFault } from './embedded-fault.ts'
import { runProgram } from './run-program.ts'
import type { Account } from './server-account.ts'

const INITDB_MS_MAX = 120_000
const PASSWORD_BYTES = 32

export const SUPERUSER = 'postgres'

/** The files of one server. */
export interface Cluster {
  readonly data: string
  readonly password: string
}

interface ClusterOptions {
  readonly directory: string
  readonly native: string
  readonly account: Account | undefined
  readonly durable: boolean
}

export const dataOf = (directory: string): string => join(directory, 'cluster', 'data')

/**
 * The cluster below `directory`, made when there is none: `cluster/data` (mode 700, the server's own) and `cluster/password` (mode
 * 600). It is made beside and renamed, so that a start that was killed half-way leaves no half a cluster.
 */
export async function prepareCluster(options: ClusterOptions): Promise<Cluster> {
  const home = join(options.directory, 'cluster')
  if ((await lstat(home).catch(() => undefined)) === undefined) await makeCluster(options, home)
  const password = (await readFile(join(home, 'password'), 'utf8')).trim()
  return { data: dataOf(options.directory), password }
}

async function makeCluster({ directory, native, account, durable }: ClusterOptions, home: string): Promise<void> {
  const fresh = await mkdtemp(`${home}.`)
  try {
    // Another user's server must pass through to its data, and only that.
    if (account !== undefined) await chmod(fresh, 0o711)
    const data = join(fresh, 'data')
    const passwordFile = join(fresh, 'password')
    await writePassword(passwordFile, account)
    await mkdir(data, { mode: 0o700 })
    if (account !== undefined) await chown(data, account.uid, account.gid)
    const args = [
      `--pgdata=${data}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      ...(durable ? [] : ['--no-sync']),
    ]
    const { succeeded, reason } = await runProgram(join(native, 'bin', 'initdb'), args, account, INITDB_MS_MAX)
    if (!succeeded) throw embeddedFault(`PostgreSQL could not create its files in ${directory}`, reason)
    await rename(fresh, home).catch(async (error: unknown) => {
      // Another process made one meanwhile; who may use it is decided by the server's own lock.
      if ((await lstat(home).catch(() => undefined)) === undefined) throw error
    })
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

async function writePassword(path: string, account: Account | undefined): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(`${randomBytes(PASSWORD_BYTES).toString('base64url')}\n`)
    if (account !== undefined) await file.chown(account.uid, account.gid)
    await file.sync()
  } finally {
    await file.close()
  }
}
