import { createServer, type AddressInfo, type Server } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createHttpsRig, LIST_TEXT, urlOf, type HttpsRig, type Outcome, type Respond } from './https-rig.ts'

let rig: HttpsRig
let silent: Server
beforeAll(async () => {
  rig = await createHttpsRig()
  // Takes connections and never says a word: a handshake without end.
  silent = createServer().listen(0, '127.0.0.1')
})
afterEach(async () => {
  expect(await rig.left()).toEqual([])
  await rig.clear()
})
afterAll(async () => {
  silent.close()
  await rig.close()
})

const silentUrl = (): string => `https://list.test:${(silent.address() as AddressInfo).port}/`

const announced =
  (bytes: number): Respond =>
  (_, response) => {
    response.writeHead(200, { 'content-length': bytes })
    response.write(LIST_TEXT, () => response.socket?.destroy())
  }
function expectTransportFault(outcome: Outcome, told: string): void {
  expect(outcome).toHaveProperty('code', 'ERR_SANCTIONS_DELIVERY_TRANSPORT')
  expect(outcome).toHaveProperty('message', expect.stringContaining(told))
}

/** Bytes of our own after the status line: what a server's library would not send. */
const raw =
  (rest: string): Respond =>
  ({ socket }) =>
    void socket.end(`HTTP/1.1 200 OK\r\n${rest}`)

// prettier-ignore
test.each([
  ['a connection that is closed', ({ socket }) => void socket.destroy(), 'ERR_SANCTIONS_DELIVERY_TRANSPORT', 3],
  ['a body shorter than announced', announced(1_000), 'ERR_SANCTIONS_DELIVERY_TRANSPORT', 3],
  ['a body shorter than announced, closed in order', raw(`content-length: 1000\r\n\r\n${LIST_TEXT}`), 'ERR_SANCTIONS_DELIVERY_TRANSPORT', 3],
  ['chunks without end', (_, response) => void response.write(LIST_TEXT, () => response.socket?.destroy()), 'ERR_SANCTIONS_DELIVERY_TRANSPORT', 3],
  ['chunks without end, closed in order', raw('transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'), 'ERR_SANCTIONS_DELIVERY_TRANSPORT', 3],
  ['two lengths', raw(`content-length: 3\r\ncontent-length: 5\r\n\r\nhello`), 'ERR_SANCTIONS_DELIVERY_TRANSPORT', 3],
  ['a length that is no number', raw(`content-length: 5x\r\n\r\nhello`), 'ERR_SANCTIONS_DELIVERY_TRANSPORT', 3],
  ['no HTTP', ({ socket }) => void socket.end('220 mail.test ESMTP\r\n'), 'ERR_SANCTIONS_DELIVERY_TRANSPORT', 3],
  ['a body whose end is the end of the connection', raw(`connection: close\r\n\r\n${LIST_TEXT}`), 'ERR_SANCTIONS_DELIVERY_ANSWER', 1],
  ['gzip that was not asked for', (_, response) => void response.setHeader('content-encoding', 'gzip').end(gzipSync(LIST_TEXT)), 'ERR_SANCTIONS_DELIVERY_ANSWER', 1],
  ['an encoding that nobody knows', (_, response) => void response.setHeader('content-encoding', 'x').end(LIST_TEXT), 'ERR_SANCTIONS_DELIVERY_ANSWER', 1],
  ['two encodings', (_, response) => void response.writeHead(200, ['content-encoding', 'identity', 'content-encoding', 'gzip']).end(LIST_TEXT), 'ERR_SANCTIONS_DELIVERY_ANSWER', 1],
  ['more bytes than the cap, announced', (_, response) => void response.end(LIST_TEXT.repeat(100)), 'ERR_SANCTIONS_LIST_TOO_LARGE', 1],
  ['more bytes than the cap, chunked', (_, response) => { response.write(LIST_TEXT); response.end(LIST_TEXT.repeat(100)) }, 'ERR_SANCTIONS_LIST_TOO_LARGE', 1],
  ['more bytes than the cap, and no end', (_, response) => { const more = (): void => void response.write(LIST_TEXT, (error) => { if (!error) more() }); more() }, 'ERR_SANCTIONS_LIST_TOO_LARGE', 1],
] satisfies readonly [string, Respond, string, number][])('%s is refused, and nothing of it left', async (_, respond, code, tries) => {
  const server = await rig.server(respond)
  expect(await rig.fetch(server, { limits: { bytesMax: 1_500 } })).toMatchObject({ code })
  expect(server.requests).toHaveLength(tries)
})

test('more than the cap is refused by its announcement already, before a byte is written', async () => {
  const server = await rig.server((_, response) => {
    response.writeHead(200, { 'content-length': 1_501 }).flushHeaders()
  })
  expect(await rig.fetch(server, { limits: { bytesMax: 1_500 } })).toEqual({
    code: 'ERR_SANCTIONS_LIST_TOO_LARGE',
    message: `list.test:${server.port} announces 1501 bytes`,
  })
})

test('exactly the cap is taken, and an encoding called identity is none', async () => {
  const server = await rig.server(
    (_, response) => void response.setHeader('content-encoding', 'identity').end(LIST_TEXT),
  )
  const outcome = await rig.fetch(server, { limits: { bytesMax: LIST_TEXT.length } })
  expect(outcome).toMatchObject({ result: 'delivered', bytes: LIST_TEXT.length })
  await rig.clear()
})

test('a body that breaks off once is received at the next try, and nothing of the first is in it', async () => {
  const server = await rig.server()
  server.respond = (request, response) => {
    if (server.requests.length === 1) announced(1_000)(request, response)
    else response.end('another list')
  }
  expect(await rig.fetch(server)).toMatchObject({ result: 'delivered', bytes: 12 })
  await rig.clear()
})

// prettier-ignore
test.each([
  ['before the answer', () => undefined],
  ['in the middle of it', (_, response) => void response.write(LIST_TEXT)],
] satisfies readonly [string, Respond][])('standing still %s ends the try', async (_, respond) => {
  const server = await rig.server(respond)
  const outcome = await rig.fetch(server, { limits: { stallMs: 100 } })
  expectTransportFault(outcome, 'stood still')
  expect(server.requests).toHaveLength(3)
})

test('a handshake without end is over in the time for connecting', async () => {
  const server = await rig.server()
  expectTransportFault(
    await rig.fetch(server, { url: silentUrl(), limits: { connectMs: 100 } }),
    'UND_ERR_CONNECT_TIMEOUT',
  )
})

test('dripping does not outlast the deadline of all tries', async () => {
  const server = await rig.server((_, response) => {
    const drip = setInterval(() => response.write('.'), 10)
    response.on('close', () => {
      clearInterval(drip)
    })
  })
  expect(await rig.fetch(server, { limits: { totalMs: 300 } })).toEqual({
    code: 'ERR_SANCTIONS_DELIVERY_TIMEOUT',
    message: `list.test:${server.port} was not through within 300 ms`,
  })
  expect(server.requests).toHaveLength(1)
})

describe('trust', () => {
  test('a certificate of another authority is refused before anything is said', async () => {
    const server = await rig.server()
    const tokenFile = await rig.write('token', 'secret-token')
    const outcome = await rig.fetch(server, { caFile: rig.strangerCaFile, tokenFile })
    expectTransportFault(outcome, 'CERT')
    expect(server.requests).toHaveLength(0)
  })

  test('a certificate of another name is refused', async () => {
    const server = await rig.server()
    const url = urlOf(server, 'other.test')
    const outcome = await rig.fetch(server, {
      url,
      lookup: (_, __, callback) => {
        callback(null, '127.0.0.1', 4)
      },
    })
    expectTransportFault(outcome, 'ALTNAME')
    expect(server.requests).toHaveLength(0)
  })

  test('files that vanish or open up after the start are a fault of this asking', async () => {
    const server = await rig.server()
    const tokenFile = await rig.write('token', 'secret-token')
    const stopping = new AbortController().signal
    const delivery = await rig.open(server, { tokenFile })
    await rig.write('token', 'secret-token', 0o604)
    await expect(delivery.fetch(undefined, stopping)).rejects.toMatchObject({
      code: 'ERR_SANCTIONS_DELIVERY_CREDENTIALS',
    })
    await expect(delivery.fetch(undefined, stopping)).rejects.not.toThrow('secret-token')
    expect(server.requests).toHaveLength(0)
  })
})

test('a folder that is missing is a fault of this machine, and not tried again', async () => {
  const server = await rig.server()
  expect(await rig.fetch(server, { directory: `${rig.directory}/missing` })).toEqual({
    code: 'ERR_SANCTIONS_DELIVERY_STORAGE',
    message: 'the list could not be written (ENOENT)',
  })
  expect(server.requests).toHaveLength(1)
})
