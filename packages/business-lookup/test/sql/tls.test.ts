import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createTestDatabase,
  startEmbeddedPostgres,
  type PostgresServer,
  type TestDatabase,
} from '@callback-quorum/service'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { createReaderRole } from '../reader-role.ts'
import { certify } from './certificates.ts'
import { hasMariaDb, startMariaDb, type MariaDbServer } from './mariadb-server.ts'
import { open, queryOf, refusalOf, wordOf } from './sql-rig.ts'

const COLUMNS = 'reference varchar(64), state text, asset text, amount text, address text, memo text, valid_until text'
const TABLE = `create table withdrawal (${COLUMNS})`
const ROW = `insert into withdrawal (reference, amount) values ('WD-1', '1')`
const UNAVAILABLE = 'CONNECTOR_UNAVAILABLE'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cq-sql-tls-'))
  await chmod(folder, 0o711)
  await writeFile(join(folder, 'reader.pw'), 'reader\n', { mode: 0o600 })
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** What a look-up comes to, at this URL and with this member of the configuration. */
async function lookUpAt(url: string, more: Readonly<Record<string, unknown>>): Promise<string> {
  const placeholder = url.startsWith('mysql') ? '?' : '$1'
  const written = { database_url: url, query: queryOf(placeholder), ...more }
  const { ask, connector } = await open(written, { directory: folder })
  try {
    return wordOf(await ask('WD-1'))
  } finally {
    await connector.close()
  }
}

/** The URL at another host, with a query and without the password, which stands in a file. */
function urlAt(text: string, host: string, query: string): string {
  const url = new URL(text)
  url.hostname = host
  url.password = ''
  url.search = query
  return url.href
}

describe('PostgreSQL with sslmode=verify-full', () => {
  let server: PostgresServer
  let business: TestDatabase
  let url = ''
  const reading = { password_file: 'reader.pw' }
  beforeAll(async () => {
    server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), durable: false, relocate: true })
    business = await createTestDatabase(server.url, [])
    const { cert, key } = await certify(folder, 'postgres', 'DNS:localhost')
    await certify(folder, 'stranger', 'DNS:localhost')
    const owner = await business.open({ poolSizeMax: 1 })
    const settings = [`ssl_cert_file = '${cert}'`, `ssl_key_file = '${key}'`, 'ssl = on']
    const changes = settings.map((setting) => `alter system set ${setting}`)
    for (const text of [...changes, 'select pg_reload_conf()', TABLE, ROW]) await owner.query({ text })
    url = (await createReaderRole(business, 'everything')).url
    const isOn = async (): Promise<void> => {
      expect(await owner.query({ text: 'show ssl' })).toEqual([{ ssl: 'on' }])
    }
    await vi.waitFor(isOn, { timeout: 10_000 })
  })
  afterAll(async () => {
    await business.drop()
    await server.stop()
  })

  test('is asked by the name that its certificate proves, over TLS', async () => {
    const verified = urlAt(url, 'localhost', '?sslmode=verify-full')
    expect(await lookUpAt(verified, { ...reading, ca: 'postgres.pem' })).toBe('1')
    const query = `select reference, state, asset, case when ssl then '7' else '0' end as amount, address, memo, valid_until from withdrawal, pg_stat_ssl where pid = pg_backend_pid() and reference = $1`
    expect(await lookUpAt(verified, { ...reading, ca: 'postgres.pem', query })).toBe('7')
  })

  test.each([
    ['at another name than its certificate has', '127.0.0.1', 'postgres.pem'],
    ['when another authority signed', 'localhost', 'stranger.pem'],
    ['when no authority of the system signed', 'localhost', undefined],
  ])('is not asked %s', async (_, host, ca) => {
    const verified = urlAt(url, host, '?sslmode=verify-full')
    expect(await lookUpAt(verified, { ...reading, ...(ca === undefined ? {} : { ca }) })).toBe(UNAVAILABLE)
  })

  test('is not asked in plain when it has no TLS', async () => {
    const database = await createTestDatabase(inject('postgresUrl'), [])
    const plain = await createReaderRole(database)
    expect(
      await lookUpAt(urlAt(plain.url, 'localhost', '?sslmode=verify-full'), { ...reading, ca: 'postgres.pem' }),
    ).toBe(UNAVAILABLE)
    await plain.drop()
    await database.drop()
  })
})

describe.runIf(hasMariaDb)('MariaDB (mariadbd of Debian is needed) with ssl-mode=VERIFY_IDENTITY', () => {
  let server: MariaDbServer
  beforeAll(async () => {
    const { cert, key } = await certify(folder, 'mariadb', 'DNS:localhost')
    const { cert: foreign } = await certify(folder, 'elsewhere', 'DNS:db.test')
    await chmod(foreign, 0o644)
    server = await startMariaDb(`--ssl-cert=${cert}`, `--ssl-key=${key}`)
    await server.run(TABLE, ROW, `create user 'reader'@'%' identified by 'reader' require ssl`)
    await server.run(`grant select on payouts.* to 'reader'@'%'`)
  })
  afterAll(() => server.stop())
  const verified = (host: string): string => urlAt(server.urlOf('reader'), host, '?ssl-mode=VERIFY_IDENTITY')

  test('is asked by the name that its certificate proves, over TLS', async () => {
    expect(await lookUpAt(verified('localhost'), { password_file: 'reader.pw', ca: 'mariadb.pem' })).toBe('1')
  })

  test.each([
    ['when another authority signed', 'localhost', 'elsewhere.pem'],
    ['when no authority of the system signed', 'localhost', undefined],
  ])('is not asked %s', async (_, host, ca) => {
    const more = { password_file: 'reader.pw', ...(ca === undefined ? {} : { ca }) }
    expect(await lookUpAt(verified(host), more)).toBe(UNAVAILABLE)
  })

  test('is not asked at another name than its certificate has', async () => {
    const { cert, key } = await certify(folder, 'other', 'DNS:db.test')
    const other = await startMariaDb(`--ssl-cert=${cert}`, `--ssl-key=${key}`)
    try {
      await other.run(TABLE, ROW, `create user 'reader'@'%' identified by 'reader'`)
      await other.run(`grant select on payouts.* to 'reader'@'%'`)
      const url = urlAt(other.urlOf('reader'), 'localhost', '?ssl-mode=VERIFY_IDENTITY')
      expect(await lookUpAt(url, { password_file: 'reader.pw', ca: 'other.pem' })).toBe(UNAVAILABLE)
      expect(await lookUpAt(urlAt(url, 'localhost', ''), { password_file: 'reader.pw' })).toBe('1')
    } finally {
      await other.stop()
    }
  })
})

describe('the files of the configuration', () => {
  const opening = async (more: Readonly<Record<string, unknown>>): Promise<readonly string[]> =>
    refusalOf(
      open({ database_url: 'postgres://r@127.0.0.1:1/d', query: queryOf('$1'), ...more }, { directory: folder }),
    )

  test('must be there, the password for us alone and not empty', async () => {
    await writeFile(join(folder, 'open.pw'), 'secret', { mode: 0o644 })
    await writeFile(join(folder, 'empty.pw'), '\n', { mode: 0o600 })
    expect((await opening({ password_file: 'missing.pw' }))[0]).toMatch(/password_file: .*missing\.pw cannot be opened/)
    expect((await opening({ ca: 'missing.pem' }))[0]).toMatch(/connector\.ca: .*missing\.pem cannot be opened/)
    expect((await opening({ password_file: 'open.pw' }))[0]).toMatch(/password_file: .*is open to others/)
    expect((await opening({ password_file: 'empty.pw' }))[0]).toMatch(/password_file: is empty/)
    expect(await opening({ password_file: 'reader.pw' })).toEqual([])
  })
})
