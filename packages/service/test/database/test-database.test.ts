import { afterEach, expect, inject, test } from 'vitest'
import { createTestDatabase } from '../../src/database/index.ts'
import type { TestDatabase } from '../../src/database/index.ts'

const made: TestDatabase[] = []
const create = async (options?: { clock: 'fixed' }): Promise<TestDatabase> => {
  const database = await createTestDatabase(inject('postgresUrl'), [], options)
  made.push(database)
  return database
}

afterEach(async () => {
  await Promise.all(made.splice(0).map((database) => database.drop()))
})

test('the fixed clock stands where it was set and moves when it is told to', async () => {
  const testDatabase = await create({ clock: 'fixed' })
  const database = await testDatabase.open()
  const now = (): Promise<Date> => database.transaction((tx) => tx.clockNow())
  expect(await now()).toEqual(new Date('2026-01-01T00:00:00Z'))
  await testDatabase.setClock(Date.UTC(2030, 5, 1))
  await testDatabase.advance(1_500)
  expect(await now()).toEqual(new Date('2030-06-01T00:00:01.500Z'))
})

test('a database on the real clock cannot be told the time', async () => {
  const testDatabase = await create()
  await expect(testDatabase.setClock(0)).rejects.toThrow('real clock')
  const database = await testDatabase.open()
  const now = await database.transaction((tx) => tx.clockNow())
  expect(Math.abs(now.getTime() - Date.now())).toBeLessThan(60_000)
})

test('two databases of one template do not see each other', async () => {
  const [one, two] = await Promise.all([create(), create()])
  const [here, there] = [await one.open(), await two.open()]
  await here.query({ text: 'create table only_here ()' })
  expect(await there.query({ text: `select to_regclass('only_here') as found` })).toEqual([{ found: null }])
})

test('drop removes the database and closes what was opened on it', async () => {
  const testDatabase = await create()
  const database = await testDatabase.open()
  await testDatabase.drop()
  await expect(database.ping()).rejects.toMatchObject({ code: 'ERR_SERVICE_DATABASE' })
  await expect(testDatabase.open()).rejects.toMatchObject({ code: 'ERR_SERVICE_DATABASE', retryable: false })
})
