import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { ServiceFault } from '../../src/faults.ts'
import { createTestDatabase } from '../../src/database/index.ts'
import type { Database, TestDatabase, Transaction } from '../../src/database/index.ts'

let testDatabase: TestDatabase
let database: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase(inject('postgresUrl'), [])
  database = await testDatabase.open()
  await database.query({ text: 'create table item (id int primary key, note text not null)' })
})

beforeEach(async () => {
  await database.query({ text: 'delete from item' })
  await database.query({ text: `insert into item values (1, 'one'), (2, 'two')` })
})

afterAll(async () => {
  await testDatabase.drop()
})

const RETRYABLE = { code: 'ERR_SERVICE_DATABASE', retryable: true }
const insertThird = { text: `insert into item values (3, 'three')` }
const insertTwice = { text: `insert into item values (1, 'again')` }
const lockItem = (id: number): { text: string; values: number[] } => ({
  text: 'select 1 from item where id = $1 for update',
  values: [id],
})
const countItems = async (): Promise<bigint | undefined> =>
  (await database.query<{ count: bigint }>({ text: 'select count(*) from item' }))[0]?.count

/** A promise and the function that settles it. */
function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  return {
    opened: promise,
    open: () => {
      resolve(undefined)
    },
  }
}

test('what the work wrote is committed when it returns, and its value is returned', async () => {
  const value = await database.transaction(async (tx) => {
    await tx.query(insertThird)
    return 'done'
  })
  expect(value).toBe('done')
  expect(await countItems()).toBe(3n)
})

test('what the work wrote is rolled back when it throws, and its own error comes out', async () => {
  const own = new Error('own')
  const work = async (tx: Transaction): Promise<never> => {
    await tx.query(insertThird)
    throw own
  }
  await expect(database.transaction(work)).rejects.toBe(own)
  expect(await countItems()).toBe(2n)
})

test('a violated constraint comes out as the error of the database, unchanged, and costs no connection', async () => {
  const backend = { text: 'select pg_backend_pid() as pid' }
  const one = await testDatabase.open({ poolSizeMax: 1 })
  const before = await one.query(backend)
  const violation = { name: 'error', code: '23505', constraint: 'item_pkey' }
  await expect(one.query(insertTwice)).rejects.toMatchObject(violation)
  await expect(one.transaction((tx) => tx.query(insertTwice))).rejects.toMatchObject(violation)
  expect(await one.query(backend)).toEqual(before)
})

test('work that ignores a failed statement does not pass for committed', async () => {
  const work = async (tx: Transaction): Promise<string> => {
    await tx.query(insertThird)
    await tx.query(insertTwice).catch(() => undefined)
    return 'approved'
  }
  await expect(database.transaction(work)).rejects.toThrow('nothing was committed')
  expect(await countItems()).toBe(2n)
})

test('a statement after the end of its transaction is not run', async () => {
  let kept: Transaction | undefined
  await database.transaction((tx) => {
    kept = tx
    return Promise.resolve()
  })
  await expect(kept?.query(insertThird)).rejects.toThrow('this transaction is over')
  expect(await countItems()).toBe(2n)
})

test('statements started together run one after the other', async () => {
  const rows = await database.transaction((tx) =>
    Promise.all([1, 2, 3].map((n) => tx.query({ text: 'select $1::int as n', values: [n] }))),
  )
  expect(rows.flat()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
})

test('a transaction is READ COMMITTED', async () => {
  const rows = await database.transaction((tx) => tx.query({ text: 'show transaction_isolation' }))
  expect(rows).toEqual([{ transaction_isolation: 'read committed' }])
})

test('the clock goes on inside a transaction', async () => {
  await database.transaction(async (tx) => {
    const [begun] = await tx.query<{ now: Date }>({ text: 'select now() from pg_sleep(0.02)' })
    expect((await tx.clockNow()).getTime()).toBeGreaterThan(begun?.now.getTime() ?? Infinity)
  })
})

test('a lock that another transaction keeps gives a retryable fault', async () => {
  const locked = gate()
  const over = gate()
  const holder = database.transaction(async (tx) => {
    await tx.query(lockItem(1))
    locked.open()
    await over.opened
  })
  await locked.opened
  const waiting = database.transaction((tx) => tx.query(lockItem(1)), { lockTimeoutMs: 50 })
  await expect(waiting).rejects.toMatchObject({ ...RETRYABLE, message: 'a database lock was not free in time' })
  over.open()
  await holder
})

test('a deadlock is run again and both transactions succeed', async () => {
  let runs = 0
  const firstLocks = [gate(), gate()]
  const change = (first: number, second: number): Promise<void> =>
    database.transaction(
      async (tx) => {
        runs++
        await tx.query(lockItem(first))
        firstLocks[first - 1]?.open()
        await Promise.all(firstLocks.map((lock) => lock.opened))
        await tx.query(lockItem(second))
        await tx.query({ text: `update item set note = note || '+' where id = $1`, values: [second] })
      },
      { timeoutMs: 9_000, lockTimeoutMs: 8_000 },
    )
  await Promise.all([change(1, 2), change(2, 1)])
  // On a busy machine the victim may be back before the other one woke up, and there is a second deadlock.
  expect(runs).toBeGreaterThanOrEqual(3)
  expect(await database.query({ text: 'select note from item order by id' })).toEqual([
    { note: 'one+' },
    { note: 'two+' },
  ])
})

test.each(['40001', '40P01'])('after a second conflict %s the fault is retryable', async (sqlState) => {
  let runs = 0
  const conflict = { text: `do $$ begin raise exception 'conflict' using errcode = '${sqlState}'; end $$` }
  const work = async (tx: Transaction): Promise<void> => {
    runs++
    await tx.query(conflict)
  }
  await expect(database.transaction(work)).rejects.toMatchObject(RETRYABLE)
  expect(runs).toBe(2)
})

test('a statement that takes too long is cancelled with a retryable fault', async () => {
  const slow = database.transaction((tx) => tx.query({ text: 'select pg_sleep(20)' }), { timeoutMs: 100 })
  await expect(slow).rejects.toMatchObject(RETRYABLE)
})

test('work that never ends is given up, and its connection serves the next', async () => {
  const one = await testDatabase.open({ poolSizeMax: 1 })
  const stuck = one.transaction(() => new Promise<never>(() => undefined), { timeoutMs: 100 })
  await expect(stuck).rejects.toMatchObject({ ...RETRYABLE, message: 'a database transaction took too long' })
  await one.ping()
})

test('the wait for a free connection has an end', async () => {
  const one = await testDatabase.open({ poolSizeMax: 1 })
  const over = gate()
  const holder = one.transaction(() => over.opened)
  const waiting = one.transaction((tx) => tx.clockNow(), { timeoutMs: 50 })
  await expect(waiting).rejects.toMatchObject({ ...RETRYABLE, message: 'no database connection was free in time' })
  await expect(one.ping()).rejects.toMatchObject(RETRYABLE)
  over.open()
  await holder
  await one.ping()
})

test.each([0, 0.5, -1, Number.NaN])(
  'a time limit of %s ms is refused: the database would read it as none',
  async (timeoutMs) => {
    await expect(database.transaction((tx) => tx.clockNow(), { timeoutMs })).rejects.toThrow(RangeError)
  },
)

test('a connection that is cut inside a transaction gives a retryable fault, and the next transaction works', async () => {
  const other = await testDatabase.open()
  const cut = database.transaction(async (tx) => {
    const [row] = await tx.query<{ pid: number }>({ text: 'select pg_backend_pid() as pid' })
    await other.query({ text: 'select pg_terminate_backend($1, 5000)', values: [row?.pid] })
    await sleep(0)
    await tx.query(insertThird)
  })
  const error: unknown = await cut.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ServiceFault)
  expect(error).toMatchObject(RETRYABLE)
  expect(await database.transaction((tx) => tx.query({ text: 'select 1 as one' }))).toEqual([{ one: 1 }])
  expect(await countItems()).toBe(2n)
})

test('idle connections that are cut do not end the process', async () => {
  const idle = await testDatabase.open({ poolSizeMax: 1 })
  const [row] = await idle.query<{ pid: number }>({ text: 'select pg_backend_pid() as pid' })
  const removed = new Promise((resolve) => idle.pool.once('remove', resolve))
  await database.query({ text: 'select pg_terminate_backend($1, 5000)', values: [row?.pid] })
  await removed
  await idle.ping()
})
