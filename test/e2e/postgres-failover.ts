import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { freePort } from './rig.ts'

/** A primary whose commits wait until its standby has them on disk. */
export interface FailoverPair {
  /** Database `postgres` of the server that is the primary now. */
  readonly url: string
  readonly port: number
  /** Ends the primary as a crash does: nothing is finished, no connection is told. */
  stopPrimary(): Promise<void>
  /** Makes the standby the primary. */
  promoteStandby(): Promise<void>
  close(): Promise<void>
}

type Account = { readonly uid: number; readonly gid: number } | undefined

const DEBIAN = '/usr/lib/postgresql'
const PROGRAMS = ['initdb', 'pg_basebackup', 'pg_ctl', 'postgres']
const PROGRAM_MS_MAX = 30_000
const READY_MS_MAX = 20_000
const POLL_MS = 50
/** Nothing here cuts the power, and what the operating system was given survives a crash of the server. */
const SETTINGS = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'synchronous_commit=on']

/** The newest PostgreSQL that Debian's packages put here with everything that replication takes; the embedded one has no pg_basebackup. */
export function replicatingPostgres(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : []
  return versions
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((bin) => PROGRAMS.every((name) => existsSync(join(bin, name))))
}

/** A new primary and its standby by streaming replication, on free ports of 127.0.0.1. `bin`: where the programs are. */
export async function startFailoverPair(bin: string): Promise<FailoverPair> {
  const account = await serverAccount()
  const folder = await mkdtemp(join(tmpdir(), 'cq-failover-'))
  if (account !== undefined) await chown(folder, account.uid, account.gid)
  await chmod(folder, 0o700)
  const [primary, standby] = [join(folder, 'primary'), join(folder, 'standby')]
  const [primaryPort, standbyPort] = [await freePort(), await freePort()]
  const password = randomBytes(16).toString('hex')
  const urlOf = (port: number): string => `postgres://postgres:${password}@127.0.0.1:${String(port)}/postgres`
  const run = async (program: string, ...args: readonly string[]): Promise<void> => {
    await promisify(execFile)(join(bin, program), args, { ...optionsOf(account), timeout: PROGRAM_MS_MAX })
  }
  const servers: ChildProcess[] = []
  const start = async (data: string, port: number, ...settings: readonly string[]): Promise<void> => {
    const args = [...SETTINGS, ...settings, `port=${String(port)}`].flatMap((setting) => ['-c', setting])
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...args], { ...optionsOf(account), stdio: 'ignore' })
    servers.push(child)
    await until(urlOf(port), 'select', 'accepts connections', child)
  }
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(endServer))
    await rm(folder, { recursive: true, force: true })
  }
  let port = primaryPort
  try {
    const passwordFile = join(folder, 'password')
    await writeFile(passwordFile, password, { mode: 0o600 })
    if (account !== undefined) await chown(passwordFile, account.uid, account.gid)
    const access = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
    await run('initdb', `--pgdata=${primary}`, ...access, '--encoding=UTF8', '--locale=C', '--no-sync')
    // From here on a commit of the primary waits for a standby.
    await start(primary, primaryPort, 'synchronous_standby_names=*')
    const copy = ['--write-recovery-conf', '--wal-method=stream', '--checkpoint=fast', '--no-sync']
    await run('pg_basebackup', `--dbname=${urlOf(primaryPort)}`, `--pgdata=${standby}`, ...copy)
    await start(standby, standbyPort)
    await until(urlOf(primaryPort), `select from pg_stat_replication where sync_state = 'sync'`, 'has its standby')
  } catch (error) {
    await close()
    throw error
  }
  return {
    get url() {
      return urlOf(port)
    },
    get port() {
      return port
    },
    stopPrimary: () => run('pg_ctl', 'stop', '-D', primary, '-m', 'immediate'),
    promoteStandby: async () => {
      await run('pg_ctl', 'promote', '-D', standby)
      port = standbyPort
    },
    close,
  }
}

const optionsOf = (account: Account) => ({
  cwd: '/',
  env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
  ...account,
})

/** PostgreSQL refuses to run as root: the user of Debian's package does instead. */
async function serverAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return undefined
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((each) => each.startsWith('postgres:'))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error('there is no user postgres')
  return { uid: Number(uid), gid: Number(gid) }
}

/** Waits until the statement has a row. */
async function until(url: string, text: string, what: string, child?: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_MS_MAX
  let reason = ''
  while (performance.now() < deadline && child?.exitCode == null) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: READY_MS_MAX })
    client.on('error', () => undefined) // Its statement fails with the same error.
    try {
      await client.connect()
      if ((await client.query(text)).rowCount !== 0) return
    } catch (error) {
      reason = String(error)
    } finally {
      await client.end().catch(() => undefined)
    }
    await delay(POLL_MS)
  }
  throw new Error(`no moment at which the server ${what}: ${reason}`)
}

async function endServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  // An immediate shutdown (PostgreSQL documentation, "Shutting Down the Server").
  child.kill('SIGQUIT')
  await exited
}
