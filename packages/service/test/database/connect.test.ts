import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { pino } from 'pino'
import { afterEach, expect, inject, test } from 'vitest'
import { createTestDatabase, openDatabase } from '../../src/database/index.ts'
import type { Database, TestDatabase } from '../../src/database/index.ts'

const log = pino({ level: 'silent' })
const cleanUps: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function testDatabase(options?: { clock: 'fixed' }): Promise<TestDatabase> {
  const made = await createTestDatabase(inject('postgresUrl'), [], options)
  cleanUps.push(() => made.drop())
  return made
}

async function open(url: string): Promise<Database> {
  const database = await openDatabase({ url, dataDir: '/nowhere', profile: 'production', migrations: [], log })
  cleanUps.push(() => database.close())
  return database
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `postgres://somebody:hidden@127.0.0.1:${(server.address() as AddressInfo).port}/somewhere`
}

const REAL_CLOCK = `create or replace function clock_now() returns timestamptz language sql volatile`

test('a migrated database with the real clock is opened and answers', async () => {
  const { url } = await testDatabase()
  const database = await open(url)
  await database.ping()
  expect(database.url).toBe(url)
})

test('a database on the clock of a test is refused', async () => {
  const { url } = await testDatabase({ clock: 'fixed' })
  await expect(open(url)).rejects.toMatchObject({ code: 'ERR_SERVICE_DATABASE_CLOCK', retryable: false })
})

test.each([
  ['a slow clock', `${REAL_CLOCK} as $$select pg_catalog.clock_timestamp() - interval '1 day'$$`],
  ['the time of the transaction', `${REAL_CLOCK} as $$select now()$$`],
  ['a cached clock', REAL_CLOCK.replace('volatile', 'stable') + ` as $$select pg_catalog.clock_timestamp()$$`],
  ['a clock with settings of its own', `${REAL_CLOCK} set timezone = 'UTC' as $$select pg_catalog.clock_timestamp()$$`],
  ['no clock', 'drop function clock_now()'],
])('%s is refused', async (_what, change) => {
  const { url, open: openUnchanged } = await testDatabase()
  const database = await openUnchanged()
  await database.query({ text: change })
  await expect(open(url)).rejects.toMatchObject({ code: 'ERR_SERVICE_DATABASE_CLOCK' })
})

test('our limits hold also when the URL asks for others', async () => {
  const url = new URL((await testDatabase()).url)
  url.search = 'options=-c%20statement_timeout%3D0%20-c%20search_path%3Dpg_temp&lock_timeout=0&application_name=mine'
  const database = await open(url.href)
  const [settings] = await database.query({
    text: `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
                  current_setting('idle_in_transaction_session_timeout') as idle, current_setting('search_path') as path,
                  current_setting('timezone') as zone, current_setting('application_name') as name`,
  })
  expect(settings).toEqual({ statement: '5s', lock: '2s', idle: '10s', path: 'public', zone: 'UTC', name: 'mine' })
})

test('a server that is not there gives a retryable fault', async () => {
  const server = createServer()
  const url = await listen(server)
  server.close()
  await once(server, 'close')
  await expect(open(url)).rejects.toMatchObject({ code: 'ERR_SERVICE_DATABASE', retryable: true })
})

// The connection at boot has 10 s; without a limit of its own this would end only with the test's.
test('a server that accepts and stays silent gives a retryable fault in time', { timeout: 20_000 }, async () => {
  const server = createServer((socket) => socket.resume())
  const url = await listen(server)
  cleanUps.push(async () => {
    server.close()
    await once(server, 'close')
  })
  await expect(open(url)).rejects.toMatchObject({ code: 'ERR_SERVICE_DATABASE', retryable: true })
})

test('a wrong password gives a fault that is not retryable and does not repeat the password', async () => {
  const url = new URL((await testDatabase()).url)
  url.password = 'hunter2'
  const error: unknown = await open(url.href).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'ERR_SERVICE_DATABASE', retryable: false })
  expect(JSON.stringify(error)).not.toContain('hunter2')
})

test.each(['mysql://u:hunter2@host/db', 'hunter2', 'http://hunter2'])('%s is no database URL', async (url) => {
  const error: unknown = await open(url).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'ERR_SERVICE_DATABASE_URL' })
  expect(String(error)).not.toContain('hunter2')
})

test('production never runs on an embedded database', async () => {
  for (const url of ['', undefined]) {
    const opening = openDatabase({ url, dataDir: '/nowhere', profile: 'production', migrations: [], log })
    await expect(opening).rejects.toMatchObject({ code: 'ERR_SERVICE_DATABASE_URL' })
  }
})

test('a closed database answers with a fault, and closing twice is safe', async () => {
  const { open: openOne } = await testDatabase()
  const database = await openOne()
  await Promise.all([database.close(), database.close()])
  await expect(database.ping()).rejects.toMatchObject({ code: 'ERR_SERVICE_DATABASE' })
})
