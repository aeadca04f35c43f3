import { mkdtemp, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { createTestDatabase, migrate } from '../../src/database/index.ts'
import type { Database, TestDatabase } from '../../src/database/index.ts'

let testDatabase: TestDatabase
let database: Database
let folder: string

beforeEach(async () => {
  testDatabase = await createTestDatabase(inject('postgresUrl'), [])
  database = await testDatabase.open()
  folder = await mkdtemp(join(tmpdir(), 'migrations of a test-'))
})

afterEach(async () => {
  await testDatabase.drop()
  await rm(folder, { recursive: true, force: true })
})

const write = (fileName: string, text: string): Promise<void> => writeFile(join(folder, fileName), text)
const run = (): Promise<void> => migrate(testDatabase.url, [{ name: 'shop', directory: pathToFileURL(folder) }])
const applied = (): Promise<object[]> =>
  database.query({ text: `select number, name from schema_migration where "set" = 'shop' order by number` })
const REFUSED = 'ERR_SERVICE_DATABASE_MIGRATION'

async function writeTwo(): Promise<void> {
  await write('0001-orders.sql', 'create table orders (id int primary key);')
  await write('0002-one-order.sql', 'insert into orders values (1);')
}

test('files are applied in the order of their numbers, once', async () => {
  await writeTwo()
  await run()
  await run()
  expect(await database.query({ text: 'select id from orders' })).toEqual([{ id: 1 }])
  expect(await applied()).toEqual([
    { number: 1, name: 'orders' },
    { number: 2, name: 'one-order' },
  ])
})

test('a file that is added later is applied to what is there', async () => {
  await writeTwo()
  await run()
  await write('0003-more.sql', 'insert into orders values (2);')
  await run()
  expect(await database.query({ text: 'select id from orders order by id' })).toEqual([{ id: 1 }, { id: 2 }])
})

test('replicas that start together apply each file once', async () => {
  await writeTwo()
  await Promise.all(Array.from({ length: 8 }, run))
  expect(await database.query({ text: 'select id from orders' })).toEqual([{ id: 1 }])
})

test('replicas that start together on an empty database apply the base once', async () => {
  await database.query({ text: 'drop table schema_migration; drop function clock_now()' })
  await writeTwo()
  await Promise.all(Array.from({ length: 8 }, run))
  expect(await database.query({ text: 'select count(*) from schema_migration' })).toEqual([{ count: 3n }])
})

test('a changed file is refused', async () => {
  await writeTwo()
  await run()
  await write('0001-orders.sql', 'create table orders (id int primary key); ')
  await expect(run()).rejects.toMatchObject({ code: REFUSED, message: expect.stringContaining('changed') as string })
})

test('a file that is gone is refused', async () => {
  await writeTwo()
  await run()
  await unlink(join(folder, '0002-one-order.sql'))
  await expect(run()).rejects.toMatchObject({
    code: REFUSED,
    message: expect.stringContaining('no such file') as string,
  })
})

test('a renamed file is refused', async () => {
  await writeTwo()
  await run()
  await rename(join(folder, '0002-one-order.sql'), join(folder, '0002-two-orders.sql'))
  await expect(run()).rejects.toMatchObject({ code: REFUSED, message: expect.stringContaining('renamed') as string })
})

test('a database that lacks an earlier file than the last applied one is refused', async () => {
  await writeTwo()
  await run()
  await database.query({ text: `delete from schema_migration where "set" = 'shop' and number = 1` })
  await expect(run()).rejects.toMatchObject({
    code: REFUSED,
    message: expect.stringContaining('never applied') as string,
  })
})

test.each([
  ['a gap', ['0001-a.sql', '0003-c.sql']],
  ['a start after one', ['0002-a.sql']],
  ['one number twice', ['0001-a.sql', '0001-b.sql']],
  ['no number', ['first.sql']],
  ['an upper-case name', ['0001-First.sql']],
  ['no file at all', []],
])('a set with %s is refused before anything runs', async (_what, fileNames) => {
  for (const fileName of fileNames) await write(fileName, 'create table must_not_exist ();')
  await expect(run()).rejects.toMatchObject({ code: REFUSED })
  expect(await database.query({ text: `select to_regclass('must_not_exist') as found` })).toEqual([{ found: null }])
})

test('two sets of one name are refused', async () => {
  await writeTwo()
  const directory = pathToFileURL(folder)
  await expect(migrate(testDatabase.url, [{ name: 'service', directory }])).rejects.toMatchObject({ code: REFUSED })
})

test('a file that fails leaves nothing behind, is named, and the files before it stay', async () => {
  await writeTwo()
  await write('0003-broken.sql', 'insert into orders values (3); insert into orders values (1);')
  await expect(run()).rejects.toMatchObject({
    code: REFUSED,
    message: expect.stringContaining('shop/0003-broken.sql') as string,
  })
  expect(await database.query({ text: 'select id from orders' })).toEqual([{ id: 1 }])
  expect(await applied()).toHaveLength(2)
})

test('a file that ends its own transaction is refused and not recorded', async () => {
  await write('0001-sly.sql', 'create table sly (); commit; begin; create table second ();')
  await expect(run()).rejects.toMatchObject({
    code: REFUSED,
    message: expect.stringContaining('own transaction') as string,
  })
  expect(await applied()).toEqual([])
})
