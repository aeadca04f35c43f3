import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { openDatabase, startEmbeddedPostgres } from '../../src/database/index.ts'
import type { PostgresServer } from '../../src/database/index.ts'
import { spawnEmbedded } from './spawn-embedded.ts'
import type { EmbeddedProcess, Started } from './spawn-embedded.ts'

const log = pino({ level: 'silent' })
const cleanUps: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** A folder that does not exist yet, in one that everybody can enter. */
async function freshDataDir(name = 'data'): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'cq-embedded-'))
  await rm(parent, { recursive: true })
  await mkdir(parent, { mode: 0o711 })
  cleanUps.push(() => rm(parent, { recursive: true, force: true }))
  return join(parent, name)
}

async function start(dataDir: string): Promise<PostgresServer> {
  const server = await startEmbeddedPostgres({ dataDir })
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
  const dataDir = await freshDataDir()
  const first = await start(dataDir)
  await query(first.url, 'create table kept as select 42 as answer')
  await Promise.all([first.stop(), first.stop()])
  await expect(query(first.url, 'select 1')).rejects.toThrow('ECONNREFUSED')
  const second = await start(dataDir)
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('it runs on a path with spaces, quotes and dollars, and longer than the path of a socket may be', async () => {
  const dataDir = await freshDataDir(`it's "one" $HOME of mine/${'deep '.repeat(30)}`.trim())
  const server = await start(dataDir)
  expect(await query(server.url, 'show data_directory')).toEqual([{ data_directory: join(dataDir, 'cluster', 'data') }])
})

test('it is durable, small, on UTC, and listens on 127.0.0.1 only', async () => {
  const server = await start(await freshDataDir())
  const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'unix_socket_directories', 'TimeZone']
  const rows = await query(server.url, `select string_agg(current_setting(n), '|') as all from unnest('{${names.join()}}'::text[]) n`)
  expect(rows).toEqual([{ all: 'on|on|on|127.0.0.1||UTC' }])
})

test('it asks for its password, and the password and the data are nobody else’s to read', async () => {
  const dataDir = await freshDataDir()
  const server = await start(dataDir)
  const url = new URL(server.url)
  url.password = 'guess'
  await expect(query(url.href, 'select 1')).rejects.toMatchObject({ code: '28P01' })
  const modeOf = async (...path: string[]): Promise<number> => (await stat(join(dataDir, ...path))).mode & 0o777
  expect(await modeOf('cluster', 'password')).toBe(0o600)
  expect(await modeOf('cluster', 'data')).toBe(0o700)
  expect((await modeOf()) & 0o066).toBe(0)
  expect((await readFile(join(dataDir, 'cluster', 'data', 'pg_hba.conf'), 'utf8')).match(/^[^#\n].*\btrust$/m)).toBeNull()
})

test('a second server on the same files is refused, from this process and from another', async () => {
  const dataDir = await freshDataDir()
  const first = await start(dataDir)
  await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({ code: IN_USE })
  expect(await startProcess(dataDir).next()).toMatchObject({ code: IN_USE })
  expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('of two that start together on new files one runs and the other is refused', async () => {
  const dataDir = await freshDataDir()
  const outcomes = await Promise.allSettled([start(dataDir), start(dataDir)])
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const refused = outcomes.find((outcome) => outcome.status === 'rejected')
  expect(refused?.reason).toMatchObject({ code: IN_USE })
})

test('when its process is killed the server ends, and the next start has every commit', async () => {
  const dataDir = await freshDataDir()
  const child = startProcess(dataDir)
  const { url } = (await child.next()) as Started
  await query(url, 'create table kept as select 42 as answer')
  child.kill('SIGKILL')
  await portCloses(url)
  const server = await start(dataDir)
  expect(await query(server.url, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('a start right after its process was killed waits for the old server to end', async () => {
  const dataDir = await freshDataDir()
  const child = startProcess(dataDir)
  await child.next()
  child.kill('SIGKILL')
  await child.ended
  const server = await start(dataDir)
  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('when the server itself was killed the next start recovers every commit', async () => {
  const dataDir = await freshDataDir()
  const first = await start(dataDir)
  await query(first.url, 'create table kept as select 42 as answer')
  const pid = Number((await readFile(join(dataDir, 'cluster', 'data', 'postmaster.pid'), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
  await portCloses(first.url)
  const second = await start(dataDir)
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('the process id of a dead server that somebody else has now does not keep it from starting', async () => {
  const dataDir = await freshDataDir()
  await (await start(dataDir)).stop()
  const owner = await stat(join(dataDir, 'cluster', 'data'))
  const lines = [process.pid, join(dataDir, 'cluster', 'data'), 1, 5432, '', '127.0.0.1', '  1  1', 'ready']
  await writeFile(join(dataDir, 'cluster', 'data', 'postmaster.pid'), `${lines.join('\n')}\n`)
  expect(owner.isDirectory()).toBe(true)
  const server = await start(dataDir)
  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('Ctrl-C reaches the service and not its database', async () => {
  const child = startProcess(await freshDataDir())
  const { url } = (await child.next()) as Started
  child.killGroup('SIGINT')
  expect(await child.next()).toBe('interrupted')
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
  await child.stop()
  expect(await child.next()).toBe('stopped')
  await portCloses(url)
})

test('half-made files of a start that was killed are not taken for a database', async () => {
  const dataDir = await freshDataDir()
  await mkdir(join(dataDir, 'cluster.killed', 'data'), { recursive: true, mode: 0o711 })
  const server = await start(dataDir)
  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a service without database_url gets a database that is still there the next time', async () => {
  const dataDir = await freshDataDir()
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
