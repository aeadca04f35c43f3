import { createHash } from 'node:crypto'
import { lookup as systemLookup } from 'node:dns'
import { readFile, stat } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Delivered } from '../../src/delivery/delivery.ts'
import { createHttpsRig, LIST_TEXT, NOW_MS, urlOf, type HttpsRig, type Outcome, type Respond } from './https-rig.ts'

let rig: HttpsRig
beforeAll(async () => {
  rig = await createHttpsRig()
})
afterEach(() => rig.clear())
afterAll(() => rig.close())

const SHA = createHash('sha256').update(LIST_TEXT).digest('hex')
const MODIFIED = 'Sun, 01 Mar 2026 11:00:00 GMT'

function deliveredOf(outcome: Outcome): Extract<Delivered, { result: 'delivered' }> {
  expect(outcome).toMatchObject({ result: 'delivered' })
  if (!('result' in outcome) || outcome.result !== 'delivered') throw new Error('not delivered')
  return outcome
}

test('delivers the bytes into a file of its own with their digest and what can be asked with next time', async () => {
  const server = await rig.server((_, response) => {
    response.setHeader('etag', '"v1"').setHeader('last-modified', MODIFIED).end(LIST_TEXT)
  })
  const delivered = deliveredOf(await rig.fetch(server))
  expect(delivered).toMatchObject({ sha256: SHA, bytes: LIST_TEXT.length })
  expect(delivered.validators).toEqual({ etag: '"v1"', lastModified: MODIFIED })
  expect(delivered.checkedAtMs).toBeUndefined()
  expect(await readFile(delivered.path, 'utf8')).toBe(LIST_TEXT)
  expect((await stat(delivered.path)).mode & 0o777).toBe(0o600)
  await delivered.discard()
  await delivered.discard()
  expect(await rig.left()).toEqual([])
})

test('takes a chunked body of several megabytes whole', async () => {
  const chunk = Buffer.alloc(1_000_000, 'a')
  const server = await rig.server((_, response) => {
    for (let count = 0; count < 5; count += 1) response.write(chunk)
    response.end()
  })
  const delivered = deliveredOf(await rig.fetch(server))
  expect(delivered.bytes).toBe(5_000_000)
  expect(delivered.sha256).toBe(createHash('sha256').update(Buffer.alloc(5_000_000, 'a')).digest('hex'))
})

test('says who asks, wants the bytes as they are published, and asks caches to ask', async () => {
  const server = await rig.server()
  deliveredOf(await rig.fetch(server))
  const [request] = server.requests
  expect(request?.method).toBe('GET')
  expect(request?.headers['user-agent']).toMatch(/^callback-quorum\/[0-9]+\.[0-9]+\.[0-9]+ \(sanctions list client\)$/)
  expect(request?.headers).toMatchObject({ 'accept-encoding': 'identity', 'cache-control': 'no-cache' })
  expect(request?.headers).not.toHaveProperty('authorization')
  expect(request?.headers).not.toHaveProperty('if-none-match')
  expect(request?.headers).not.toHaveProperty('if-modified-since')
})

test('asks for another version only, and hears that there is none', async () => {
  const server = await rig.server((_, response) => void response.writeHead(304, { etag: 'W/"v1"' }).end())
  expect(await rig.fetch(server, {}, { etag: '"v1"', lastModified: MODIFIED })).toEqual({ result: 'not-modified' })
  expect(server.requests[0]?.headers).toMatchObject({ 'if-none-match': '"v1"', 'if-modified-since': MODIFIED })
  expect(await rig.left()).toEqual([])
})

test('another version comes with validators of its own', async () => {
  const server = await rig.server((_, response) => void response.setHeader('etag', '"v2"').end(LIST_TEXT))
  expect(deliveredOf(await rig.fetch(server, {}, { etag: '"v1"' })).validators).toEqual({ etag: '"v2"' })
})

// prettier-ignore
test.each([
  ['nobody asked for', undefined, {}],
  ['nobody asked for, beside empty validators', {}, {}],
  ['about another version', { etag: '"v1"' }, { etag: '"v2"' }],
])('a "not modified" %s makes nothing younger', async (_, previous, headers) => {
  const server = await rig.server((_, response) => void response.writeHead(304, headers).end())
  expect(await rig.fetch(server, {}, previous)).toMatchObject({ code: 'ERR_SANCTIONS_DELIVERY_ANSWER' })
  expect(server.requests).toHaveLength(1)
})

test('an answer of a cache is as old as the cache says', async () => {
  const server = await rig.server((_, response) => void response.setHeader('age', '3600').end(LIST_TEXT))
  expect(deliveredOf(await rig.fetch(server)).checkedAtMs).toBe(NOW_MS - 3_600_000)
  server.respond = (_, response) => void response.writeHead(304, { age: '60' }).end()
  expect(await rig.fetch(server, {}, { etag: '"v1"' })).toEqual({
    result: 'not-modified',
    checkedAtMs: NOW_MS - 60_000,
  })
})

// prettier-ignore
test.each([
  ['an ETag without quotes', { etag: 'v1' }],
  ['an ETag without end', { etag: `"${'a'.repeat(300)}"` }],
  ['a change in the same minute', { 'last-modified': 'Sun, 01 Mar 2026 11:59:30 GMT', date: 'Sun, 01 Mar 2026 12:00:00 GMT' }],
  ['a change that is no date', { 'last-modified': 'yesterday' }],
])('%s is not asked with', async (_, headers) => {
  const server = await rig.server((_, response) => void response.writeHead(200, headers).end(LIST_TEXT))
  expect(deliveredOf(await rig.fetch(server)).validators).toEqual({})
})

const first = (status: number, headers = {}, times = 1): Respond => {
  let left = times
  return (_, response) => {
    if (left-- > 0) response.writeHead(status, headers).end('not now')
    else response.end(LIST_TEXT)
  }
}

// prettier-ignore
test.each([
  ['500', first(500)],
  ['503 twice', first(503, {}, 2)],
  ['429', first(429)],
  ['429 that names a second', first(429, { 'retry-after': '1' })],
])('asks again after %s', async (_, respond) => {
  expect(deliveredOf(await rig.fetch(await rig.server(respond))).sha256).toBe(SHA)
})

test('waits as long as the server asks for, in seconds or by its own clock', async () => {
  const date = { 'retry-after': 'Sun, 01 Mar 2026 12:00:01 GMT', date: 'Sun, 01 Mar 2026 12:00:00 GMT' }
  for (const headers of [{ 'retry-after': '1' }, date]) {
    const startedAtMs = performance.now()
    deliveredOf(await rig.fetch(await rig.server(first(503, headers))))
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(999)
  }
})

test('does not come back today to who wants to be left alone for longer than a minute', async () => {
  const server = await rig.server(first(429, { 'retry-after': '61' }))
  expect(await rig.fetch(server)).toMatchObject({ code: 'ERR_SANCTIONS_DELIVERY_STATUS' })
  expect(server.requests).toHaveLength(1)
})

test('gives up after three tries', async () => {
  const server = await rig.server(first(500, {}, 3))
  expect(await rig.fetch(server)).toEqual({
    code: 'ERR_SANCTIONS_DELIVERY_STATUS',
    message: `list.test:${server.port} answered 500`,
  })
  expect(server.requests).toHaveLength(3)
})

test.each([201, 203, 204, 206, 300, 400, 401, 403, 404])(
  'status %i is no list, and not asked for again',
  async (status) => {
    const server = await rig.server(first(status, {}, 3))
    expect(await rig.fetch(server)).toMatchObject({ code: 'ERR_SANCTIONS_DELIVERY_STATUS' })
    expect([server.requests.length, await rig.left()]).toEqual([1, []])
  },
)

test('a token goes to the server, read anew for each asking', async () => {
  const server = await rig.server()
  const tokenFile = await rig.write('token', 'first-token\n')
  await rig.fetch(server, { tokenFile })
  await rig.write('token', 'second-token')
  await rig.fetch(server, { tokenFile })
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer first-token',
    'Bearer second-token',
  ])
})

test('asks the loopback address itself when the configuration names it', async () => {
  const server = await rig.server()
  for (const host of ['127.0.0.1', 'localhost'])
    expect(deliveredOf(await rig.fetch(server, { url: urlOf(server, host), lookup: systemLookup })).sha256).toBe(SHA)
})
