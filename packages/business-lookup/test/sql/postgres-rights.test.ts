import { createTestDatabase, type Database, type TestDatabase } from '@callback-quorum/service'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { createReaderRole, type ReaderRole } from '../reader-role.ts'
import { open, queryOf, refusalOf, wordOf } from './sql-rig.ts'
import { startTcpProxy } from './tcp-proxy.ts'

let business: TestDatabase
let database: Database
let reader: ReaderRole
const run = async (...statements: readonly string[]): Promise<void> => {
  for (const text of statements) await database.query({ text })
}
beforeAll(async () => {
  business = await createTestDatabase(inject('postgresUrl'), [])
  database = await business.open({ poolSizeMax: 2 })
  await run(
    'create table withdrawal (reference text, state text, asset text, amount text, address text, memo text, valid_until text)',
    'create schema other',
    'create table other.ledger (entry text)',
    'create sequence other.number',
    'create view other.entries as select entry from other.ledger',
  )
})
afterAll(() => business.drop())
beforeEach(async () => {
  reader = await createReaderRole(business, 'everything')
})
afterEach(() => reader.drop())

const opening = (url = reader.url) => open({ database_url: url, query: queryOf('$1') })

describe('B24: a role that may do more than read does not start, and what it may is named', () => {
  // prettier-ignore
  test.each([
    ['insert', 'grant insert on withdrawal to ROLE', 'may INSERT on public.withdrawal'],
    ['update', 'grant update on other.ledger to ROLE', 'may UPDATE on other.ledger'],
    ['update one column', 'grant update (state) on withdrawal to ROLE', 'may UPDATE columns of public.withdrawal'],
    ['delete through a view', 'grant delete on other.entries to ROLE', 'may DELETE on other.entries'],
    ['truncate', 'grant truncate on withdrawal to ROLE', 'may TRUNCATE on public.withdrawal'],
    ['put a trigger of its own on a table', 'grant trigger on withdrawal to ROLE', 'may TRIGGER on public.withdrawal'],
    ['take a number', 'grant usage on other.number to ROLE', 'may USAGE on sequence other.number'],
    ['set a number back', 'grant update on other.number to ROLE', 'may UPDATE on sequence other.number'],
    ['create in a schema', 'grant create on schema other to ROLE', 'may CREATE in schema other'],
    ['create in the database', 'do $$ begin execute format(\'grant create on database %I to ROLE\', current_database()); end $$', 'may CREATE in database '],
    ['all as superuser', 'alter role ROLE superuser', 'is a superuser'],
    ['create roles', 'alter role ROLE createrole', 'may create roles'],
    ['write all data', 'grant pg_write_all_data to ROLE', 'is a member of pg_write_all_data'],
    ['start programs', 'grant pg_execute_server_program to ROLE', 'is a member of pg_execute_server_program'],
  ])('%s', async (_, statement, expected) => {
    await run(statement.replaceAll('ROLE', reader.name))
    const problems = await refusalOf(opening())
    await run(`alter role ${reader.name} nosuperuser nocreaterole`)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('connector.database_url: its role may do more than read: ')
    expect(problems[0]).toContain(expected)
  })

  test('a table of its own', async () => {
    await run(
      'create table mine ()',
      `alter table mine owner to ${reader.name}`,
      `revoke all on mine from ${reader.name}`,
    )
    expect((await refusalOf(opening()))[0]).toContain('owns public.mine')
  })

  test('a role that it would first have to change to', async () => {
    const writer = await createReaderRole(business)
    await run(
      `grant insert on withdrawal to ${writer.name}`,
      `grant ${writer.name} to ${reader.name} with inherit false`,
    )
    expect((await refusalOf(opening()))[0]).toContain('may INSERT on public.withdrawal')
    await writer.drop()
  })

  test('what everybody may', async () => {
    await run('grant insert on other.ledger to public')
    expect((await refusalOf(opening()))[0]).toContain('may INSERT on other.ledger')
    await run('revoke insert on other.ledger from public')
  })

  test('the first five of many are named, and the rest counted', async () => {
    await run(...[1, 2, 3, 4].map((index) => `create table other.many_${String(index)} ()`))
    await run(`grant insert, update on all tables in schema other to ${reader.name}`)
    const [problem = ''] = await refusalOf(opening())
    expect(problem.match(/may (?:INSERT|UPDATE) on/g)).toHaveLength(5)
    expect(problem).toContain('and 7 more')
  })
})

test('a role that may only read starts', async () => {
  expect(await refusalOf(opening())).toEqual([])
})

test('the write that the role tries at the start is refused both ways and leaves nothing', async () => {
  expect(await refusalOf(opening())).toEqual([])
  expect(await database.query({ text: `select from pg_class where relname = 'callback_quorum_write_test'` })).toEqual(
    [],
  )
})

test('a role found out only later, because the server was away at the start, is never asked with', async () => {
  await run(
    `insert into withdrawal (reference, amount) values ('WD-1', '1')`,
    `grant insert on withdrawal to ${reader.name}`,
  )
  const proxy = await startTcpProxy(reader.url)
  proxy.setReachable(false)
  const { ask, connector, registry } = await opening(proxy.url)
  proxy.setReachable(true)
  expect(wordOf(await ask('WD-1'))).toBe('CONNECTOR_UNAVAILABLE')
  expect(await registry.metrics()).toContain('connector="sql",kind="auth"} 1')
  expect((await connector.problems()).join()).toContain('may INSERT on public.withdrawal')
  await run(`revoke insert on withdrawal from ${reader.name}`)
  expect(wordOf(await ask('WD-1'))).toBe('1')
  expect(await connector.problems()).toEqual([])
  await connector.close()
  await proxy.close()
})

test('names are found in the one schema of the configuration only', async () => {
  await run(
    `grant usage on schema other to ${reader.name}`,
    'create table other.withdrawal (like withdrawal)',
    `insert into other.withdrawal (reference, amount) values ('WD-9', '9')`,
    `grant select on other.withdrawal to ${reader.name}`,
    `alter role ${reader.name} set search_path = other, public`,
  )
  const inPublic = await opening()
  expect(await inPublic.ask('WD-9')).toEqual({ found: 'none' })
  const inOther = await open({ database_url: reader.url, query: queryOf('$1'), schema: 'other' })
  expect(wordOf(await inOther.ask('WD-9'))).toBe('9')
  const nowhere = await open({ database_url: reader.url, query: queryOf('$1'), schema: 'nowhere' }).catch(String)
  expect(typeof nowhere === 'string' ? nowhere : wordOf(await nowhere.ask('WD-9'))).toBe('CONNECTOR_UNAVAILABLE')
  for (const made of [inPublic, inOther, nowhere]) if (typeof made !== 'string') await made.connector.close()
})
