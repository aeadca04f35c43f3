import { connectDatabase, createLogger, createTestDatabase, type TestDatabase } from '@callback-quorum/service'
import { gatewayMigrations } from '@callback-quorum/gateway'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openHealthySet, type HealthySet, type SpoiltSet } from './healthy-set.ts'
import { expectFound, type Mistake } from './mistake.ts'

let healthy: HealthySet
/** Belongs to the server's superuser. */
let foreign: TestDatabase
beforeAll(async () => {
  healthy = await openHealthySet(24_220)
  foreign = await createTestDatabase(inject('postgresUrl'), [gatewayMigrations])
})
afterAll(async () => {
  // First: what the role was granted there keeps the role from being dropped.
  await foreign.drop()
  await healthy.close()
})

const use = (set: SpoiltSet, url: string): Promise<void> => set.edit((config) => ({ ...config, database_url: url }))

/** The gateway's own URL with something else in it. */
const changed = (change: (url: URL) => unknown): string => {
  const url = new URL(healthy.gatewayUrl)
  change(url)
  return url.href
}

/** Runs SQL in a database as the superuser of the server. */
async function asSuperuser(pathname: string, sql: string): Promise<void> {
  const url = new URL(inject('postgresUrl'))
  url.pathname = pathname
  const log = createLogger({ level: 'silent', name: 'test' })
  const database = await connectDatabase({ url: url.href, poolSizeMax: 1, log, allowTestClock: true })
  try {
    await database.query({ text: sql })
  } finally {
    await database.close()
  }
}

/** A migrated database of the gateway's role in which something was done. */
async function spoil(set: SpoiltSet, sql: string): Promise<void> {
  const { href, pathname, username } = new URL(await healthy.makeDatabase(true))
  await asSuperuser(pathname, sql.replaceAll('ROLE', username))
  await use(set, href)
}

const back = (set: SpoiltSet): Promise<void> => use(set, healthy.gatewayUrl)

const MISTAKES: readonly Mistake[] = [
  {
    what: 'nobody listens at the port of the database',
    make: (set) =>
      use(
        set,
        changed((url) => (url.port = '1')),
      ),
    check: 'database',
    found: /^127\.0\.0\.1:1\/cq_doctor_\w+ \(database_url\): nobody listens there$/,
    fix: /Start PostgreSQL, or correct host and port in database_url: pg_isready -h 127\.0\.0\.1 -p 1/,
    mend: back,
  },
  {
    what: 'the password is wrong',
    make: (set) =>
      use(
        set,
        changed((url) => (url.password = 'guessed')),
      ),
    check: 'database',
    found: /\(database_url\): the login is refused$/,
    fix: /Correct role and password in database_url/,
  },
  {
    what: 'there is no such database',
    make: (set) =>
      use(
        set,
        changed((url) => (url.pathname = '/elsewhere')),
      ),
    check: 'database',
    found: /\/elsewhere \(database_url\): there is no such database/,
    fix: /createdb .* elsewhere/,
  },
  {
    what: 'the host of the database is not known',
    make: (set) =>
      use(
        set,
        changed((url) => (url.hostname = 'database.invalid')),
      ),
    check: 'database',
    found: /^database\.invalid:\d+\/.*the host name is not known/,
    fix: /getent hosts database\.invalid/,
  },
  {
    what: 'TLS is demanded of a server that has none',
    make: (set) =>
      use(
        set,
        changed((url) => {
          url.searchParams.set('sslmode', 'verify-full')
        }),
      ),
    check: 'database',
    found: /the server speaks no TLS, and database_url demands it/,
    fix: /Switch TLS on at the server/,
  },
  {
    what: 'clock_now() was replaced',
    make: (set) =>
      spoil(
        set,
        `create or replace function clock_now() returns timestamptz language sql volatile as $$ select '2020-01-01'::timestamptz $$`,
      ),
    check: 'database',
    found: /clock_now\(\) is not the real clock/,
    fix: /0001-clock-now\.sql/,
    mend: back,
  },
  {
    what: 'a newer version migrated the database',
    make: (set) =>
      spoil(
        set,
        `insert into schema_migration ("set", number, name, sha256) values ('gateway', 999, 'from-the-future', repeat('0', 64))`,
      ),
    check: 'database',
    found: /migration gateway 999 \(from-the-future\) was applied to this database, but this version has no such file/,
    fix: /Run the version that migrated this database/,
  },
  {
    what: 'an applied migration was changed',
    make: (set) =>
      spoil(set, `update schema_migration set sha256 = repeat('0', 64) where "set" = 'gateway' and number = 1`),
    check: 'database',
    found: /migration gateway 1 .* was changed after it was applied/,
    fix: /migrations never go back/,
  },
  {
    what: 'the role may not make the tables that are missing',
    make: async (set) => {
      const { pathname } = new URL(foreign.url)
      await asSuperuser(pathname, 'drop schema public cascade; create schema public')
      await use(
        set,
        changed((url) => (url.pathname = pathname)),
      )
    },
    check: 'database',
    found: /may not create tables in schema public, and \d+ migrations are to be applied/,
    fix: /^grant usage, create on schema public to cq_doctor_\w+, or/,
    mend: async () => {
      const { username } = new URL(healthy.gatewayUrl)
      await asSuperuser(new URL(foreign.url).pathname, `grant all on schema public to ${username}`)
    },
  },
  {
    what: 'the role may not read a table',
    make: (set) => spoil(set, 'alter table record owner to postgres; revoke all on record from ROLE'),
    check: 'database',
    found: /: cq_doctor_\w+ may not read and write record$/,
    fix: /^grant select, insert, update, delete on all tables in schema public to cq_doctor_\w+$/,
    mend: back,
  },
  {
    what: 'the role may not change a table, and so decide nothing',
    make: (set) => spoil(set, 'alter table request owner to postgres; revoke update on request from ROLE'),
    check: 'database',
    found: /: cq_doctor_\w+ may not read and write request$/,
    fix: /^grant select, insert, update, delete on all tables in schema public to cq_doctor_\w+$/,
    mend: back,
  },
  {
    what: 'the role is a superuser',
    make: (set) => {
      const url = new URL(inject('postgresUrl'))
      url.pathname = new URL(healthy.gatewayUrl).pathname
      return use(set, url.href)
    },
    status: 'warning',
    check: 'database',
    found: /: postgres is a superuser/,
    fix: /create role callback_quorum login password/,
    mend: back,
  },
]

test.each(MISTAKES)('finds that $what', (mistake) => expectFound(mistake, healthy))

test('an empty database is well: a start brings it up to date', async () => {
  const set = await healthy.copy()
  await use(set, await healthy.makeDatabase(false))
  const { exitCode, findings } = await set.doctor()
  expect(exitCode).toBe(0)
  expect(findings).toContainEqual({
    status: 'ok',
    check: 'database',
    found: expect.stringMatching(/\d+ migrations will be applied at the start/) as string,
  })
})

test('an embedded database is left to the running service', async () => {
  const set = await healthy.copy()
  await use(set, '')
  const { findings } = await set.doctor()
  expect(findings).toContainEqual({
    status: 'skipped',
    check: 'database',
    found: expect.stringMatching(/^embedded in data\/gateway\/postgres/) as string,
  })
})
