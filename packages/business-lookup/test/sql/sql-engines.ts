import { createTestDatabase } from '@callback-quorum/service'
import { inject } from 'vitest'
import { createReaderRole } from '../reader-role.ts'
import { hasMariaDb, startMariaDb } from './mariadb-server.ts'

/** A business system on one engine, and what the two spell differently. */
export interface Engine {
  /** As a role that may only read. */
  readonly readerUrl: string
  readonly placeholder: '$1' | '?'
  /** A function that keeps a query waiting. */
  readonly sleep: (seconds: number) => string
  /** Types: exact, 64 bit, float, float of half the size, time with its zone. */
  readonly types: Readonly<Record<'exact' | 'long' | 'double' | 'single', string>>
  run(...statements: readonly string[]): Promise<void>
  rows(statement: string): Promise<readonly (readonly unknown[])[]>
  /** Connections of the reader that there are now. */
  connections(): Promise<number>
  /** A view whose column `state` writes a row into the table `taken`, with the rights of its owner. */
  createTrap(): Promise<void>
  close(): Promise<void>
}

const TABLE = `create table withdrawal (reference varchar(64), state varchar(64), asset varchar(64), amount varchar(64),
  address varchar(64), memo varchar(64), valid_until varchar(64))`

export const ENGINES: readonly (readonly [string, boolean, () => Promise<Engine>])[] = [
  ['PostgreSQL', true, startPostgres],
  ['MariaDB (mariadbd of Debian is needed)', hasMariaDb, startMaria],
]

async function startPostgres(): Promise<Engine> {
  const business = await createTestDatabase(inject('postgresUrl'), [])
  const database = await business.open({ poolSizeMax: 4 })
  const reader = await createReaderRole(business, 'everything')
  const rows = async (text: string): Promise<readonly (readonly unknown[])[]> =>
    (await database.query<Record<string, unknown>>({ text })).map((row) => Object.values(row))
  const run = async (...statements: readonly string[]): Promise<void> => {
    for (const text of statements) await database.query({ text })
  }
  await run(TABLE)
  return {
    readerUrl: reader.url,
    placeholder: '$1',
    sleep: (seconds) => `pg_sleep(${String(seconds)})::text`,
    types: { exact: 'numeric(38, 18)', long: 'bigint', double: 'double precision', single: 'real' },
    run,
    rows,
    connections: async () =>
      Number((await rows(`select count(*) from pg_stat_activity where usename = '${reader.name}'`))[0]?.[0]),
    createTrap: () =>
      run(
        'create table taken (reference varchar(64))',
        `create function take(text) returns text language plpgsql security definer as
         $$ begin insert into taken values ($1); return 'approved'; end $$`,
        'create view trap as select reference, take(reference) as state, asset, amount, address, memo, valid_until from withdrawal',
      ),
    close: async () => {
      await reader.drop()
      await business.drop()
    },
  }
}

async function startMaria(): Promise<Engine> {
  const server = await startMariaDb()
  await server.run(
    `create user 'reader'@'%' identified by 'reader'`,
    `grant select on payouts.* to 'reader'@'%'`,
    TABLE,
  )
  return {
    readerUrl: server.urlOf('reader'),
    placeholder: '?',
    sleep: (seconds) => `sleep(${String(seconds)})`,
    types: { exact: 'decimal(38, 18)', long: 'bigint', double: 'double', single: 'float' },
    run: server.run,
    rows: server.rows,
    connections: async () =>
      Number((await server.rows(`select count(*) from information_schema.processlist where user = 'reader'`))[0]?.[0]),
    createTrap: () =>
      server.run(
        'create table taken (reference varchar(64))',
        `create function take(r varchar(64)) returns varchar(64) modifies sql data
         begin insert into taken values (r); return 'approved'; end`,
        'create view trap as select reference, take(reference) as state, asset, amount, address, memo, valid_until from withdrawal',
      ),
    close: () => server.stop(),
  }
}
