import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from '../../packages/service/src/database/embedded/free-port.ts'
import { runProgram, SERVER_ENVIRONMENT } from '../../packages/service/src/database/embedded/run-program.ts'
import { serverAccount } from '../../packages/service/src/database/embedded/server-account.ts'
import { temporaryFolder } from '../../packages/service/src/database/embedded/temporary-folder.ts'

/** A primary whose commits wait until its standby has them. */
export interface FailoverPair {
  /** Database `postgres` of the server that is the primary now. */
  readonly url: string
  readonly port: number
  /** Database `postgres` of the server that follows until it is promoted. */
  readonly standbyUrl: string
  stopStandby(): Promise<void>
  /** Resolves when commits wait for it again. */
  startStandby(): Promise<void>
  /** As a crash does: nothing is finished, nothing is told to the standby. */
  stopPrimary(): Promise<void>
  /** Makes the standby the primary. */
  promoteStandby(): Promise<void>
  close(): Promise<void>
}

const DEBIAN = '/usr/lib/postgresql'
const PROGRAMS = ['initdb', 'pg_basebackup', 'pg_ctl', 'postgres']
const PROGRAM_MS_MAX = 30_000
const READY_MS_MAX = 20_000
const POLL_MS = 50
/** Nothing here cuts the power: what the operating system was given survives a crash of the server. */
const SETTINGS = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'synchronous_commit=on']
const IS_SYNCHRONOUS = `select from pg_stat_replication where sync_state = 'sync'`

/** The newest PostgreSQL of Debian's packages that is here with all that replication takes: the embedded one has no pg_basebackup. */
export function replicatingPostgres(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : []
  return versions
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((bin) => PROGRAMS.every((name) => existsSync(join(bin, name))))
}

/** A new primary and its standby by streaming replication, on free ports of 127.0.0.1. `bin`: where the programs are. */
export async function startFailoverPair(bin: string): Promise<FailoverPair> {
  const account = await serverAccount('')
  const folder = await mkdtemp(join(await temporaryFolder(account), 'cq-failover-'))
  const own = async (path: string, mode: number): Promise<void> => {
    await chmod(path, mode)
    if (account !== undefined) await chown(path, account.uid, account.gid)
  }
  const password = randomBytes(16).toString('hex')
  const [primary, standby] = [await memberOf(folder, 'primary', password), await memberOf(folder, 'standby', password)]
  const servers: ChildProcess[] = []
  const run = async (program: string, ...args: readonly string[]): Promise<void> => {
    const { succeeded, reason } = await runProgram(join(bin, program), args, account, PROGRAM_MS_MAX)
    if (!succeeded) throw new Error(`${program}: ${reason}`)
  }
  const start = async ({ data, port, url }: Member, ...more: readonly string[]): Promise<void> => {
    const settings = [...SETTINGS, ...more, `port=${String(port)}`].flatMap((setting) => ['-c', setting])
    const options = { cwd: '/', env: SERVER_ENVIRONMENT, stdio: 'ignore', ...account } as const
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...settings], options)
    servers.push(child)
    await until(url, 'select', child)
  }
  const stop = ({ data }: Member): Promise<void> => run('pg_ctl', 'stop', '-D', data, '-m', 'immediate')
  const startStandby = async (): Promise<void> => {
    await start(standby)
    await until(primary.url, IS_SYNCHRONOUS)
  }
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(endServer))
    await rm(folder, { recursive: true, force: true })
  }
  let current = primary
  try {
    await own(folder, 0o700)
    const passwordFile = join(folder, 'password')
    await writeFile(passwordFile, password)
    await own(passwordFile, 0o600)
    const access = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
    await run('initdb', `--pgdata=${primary.data}`, ...access, '--encoding=UTF8', '--locale=C', '--no-sync')
    // From here on a commit of the primary waits for a standby.
    await start(primary, 'synchronous_standby_names=*')
    const copy = ['--write-recovery-conf', '--wal-method=stream', '--checkpoint=fast', '--no-sync']
    await run('pg_basebackup', `--dbname=${primary.url}`, `--pgdata=${standby.data}`, ...copy)
    await startStandby()
  } catch (error) {
    await close()
    throw error
  }
  return {
    get url() {
      return current.url
    },
    get port() {
      return current.port
    },
    standbyUrl: standby.url,
    stopStandby: () => stop(standby),
    startStandby,
    stopPrimary: () => stop(primary),
    promoteStandby: async () => {
      await run('pg_ctl', 'promote', '-D', standby.data)
      current = standby
    },
    close,
  }
}

interface Member {
  readonly data: string
  readonly port: number
  readonly url: string
}

async function memberOf(folder: string, name: string, password: string): Promise<Member> {
  const port = await freePort()
  return { data: join(folder, name), port, url: `postgres://postgres:${password}@127.0.0.1:${String(port)}/postgres` }
}

/** Waits until the server gives this statement a row. */
async function until(url: string, text: string, child?: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_MS_MAX
  let reason: unknown = 'no row'
  while (performance.now() < deadline && (child === undefined || isRunning(child))) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: READY_MS_MAX })
    client.on('error', () => undefined) // Its statement fails with the same error.
    try {
      await client.connect()
      if ((await client.query(text)).rowCount !== 0) return
    } catch (error) {
      reason = error
    } finally {
      await client.end().catch(() => undefined)
    }
    await delay(POLL_MS)
  }
  throw new Error(`the server gave no row in time to: ${text}`, { cause: reason })
}

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null

async function endServer(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return
  const exited = once(child, 'exit')
  // Immediate shutdown (PostgreSQL documentation, "Shutting Down the Server").
  child.kill('SIGQUIT')
  await exited
}
