import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createTestDatabase, inspectDatabase } from '../../src/index.ts'

const options = { migrations: [], timeoutMs: 5_000, nowMs: () => Date.now() }

test('says what a migrated database is, and changes nothing', async () => {
  const database = await createTestDatabase(inject('postgresUrl'), [])
  onTestFinished(() => database.drop())
  const found = await inspectDatabase({ ...options, url: database.url })
  expect(found).toMatchObject({
    role: 'postgres',
    isSuperuser: true,
    mayCreate: true,
    closedTables: [],
    isEncrypted: false,
    isReplica: false,
    clockNow: 'real',
    pending: [],
  })
  expect(found.versionNumber).toBeGreaterThanOrEqual(150_000)
  expect(Math.abs(found.skewMs)).toBeLessThan(1_000)
  expect(await inspectDatabase({ ...options, url: database.url, nowMs: () => Date.now() - 60_000 })).toMatchObject({
    skewMs: expect.closeTo(-60_000, -4) as number,
  })
})

test('knows a test clock from the real one', async () => {
  const database = await createTestDatabase(inject('postgresUrl'), [], { clock: 'fixed' })
  onTestFinished(() => database.drop())
  expect((await inspectDatabase({ ...options, url: database.url })).clockNow).toBe('replaced')
})

test('gives up on a server that takes connections and never answers', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const url = `postgres://nobody@127.0.0.1:${(server.address() as AddressInfo).port}/nothing`
  await expect(inspectDatabase({ ...options, url, timeoutMs: 200 })).rejects.toMatchObject({
    code: 'ERR_SERVICE_DATABASE',
  })
})
