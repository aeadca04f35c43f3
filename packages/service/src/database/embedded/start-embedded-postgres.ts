import { createHash } from 'node:crypto'
import { chmod, mkdir, realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Logger } from '../../log.ts'
import { ServiceFault } from '../../faults.ts'
import type { PostgresServer } from '../database.ts'
import { dataOf, prepareCluster, SUPERUSER } from './cluster.ts'
import type { Cluster } from './cluster.ts'
import { embeddedFault } from './embedded-fault.ts'
import { waitForFormerServer } from './former-server.ts'
import { freePort, isPortTaken } from './free-port.ts'
import { usableBinaries } from './postgres-binaries.ts'
import { startPostmaster } from './postmaster.ts'
import type { Postmaster } from './postmaster.ts'
import { isRoot, serverAccount } from './server-account.ts'
import type { Account } from './server-account.ts'
import { serverSettings } from './server-settings.ts'
import { canEnter, ownTemporaryFolder } from './temporary-folder.ts'

const PORT_ATTEMPTS_MAX = 5
const CONNECTIONS_MAX_DEFAULT = 50

export interface EmbeddedOptions {
  /** Folder of the server's files, made when it is missing. */
  readonly dataDir: string
  readonly log?: Logger
  /** False only for tests: a crash may then lose what was committed. */
  readonly durable?: boolean
  readonly maxConnections?: number
  /** Keep the files in the temporary folder when the server's user cannot reach `dataDir`: for demonstrations and tests. */
  readonly relocate?: boolean
  /** Only for tests: where the server's programs are, instead of the npm package. */
  readonly native?: string
  /** Only for tests: where a free port comes from. */
  readonly findPort?: () => Promise<number>
}

/**
 * Starts the PostgreSQL of the npm package on `dataDir`, on a free port of 127.0.0.1, with a password of its own. It ends with
 * `stop()`, and also when this process ends in any other way. Throws `ERR_SERVICE_DATABASE_IN_USE` when another process uses
 * `dataDir`, `ERR_SERVICE_DATABASE_EMBEDDED` when it cannot run here.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<PostgresServer> {
  try {
    return await start(options)
  } catch (error) {
    if (error instanceof ServiceFault || !(error instanceof Error && 'code' in error)) throw error
    throw embeddedFault(`the embedded PostgreSQL cannot use ${options.dataDir}`, error.message)
  }
}

async function start(options: EmbeddedOptions): Promise<PostgresServer> {
  const { log, durable = true, maxConnections = CONNECTIONS_MAX_DEFAULT, findPort = freePort } = options
  const directory = await reachableFolder(options, await serverAccount(dataOf(resolve(options.dataDir))))
  const account = await serverAccount(dataOf(directory))
  const native = await usableBinaries(account, options.native)
  const cluster = await prepareCluster({ directory, native, account, durable })
  await waitForFormerServer(cluster.data)
  const settings = serverSettings({ durable, maxConnections })
  for (let attempt = 1; ; attempt++) {
    const port = await findPort()
    try {
      const args = ['-p', String(port), ...settings]
      const postmaster = await startPostmaster({ native, data: cluster.data, account, args, log })
      return serverOf(postmaster, cluster, directory, port)
    } catch (error) {
      // Another process may have started its server on the same files meanwhile: that is then said.
      await waitForFormerServer(cluster.data)
      // Between our look and the server's own listen somebody else may have taken the port.
      if (attempt === PORT_ATTEMPTS_MAX || !(await isPortTaken(port))) throw error
    }
  }
}

function serverOf(postmaster: Postmaster, cluster: Cluster, directory: string, port: number): PostgresServer {
  const urlOf = (database: string): string =>
    `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
  let stopping: Promise<void> | undefined
  return { url: urlOf('postgres'), dataDir: directory, urlOf, stop: () => (stopping ??= postmaster.stop()) }
}

/** The folder that will hold the cluster, and that the server's user can enter. */
async function reachableFolder(
  { dataDir, relocate, log }: EmbeddedOptions,
  account: Account | undefined,
): Promise<string> {
  const wanted = resolve(dataDir)
  const isNew = (await stat(wanted).catch(() => undefined)) === undefined
  await mkdir(dirname(wanted), { recursive: true })
  await mkdir(wanted, { recursive: true, mode: 0o700 })
  // Root's server is another user, who must pass through; what is in there has its own, tighter modes.
  if (!isRoot()) await chmod(wanted, 0o700)
  else if (isNew) await chmod(wanted, 0o711)
  const directory = await realpath(wanted)
  if (await canEnter(account, directory)) return directory
  if (relocate !== true) {
    throw embeddedFault(
      `PostgreSQL refuses to run as root, and user ${account?.uid ?? '?'}, who runs it instead, cannot enter ${directory}: ` +
        'run the service as an ordinary user, or put data_dir where that user can reach it',
    )
  }
  const name = `callback-quorum-${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`
  const elsewhere = await ownTemporaryFolder(account, name, 0o711)
  log?.warn(
    { dataDir: directory, instead: elsewhere },
    'the database files are kept in the temporary folder: data_dir cannot be reached',
  )
  return elsewhere
}
