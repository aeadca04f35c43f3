import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { freePort } from '../../src/database/embedded/free-port.ts'
import { openDatabase, startEmbeddedPostgres } from '../../src/database/index.ts'
import type { EmbeddedOptions, PostgresServer } from '../../src/database/index.ts'
import { spawnEmbedded } from './spawn-embedded.ts'
import type { EmbeddedProcess, Started } from './spawn-embedded.ts'

// Each start is a process, and a new cluster a second of full load.
vi.setConfig({ testTimeout: 60_000 })

const log = pino({ level: 'silent' })
const cleanUps: (() => Promise<unknown>)[] = []
let used: string

// Most tests take the files of the one before: what they are about happens at the start, the stop or the end of a server.
beforeAll(async () => {
  const parent = await openFolder()
  used = join(parent, 'used')
  return () => rm(parent, { recursive: true, force: true })
})

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** A folder that everybody can enter. */
async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cq-embedded-'))
  await chmod(folder, 0o711)
  return folder
}

/** A folder that does not exist yet. */
async function newDataDir(name = 'data'): Promise<string> {
  const parent = await openFolder()
  cleanUps.push(() => rm(parent, { recursive: true, force: true }))
  return join(parent, name)
}

async function start(dataDir: string, options: Partial<EmbeddedOptions> = {}): Promise<PostgresServer> {
  const server = await startEmbeddedPostgres({ dataDir, ...options })
  cleanUps.push(() => server.stop())
  return server
}

function startProcess(dataDir: string): EmbeddedProcess {
  const child = spawnEmbedded({ dataDir })
  cleanUps.push(() => child.stop())
  return child
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<object>(text)).rows
  } finally {
    await client.end()
  }
}

/** Waits until nobody listens on the port of `url` any more; the test's own time limit ends it otherwise. */
async function portCloses(url: string): Promise<void> {
  const isOpen = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => {
        resolve(false)
      })
    })
  while (await isOpen()) await sleep(20)
}

const IN_USE = 'ERR_SERVICE_DATABASE_IN_USE'

test('what was committed is there after a stop and a start', async () => {
  const first = await start(used)
  await query(first.url, 'create table kept_0 as select 42 as answer')
  await Promise.all([first.stop(), first.stop()])
  await expect(query(first.url, 'select 1')).rejects.toThrow('ECONNREFUSED')
  const second = await start(used)
  expect(await query(second.url, 'select answer from kept_0')).toEqual([{ answer: 42 }])
})

test('it runs on a path with spaces, quotes and dollars, and longer than the path of a socket may be', async () => {
  const dataDir = await newDataDir(`it's "one" $HOME of mine/${'deep '.repeat(30)}`.trim())
  const server = await start(dataDir)
  expect(await query(server.url, 'show data_directory')).toEqual([{ data_directory: join(dataDir, 'cluster', 'data') }])
})

test('it is durable, small, on UTC, and listens on 127.0.0.1 only', async () => {
  const server = await start(used)
  const names = [
    'fsync',
    'synchronous_commit',
    'full_page_writes',
    'listen_addresses',
    'unix_socket_directories',
    'TimeZone',
  ]
  const rows = await query(
    server.url,
    `select string_agg(current_setting(n), '|') as all from unnest('{${names.join()}}'::text[]) n`,
  )
  expect(rows).toEqual([{ all: 'on|on|on|127.0.0.1||UTC' }])
})

test('it asks for its password, and the password and the data are nobody else’s to read', async () => {
  const server = await start(used)
  const url = new URL(server.url)
  url.password = 'guess'
  await expect(query(url.href, 'select 1')).rejects.toMatchObject({ code: '28P01' })
  const modeOf = async (...path: string[]): Promise<number> => (await stat(join(used, ...path))).mode & 0o777
  expect(await modeOf('cluster', 'password')).toBe(0o600)
  expect(await modeOf('cluster', 'data')).toBe(0o700)
  expect((await modeOf()) & 0o066).toBe(0)
  expect((await readFile(join(used, 'cluster', 'data', 'pg_hba.conf'), 'utf8')).match(/^[^#\n].*\btrust$/m)).toBeNull()
})

test('a second server on the same files is refused, from this process and from another', async () => {
  const first = await start(used)
  await expect(startEmbeddedPostgres({ dataDir: used })).rejects.toMatchObject({ code: IN_USE })
  expect(await startProcess(used).next()).toMatchObject({ code: IN_USE })
  expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('of two that start together on new files one runs and the other is refused', async () => {
  const dataDir = await newDataDir()
  const outcomes = await Promise.allSettled([start(dataDir), start(dataDir)])
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const refused = outcomes.find((outcome) => outcome.status === 'rejected')
  expect(refused?.reason).toMatchObject({ code: IN_USE })
})

test('when its process is killed the server ends, and the next start has every commit', async () => {
  const child = startProcess(used)
  const { url } = (await child.next()) as Started
  await query(url, 'create table kept_6 as select 42 as answer')
  child.kill('SIGKILL')
  await portCloses(url)
  const server = await start(used)
  expect(await query(server.url, 'select answer from kept_6')).toEqual([{ answer: 42 }])
})

test('a start right after its process was killed waits for the old server to end', async () => {
  const child = startProcess(used)
  await child.next()
  child.kill('SIGKILL')
  await child.ended
  const server = await start(used)
  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('when the server itself was killed the next start recovers every commit', async () => {
  const first = await start(used)
  await query(first.url, 'create table kept_8 as select 42 as answer')
  const pid = Number((await readFile(join(used, 'cluster', 'data', 'postmaster.pid'), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
  await portCloses(first.url)
  const second = await start(used)
  expect(await query(second.url, 'select answer from kept_8')).toEqual([{ answer: 42 }])
})

test('the process id of a dead server that somebody else has now does not keep it from starting', async () => {
  await (await start(used)).stop()
  const lines = [process.pid, join(used, 'cluster', 'data'), 1, 5432, '', '127.0.0.1', '  1  1', 'ready']
  await writeFile(join(used, 'cluster', 'data', 'postmaster.pid'), `${lines.join('\n')}\n`)
  const server = await start(used)
  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a port that somebody took meanwhile is left to him', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const ports = [port, port]
  const findPort = async (): Promise<number> => ports.pop() ?? freePort()
  const server = await start(used, { findPort })
  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(ports).toEqual([])
  await expect(
    startEmbeddedPostgres({ dataDir: await newDataDir(), findPort: () => Promise.resolve(port) }),
  ).rejects.toMatchObject({
    code: 'ERR_SERVICE_DATABASE_EMBEDDED',
    detail: expect.stringContaining('could not bind') as string,
  })
  other.close()
  await once(other, 'close')
})

test('Ctrl-C reaches the service and not its database', async () => {
  const child = startProcess(used)
  const { url } = (await child.next()) as Started
  child.killGroup('SIGINT')
  expect(await child.next()).toBe('interrupted')
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
  await child.stop()
  expect(await child.next()).toBe('stopped')
  await portCloses(url)
})

test('half-made files of a start that was killed are not taken for a database', async () => {
  const dataDir = await newDataDir()
  await mkdir(join(dataDir, 'cluster.killed', 'data'), { recursive: true, mode: 0o711 })
  const server = await start(dataDir)
  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a service without database_url gets a database that is still there the next time', async () => {
  const dataDir = await newDataDir()
  const open = { dataDir, profile: 'single-host', migrations: [], log } as const
  const first = await openDatabase(open)
  await first.query({ text: 'create table kept ()' })
  await first.close()
  await expect(first.ping()).rejects.toMatchObject({ code: 'ERR_SERVICE_DATABASE' })
  const second = await openDatabase(open)
  cleanUps.push(() => second.close())
  expect(await second.query({ text: `select to_regclass('kept')::text as found` })).toEqual([{ found: 'kept' }])
  expect(new URL(second.url).pathname).toBe('/callback_quorum')
})
