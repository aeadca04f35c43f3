import { afterEach, expect, test } from 'vitest'
import { eventually, KEYGEN, KEYS, replyOf, startRig, stopRigs, tokenOf } from './callback-rig.ts'
import { answerTo, connectTo, open, readToEnd, send } from './http-client.ts'

afterEach(stopRigs)

const LOOPBACK = { host: '127.0.0.1', port: 0 }

test('serves only the paths of the dialects that its listener names', async () => {
  const rig = await startRig({
    listeners: [
      { listen: LOOPBACK, dialects: ['cobo-v1'] },
      { listen: LOOPBACK, dialects: ['cobo-v2', 'fireblocks-jwt'] },
    ],
  })
  const status = async (url: string): Promise<number> => (await send({ url, body: '' })).status
  const [first = '', second = ''] = rig.server.urls
  expect(await status(`${first}/v1/check`)).toBe(200)
  expect(await status(`${first}/v2/check`)).toBe(404)
  expect(await status(`${second}/v1/check`)).toBe(404)
  expect(await status(`${second}/v2/check`)).toBe(200)
  expect(await status(`${second}/v2/tx_sign_request`)).toBe(401)
  expect(await status(`${second}/tx_sign_request`)).toBe(404)
  expect(await status(`${first}/v2/tx_sign_request`)).toBe(404)
})

test('serves everything below its base path and nothing beside it', async () => {
  const rig = await startRig({ listeners: [{ listen: LOOPBACK, dialects: ['cobo-v2'], base_path: '/custody/cb' }] })
  expect(rig.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/custody\/cb$/)
  const token = await tokenOf(KEYGEN, KEYS.nodeV2.privateKey)
  expect(await replyOf(await rig.post('/v2/check', token))).toMatchObject({ action: 'APPROVE' })
  const { origin } = new URL(rig.url)
  expect((await send({ url: `${origin}/v2/check`, body: '' })).status).toBe(404)
  expect((await send({ url: `${origin}/ping`, method: 'GET' })).status).toBe(404)
})

test('takes a base path of one slash as none', async () => {
  const rig = await startRig({ listeners: [{ listen: LOOPBACK, dialects: ['cobo-v2'], base_path: '/' }] })
  expect((await send({ url: `${rig.url}/ping`, method: 'GET' })).status).toBe(200)
})

test.for([
  ['GET', '/v2/check', 405, 'POST'],
  ['PUT', '/v2/check', 405, 'POST'],
  ['OPTIONS', '/v2/check', 405, 'POST'],
  ['POST', '/ping', 405, 'HEAD, GET'],
  ['POST', '/v2/check/', 404, undefined],
  ['POST', '/V2/check', 404, undefined],
  ['POST', '/', 404, undefined],
  ['GET', '/v2/../ping/x', 404, undefined],
] as const)('answers %s %s with %i', async ([method, path, status, allow]) => {
  const rig = await startRig()
  const received = await send({ url: `${rig.url}${path}`, method })
  expect(received.status).toBe(status)
  expect(received.headers.allow).toBe(allow)
  expect(rig.signatures()).toBe(0)
})

test('serves added routes behind the same body limits', async () => {
  const rig = await startRig({
    limits: { bodyBytesMax: 1_000 },
    routes: (router) => {
      router.post('/v2/outcome', (ctx) => {
        ctx.body = ctx.request.body ?? null
      })
      router.post('/v2/broken', () => {
        throw new Error('secret of the house')
      })
    },
  })
  const post = (path: string, type: string, body: string): ReturnType<typeof send> =>
    send({ url: `${rig.url}${path}`, headers: { 'content-type': type }, body })
  expect((await post('/v2/outcome', 'application/jwt', 'a.b.c')).body.toString()).toBe('a.b.c')
  expect((await post('/v2/outcome', 'text/plain', 'a.b.c')).body.toString()).toBe('a.b.c')
  expect((await post('/v2/outcome', 'application/x-www-form-urlencoded', 'a=b')).body.toString()).toBe('{"a":"b"}')
  const tooLarge = await post('/v2/outcome', 'text/plain', 'x'.repeat(1_001))
  expect(tooLarge.status).toBe(400)
  const broken = await post('/v2/broken', 'text/plain', 'x')
  expect(broken.status).toBe(500)
  expect(broken.body.toString()).toBe('Internal Server Error')
  expect(await rig.metric('unverified_bodies')).toBe(0)
})

test('answers a request whose body nobody reads in full, and closes the connection', async () => {
  const rig = await startRig({ limits: { lingerMs: 20 } })
  const request = open({ url: `${rig.url}/ping`, method: 'GET' }, { 'content-length': '1000000' })
  const answered = answerTo(request)
  request.write('x')
  const received = await answered
  expect(JSON.parse(received.body.toString())).toMatchObject({ server: 'rig' })
  expect(received.headers.connection).toBe('close')
})

test('closes a connection whose headers do not arrive in time', async () => {
  const rig = await startRig({ limits: { headersMs: 50 } })
  const socket = await connectTo(rig.url)
  const all = readToEnd(socket)
  socket.write('POST /v2/check HTTP/1.1\r\nHost: x\r\n')
  expect(await all).toMatch(/^HTTP\/1\.1 408 /)
  expect(await rig.metric('connections_refused_total', { reason: 'timeout' })).toBe(1)
})

test('answers several requests on one connection', async () => {
  const rig = await startRig()
  const socket = await connectTo(rig.url)
  const all = readToEnd(socket)
  socket.write('GET /ping HTTP/1.1\r\nHost: x\r\n\r\nGET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  expect((await all).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
})

const MALFORMED = [
  ['that is no HTTP', 'hello\r\n\r\n', '400 Bad Request', 'syntax'],
  [
    'with a length and chunks at once',
    'POST /v2/check HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    '400 Bad Request',
    'syntax',
  ],
  [
    'with two lengths',
    'POST /v2/check HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
    '400 Bad Request',
    'syntax',
  ],
  [
    'with a folded header',
    'POST /v2/check HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\nContent-Length: 1\r\n\r\n',
    '400 Bad Request',
    'syntax',
  ],
  [
    'with endless headers',
    `GET /ping HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(17 * 1024)}\r\n\r\n`,
    '431 Request Header Fields Too Large',
    'too_large',
  ],
] as const

test.for(MALFORMED)('refuses a request %s and counts it', async ([, bytes, line, reason]) => {
  const rig = await startRig()
  const socket = await connectTo(rig.url)
  const all = readToEnd(socket)
  socket.write(bytes)
  expect(await all).toMatch(new RegExp(`^HTTP/1\\.1 ${line}\r\n`))
  expect(await rig.metric('connections_refused_total', { reason })).toBe(1)
  expect(rig.asked).toEqual([])
})

test('closes a connection that turns to garbage while its request is being decided, without a false answer', async () => {
  const { promise: decided, resolve } = Promise.withResolvers<{ readonly answer: 'reject' }>()
  const rig = await startRig({ decide: () => decided })
  const body = `TSS_JWT_MSG=${await tokenOf(KEYGEN, KEYS.nodeV2.privateKey)}`
  const type = 'Content-Type: application/x-www-form-urlencoded'
  const socket = await connectTo(rig.url)
  const all = readToEnd(socket)
  socket.write(`POST /v2/check HTTP/1.1\r\nHost: x\r\n${type}\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`)
  await eventually(() => rig.asked.length).toBe(1)
  socket.write('garbage\r\n\r\n')
  expect(await all).toBe('')
  resolve({ answer: 'reject' })
})

test('lets only the addresses of allow_from connect', async () => {
  const dialects = ['cobo-v2'] as const
  const rig = await startRig({
    listeners: [
      { listen: LOOPBACK, dialects: [...dialects], allow_from: ['10.0.0.7/32'] },
      { listen: LOOPBACK, dialects: [...dialects], allow_from: ['10.0.0.7', '127.0.0.0/8'] },
    ],
  })
  const [refusing = '', allowing = ''] = rig.server.urls
  const headers = { 'x-forwarded-for': '10.0.0.7' }
  await expect(send({ url: `${refusing}/ping`, method: 'GET', headers })).rejects.toThrow(/hang up|ECONNRESET/)
  expect(await rig.metric('connections_refused_total', { reason: 'address' })).toBe(1)
  expect((await send({ url: `${allowing}/ping`, method: 'GET' })).status).toBe(200)
})

test('opens no listener when one of them cannot be opened', async () => {
  const taken = await startRig()
  const port = Number(new URL(taken.url).port)
  const free = await startRig()
  const freePort = Number(new URL(free.url).port)
  await free.server.stop(0)
  const listeners = [freePort, port].map((number) => ({
    listen: { host: '127.0.0.1', port: number },
    dialects: ['cobo-v2' as const],
  }))
  await expect(startRig({ listeners })).rejects.toThrow('EADDRINUSE')
  await expect(connectTo(free.url)).rejects.toThrow('ECONNREFUSED')
})
