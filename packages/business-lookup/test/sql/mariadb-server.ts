import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createConnection, type Connection } from 'mysql2/promise'
import { freePort } from '../../../service/src/database/embedded/free-port.ts'
import { runProgram } from '../../../service/src/database/embedded/run-program.ts'

const SERVER = '/usr/sbin/mariadbd'
const INSTALL = '/usr/bin/mariadb-install-db'
const INSTALL_MS_MAX = 60_000
const READY_MS_MAX = 30_000
const POLL_MS = 50
const OWNER = { user: 'owner', password: 'owner' } as const

/** Debian's package mariadb-server; without it the tests of MySQL do not run and say so. */
export const hasMariaDb = existsSync(SERVER) && existsSync(INSTALL)

export interface MariaDbServer {
  readonly port: number
  /** The database `payouts` as a user whose password is its name; `options` goes behind the question mark. */
  urlOf(user: string, options?: string): string
  /** Runs statements as the owner of the server, one after the other. */
  run(...statements: readonly string[]): Promise<void>
  /** Rows of one statement of the owner. */
  rows(statement: string): Promise<readonly (readonly unknown[])[]>
  stop(): Promise<void>
}

/** An empty server with its grant tables, on a free port of 127.0.0.1. `args`: more of its command line. */
export async function startMariaDb(...args: readonly string[]): Promise<MariaDbServer> {
  const folder = await mkdtemp(join(tmpdir(), 'cq-mariadb-'))
  const data = join(folder, 'data')
  // Root's server runs as root in its own folder; an ordinary user's as that user.
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []
  const install = ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db']
  const installed = await runProgram(INSTALL, [...install, ...asRoot], undefined, INSTALL_MS_MAX)
  if (!installed.succeeded) throw new Error(`mariadb-install-db: ${installed.reason}`)
  const init = join(folder, 'init.sql')
  const accounts = `create user '${OWNER.user}'@'%' identified by '${OWNER.password}';
grant all on *.* to '${OWNER.user}'@'%' with grant option;
create database payouts character set utf8mb4;
`
  await writeFile(init, accounts)
  const port = await freePort()
  const server = spawn(
    SERVER,
    // prettier-ignore
    ['--no-defaults', `--datadir=${data}`, `--socket=${join(folder, 's')}`, `--port=${String(port)}`, '--bind-address=127.0.0.1',
      `--init-file=${init}`, '--innodb-flush-log-at-trx-commit=0', '--skip-name-resolve', ...asRoot, ...args],
    { stdio: 'ignore', cwd: folder },
  )
  const exited = once(server, 'exit')
  const stop = async (): Promise<void> => {
    server.kill('SIGKILL')
    await exited
    await rm(folder, { recursive: true, force: true })
  }
  const owner = await connected(port).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return {
    port,
    urlOf: (user, options = '') => `mysql://${user}:${user}@127.0.0.1:${String(port)}/payouts${options}`,
    run: async (...statements) => {
      for (const statement of statements) await owner.query(statement)
    },
    rows: async (sql) => {
      const [rows] = await owner.query({ sql, rowsAsArray: true })
      return Array.isArray(rows) ? rows.map((row) => (Array.isArray(row) ? row : [])) : []
    },
    stop: async () => {
      owner.destroy()
      await stop()
    },
  }
}

async function connected(port: number): Promise<Connection> {
  const deadline = performance.now() + READY_MS_MAX
  for (;;) {
    try {
      return await createConnection({ host: '127.0.0.1', port, database: 'payouts', ...OWNER })
    } catch (error) {
      if (performance.now() > deadline) throw error
      await delay(POLL_MS)
    }
  }
}
