import { setTimeout } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { eventually, startRig, stopRigs, type Rig } from './callback-rig.ts'
import {
  askToken,
  cosigner,
  cosignerToken,
  JSON_TX_PATH,
  JWT_LISTENER,
  membersOf,
  postTo,
  SIGNING,
  startCosignerRig,
  TX_PATH,
} from './cosigner-rig.ts'
import { answerTo, connectTo, open, readToEnd, send } from './http-client.ts'

afterEach(stopRigs)

const APPROVED = { action: 'APPROVE', requestId: 'req-1' }
const LIMIT = 4 * 1024 * 1024
/** For tests that are about sizes and counts, on a machine under load. */
const UNHURRIED = { bodyReadMs: 60_000, signingWaitMsMax: 60_000, cosignerDecideMsMax: 60_000 }

test.for(['', 'text/plain', 'application/jwt', 'application/json', 'text/html', 'application/x-www-form-urlencoded'])(
  'reads a body of type "%s" as it came',
  async (type) => {
    const rig = await startCosignerRig('fireblocks-jwt')
    expect(membersOf(await postTo(rig, TX_PATH, await cosignerToken(SIGNING), type))).toEqual(APPROVED)
    const json = await startCosignerRig('fireblocks-json')
    expect(membersOf(await postTo(json, JSON_TX_PATH, JSON.stringify(SIGNING), type))).toEqual(APPROVED)
  },
)

test('reads a body without a content type at all, and after a 100 Continue that it was asked for', async () => {
  const rig = await startCosignerRig('fireblocks-jwt')
  const body = await cosignerToken(SIGNING)
  const socket = await connectTo(rig.url)
  const all = readToEnd(socket)
  const { promise: continued, resolve } = Promise.withResolvers<string>()
  socket.once('data', (chunk: Buffer) => {
    resolve(chunk.toString())
  })
  const headers = `Content-Length: ${String(body.length)}\r\nExpect: 100-continue\r\nConnection: close\r\n`
  socket.write(`POST ${TX_PATH} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`)
  expect(await continued).toBe('HTTP/1.1 100 Continue\r\n\r\n')
  expect(rig.asked).toEqual([])
  socket.write(body)
  expect(await all).toMatch(/HTTP\/1\.1 200 OK\r\n/)
  expect(rig.asked).toHaveLength(1)
})

test('reads a token inside one pair of quotes, with white space around', async () => {
  const rig = await startCosignerRig('fireblocks-jwt')
  expect(membersOf(await postTo(rig, TX_PATH, `\r\n "${await cosignerToken(SIGNING)}" \n`))).toEqual(APPROVED)
})

test('reads a body that comes in pieces and without a length', async () => {
  const rig = await startCosignerRig('fireblocks-json')
  const request = open({ url: `${rig.url}${JSON_TX_PATH}` }, { 'transfer-encoding': 'chunked' })
  const answered = answerTo(request)
  const text = JSON.stringify({ ...SIGNING, note: 'über' })
  // Cut within a letter of two bytes.
  const cut = Buffer.from(text).indexOf('ü') + 1
  request.write(Buffer.from(text).subarray(0, cut))
  request.end(Buffer.from(text).subarray(cut))
  expect(membersOf(await answered)).toEqual(APPROVED)
  expect(rig.asked[0]?.token).toBe(text)
})

test.for([
  ['', TX_PATH],
  ['', '//v2//tx_sign_request'],
  ['/fireblocks/cb', '//v2/tx_sign_request'],
  ['/fireblocks/cb', '/api-1/v2/tx_sign_request'],
  ['/fireblocks/cb', '//api-1///v2/tx_sign_request'],
] as const)('a Co-signer that was given "%s" and asks "%s" is heard', async ([base, path]) => {
  const signers = { 'api-1': { role: 'signer', path: path.includes('api-1') ? '/api-1' : '' } } as const
  const callers = [cosigner('cosigner-1', { signers })]
  const rig = await startRig({ listeners: [{ ...JWT_LISTENER, base_path: base }], callers })
  expect(membersOf(await askToken(rig, SIGNING, path))).toEqual(APPROVED)
  expect(rig.asked).toHaveLength(1)
})

test('hears nobody above its base path, below another wire path or behind a slash', async () => {
  const rig = await startRig({ listeners: [{ ...JWT_LISTENER, base_path: '/cb' }], callers: [cosigner('cosigner-1')] })
  const { origin } = new URL(rig.url)
  const paths = [`${origin}${TX_PATH}`, `${rig.url}/tx_sign_request`, `${rig.url}${TX_PATH}/`, `${rig.url}/x${TX_PATH}`]
  for (const url of paths) expect((await send({ url, body: await cosignerToken(SIGNING) })).status).toBe(404)
  expect(rig.asked).toEqual([])
})

test.for(['GET', 'HEAD', 'PUT', 'DELETE'])('answers %s with 405', async (method) => {
  for (const [dialect, path] of [
    ['fireblocks-jwt', TX_PATH],
    ['fireblocks-json', JSON_TX_PATH],
  ] as const) {
    const rig = await startCosignerRig(dialect)
    const received = await send({ url: `${rig.url}${path}`, method })
    expect(received.status).toBe(405)
    expect(received.headers.allow).toBe('POST')
    expect(rig.asked).toEqual([])
  }
})

test('answers several requests on one connection', async () => {
  const rig = await startCosignerRig('fireblocks-json')
  const body = JSON.stringify(SIGNING)
  const ask = (more: string): string =>
    `POST ${JSON_TX_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: ${String(body.length)}\r\n${more}\r\n${body}`
  const socket = await connectTo(rig.url)
  const all = readToEnd(socket)
  socket.write(ask(''))
  await eventually(() => rig.asked.length).toBe(1)
  socket.write(ask('Connection: close\r\n'))
  expect((await all).match(/HTTP\/1\.1 200 OK\r\n/g)).toHaveLength(2)
})

test('reads a body of exactly 4 MiB', async () => {
  const rig = await startCosignerRig('fireblocks-json', { limits: UNHURRIED })
  const text = JSON.stringify({ ...SIGNING, unread: '' })
  const body = text.replace('"unread":""', `"unread":"${'a'.repeat(LIMIT - text.length)}"`)
  expect(body).toHaveLength(LIMIT)
  expect(membersOf(await postTo(rig, JSON_TX_PATH, body))).toEqual(APPROVED)
})

async function expectRefused(rig: Rig, received: { status: number; body: Buffer }, reason: string): Promise<void> {
  expect(received.status).toBe(401)
  expect(received.body.toString()).toBe('')
  expect(rig.asked).toEqual([])
  expect(await rig.metric('token_failures_total', { reason })).toBe(1)
  await eventually(() => rig.metric('unverified_bodies')).toBe(0)
}

test.for(['content-length', 'transfer-encoding'])(
  'answers one byte more than 4 MiB with 401 and closes the connection (%s)',
  async (header) => {
    const rig = await startCosignerRig('fireblocks-jwt', { limits: UNHURRIED })
    const length = header === 'content-length' ? String(LIMIT + 1) : 'chunked'
    const request = open({ url: `${rig.url}${TX_PATH}` }, { [header]: length })
    const answered = answerTo(request)
    request.end('a'.repeat(LIMIT + 1))
    const received = await answered
    expect(received.headers.connection).toBe('close')
    await expectRefused(rig, received, 'body_too_large')
  },
)

test('answers a body that does not arrive in time with 401 and closes the connection', async () => {
  const rig = await startCosignerRig('fireblocks-jwt', { limits: { bodyReadMs: 50, lingerMs: 20 } })
  const request = open({ url: `${rig.url}${TX_PATH}` }, { 'content-length': '1000' })
  const answered = answerTo(request)
  request.write('ey')
  const received = await answered
  expect(received.headers.connection).toBe('close')
  await expectRefused(rig, received, 'body_too_slow')
})

test('what a body took to arrive is missing when it is decided: a Co-signer counts from its own sending', async () => {
  const limits = { cosignerDecideMsMax: 400, signingWaitMsMax: 60_000 }
  const decide = async (): Promise<{ readonly answer: 'approve' }> => {
    await setTimeout(100)
    return { answer: 'approve' }
  }
  const rig = await startCosignerRig('fireblocks-json', { limits, decide })
  const body = JSON.stringify(SIGNING)
  const request = open({ url: `${rig.url}${JSON_TX_PATH}` }, { 'content-length': String(body.length) })
  const answered = answerTo(request)
  await eventually(() => rig.metric('unverified_bodies')).toBe(1)
  // Longer than the whole limit: this is the time that the test is about.
  await setTimeout(500)
  request.end(body)
  expect(membersOf(await answered)).toMatchObject({ action: 'RETRY', requestId: 'req-1' })
  expect(rig.asked).toHaveLength(1)
})

test('answers a compressed body with 401 instead of inflating it', async () => {
  const rig = await startCosignerRig('fireblocks-json')
  const headers = { 'content-encoding': 'gzip' }
  const body = gzipSync(JSON.stringify(SIGNING))
  await expectRefused(rig, await send({ url: `${rig.url}${JSON_TX_PATH}`, headers, body }), 'body_encoding')
})

test('says nothing to a Co-signer that hangs up in the middle of its body', async () => {
  const rig = await startCosignerRig('fireblocks-jwt')
  const request = open({ url: `${rig.url}${TX_PATH}` }, { 'content-length': '1000' })
  request.on('error', () => undefined)
  request.write('ey')
  await eventually(() => rig.metric('unverified_bodies')).toBe(1)
  request.destroy()
  await eventually(() => rig.metric('unverified_bodies')).toBe(0)
  expect(rig.signatures()).toBe(0)
  expect(await rig.metric('token_failures_total')).toBe(0)
})

test('turns away with 503 when too many unverified bodies are held, and hears again when one is done', async () => {
  const rig = await startCosignerRig('fireblocks-jwt', { limits: { ...UNHURRIED, unverifiedBodiesMax: 1 } })
  const body = await cosignerToken(SIGNING)
  const slow = open({ url: `${rig.url}${TX_PATH}` }, { 'content-length': String(body.length) })
  const answered = answerTo(slow)
  slow.write(body.slice(0, 10))
  await eventually(() => rig.metric('unverified_bodies')).toBe(1)
  const turnedAway = await postTo(rig, TX_PATH, body)
  expect(turnedAway.status).toBe(503)
  expect(turnedAway.body.toString()).toBe('')
  expect(turnedAway.headers.connection).toBe('close')
  slow.end(body.slice(10))
  expect(membersOf(await answered)).toEqual(APPROVED)
  expect(membersOf(await postTo(rig, TX_PATH, body))).toEqual(APPROVED)
})

test('does not count a request that is being decided among the unverified bodies', async () => {
  for (const [dialect, path] of [
    ['fireblocks-jwt', TX_PATH],
    ['fireblocks-json', JSON_TX_PATH],
  ] as const) {
    const { promise: decided, resolve } = Promise.withResolvers<{ readonly answer: 'reject' }>()
    const rig = await startCosignerRig(dialect, { limits: { unverifiedBodiesMax: 1 }, decide: () => decided })
    const body = dialect === 'fireblocks-jwt' ? await cosignerToken(SIGNING) : JSON.stringify(SIGNING)
    const first = postTo(rig, path, body)
    await eventually(() => rig.asked.length).toBe(1)
    expect(await rig.metric('unverified_bodies')).toBe(0)
    resolve({ answer: 'reject' })
    expect(membersOf(await first)).toMatchObject({ action: 'REJECT' })
  }
})

test('decides to the end when the Co-signer hangs up, and signs nothing for nobody', async () => {
  const { promise: decided, resolve } = Promise.withResolvers<{ readonly answer: 'approve' }>()
  const rig = await startCosignerRig('fireblocks-jwt', { decide: () => decided })
  const body = await cosignerToken(SIGNING)
  const request = open({ url: `${rig.url}${TX_PATH}` }, { 'content-length': String(body.length) })
  const { promise: closed, resolve: close } = Promise.withResolvers<unknown>()
  request.on('error', close)
  request.end(body)
  await eventually(() => rig.asked.length).toBe(1)
  request.destroy()
  await closed
  await eventually(() => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length).toBe(0)
  resolve({ answer: 'approve' })
  await eventually(() => rig.metric('requests_total', { outcome: 'failed' })).toBe(1)
  expect(rig.signatures()).toBe(0)
})
