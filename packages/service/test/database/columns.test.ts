import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createTestDatabase } from '../../src/database/index.ts'
import type { Database, TestDatabase } from '../../src/database/index.ts'

let testDatabase: TestDatabase
let database: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase(inject('postgresUrl'), [])
  database = await testDatabase.open()
  await database.query({ text: 'create table amount (id int8 primary key, atomic numeric(78, 0) not null)' })
})

afterAll(async () => {
  await testDatabase.drop()
})

test.each([0n, 1n, 2n ** 53n + 1n, 2n ** 256n - 1n])('an atomic amount of %s keeps every digit', async (atomic) => {
  await database.query({ text: 'delete from amount' })
  await database.query({ text: 'insert into amount values ($1, $2)', values: [1n, atomic] })
  expect(await database.query({ text: 'select atomic from amount' })).toEqual([{ atomic: atomic.toString() }])
})

test('an amount given as decimal string keeps every digit', async () => {
  const atomic = '9'.repeat(78)
  await database.query({ text: 'delete from amount' })
  await database.query({ text: 'insert into amount values (1, $1)', values: [atomic] })
  expect(await database.query({ text: 'select atomic from amount' })).toEqual([{ atomic }])
})

test.each([
  ['int8', `9007199254740993::int8`, 9007199254740993n],
  ['the smallest int8', `(-9223372036854775808)::int8`, -9223372036854775808n],
  ['count(*)', `count(*)`, 1n],
  ['int8[]', `array[1, null, 9007199254740993]::int8[]`, [1n, null, 9007199254740993n]],
  ['numeric', `1.10::numeric`, '1.10'],
  ['numeric[]', `array[0.1, null]::numeric[]`, ['0.1', null]],
  ['sum of int8', `sum(9007199254740993::int8)`, '9007199254740993'],
  ['date', `date '2026-03-29'`, '2026-03-29'],
  ['date[]', `array[date '2026-03-29']`, ['2026-03-29']],
  ['timestamp without zone', `timestamp '2026-03-29 02:30:00'`, '2026-03-29 02:30:00'],
  ['timestamptz', `timestamptz '2026-03-29 02:30:00.123+02'`, new Date('2026-03-29T00:30:00.123Z')],
  ['text', `'a'::text`, 'a'],
  ['bytea', `'\\x00ff'::bytea`, Buffer.from([0, 255])],
  ['null', `null::int8`, null],
])('%s is read without loss', async (_what, expression, value) => {
  expect(await database.query({ text: `select ${expression} as value` })).toEqual([{ value }])
})

test('a date written is the date read, to the millisecond', async () => {
  const written = new Date('2026-10-25T00:59:59.999Z')
  expect(await database.query({ text: 'select $1::timestamptz as value', values: [written] })).toEqual([
    { value: written },
  ])
})
