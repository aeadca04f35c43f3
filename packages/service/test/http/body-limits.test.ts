import { TOKEN_FIELD } from '@callback-quorum/protocol'
import { afterEach, expect, test } from 'vitest'
import { HTTP_LIMITS } from '../../src/http/index.ts'
import { eventually, KEYGEN, KEYS, replyOf, startRig, stopRigs, tokenOf } from './callback-rig.ts'
import { answerTo, connectTo, open, readToEnd, send } from './http-client.ts'

afterEach(stopRigs)

const LIMIT = 4 * 1024 * 1024
const PREFIX = `${TOKEN_FIELD}=`

/** A form with a good token, filled up to `bytes` by a field that nobody reads. */
async function formOf(bytes: number): Promise<string> {
  const form = `${PREFIX}${await tokenOf(KEYGEN, KEYS.nodeV2.privateKey)}&x=`
  return form + 'a'.repeat(bytes - form.length)
}

/** For tests that are about sizes and counts, on a machine under load. */
const UNHURRIED = { bodyReadMs: 60_000, signingWaitMsMax: 60_000 }

test('reads a body of exactly 4 MiB', async () => {
  const rig = await startRig({ limits: UNHURRIED })
  const received = await send({ url: `${rig.url}/v2/check`, body: await formOf(LIMIT) })
  expect(await replyOf(received)).toMatchObject({ status: 0, action: 'APPROVE' })
})

test('reads a token that fills 4 MiB', async () => {
  const rig = await startRig({ limits: UNHURRIED })
  const fill = async (length: number): Promise<string> =>
    tokenOf({ ...KEYGEN, filler: 'a'.repeat(length) }, KEYS.nodeV2.privateKey)
  const overhead = (await fill(0)).length
  // base64 of base64: nine bytes become sixteen characters; a little is left free instead of solving the rounding.
  const token = await fill(Math.floor(((LIMIT - PREFIX.length - overhead) * 9) / 16) - 32)
  expect(PREFIX.length + token.length).toBeGreaterThan(LIMIT - 128)
  const received = await send({ url: `${rig.url}/v2/check`, body: PREFIX + token })
  expect(await replyOf(received)).toMatchObject({ status: 0, action: 'APPROVE' })
})

test('answers one byte more than 4 MiB with status 20 and closes the connection', async () => {
  const rig = await startRig()
  const received = await send({ url: `${rig.url}/v2/check`, body: await formOf(LIMIT + 1) })
  expect(await replyOf(received)).toMatchObject({ status: 20, error: 'the body is larger than this server accepts' })
  expect(received.headers.connection).toBe('close')
  expect(rig.asked).toEqual([])
})

test('answers one byte more than 4 MiB with status 20 when it comes without a length', async () => {
  const rig = await startRig({ limits: UNHURRIED })
  const request = open({ url: `${rig.url}/v2/check` }, { 'transfer-encoding': 'chunked' })
  const answered = answerTo(request)
  request.end(await formOf(LIMIT + 1))
  const received = await answered
  expect(await replyOf(received)).toMatchObject({ status: 20 })
  expect(received.headers.connection).toBe('close')
})

test('does not listen to an endless body for longer than a moment', async () => {
  const rig = await startRig({ limits: { bodyBytesMax: 1_000, lingerMs: 60_000, lingerBytesMax: 100_000 } })
  const socket = await connectTo(rig.url)
  const all = readToEnd(socket)
  socket.write('POST /v2/check HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n')
  socket.write('Content-Length: 99999999999\r\n\r\n')
  const enough = 50_000_000
  const pump = (): void => {
    while (!socket.destroyed && socket.bytesWritten < enough && socket.write('x'.repeat(10_000))) continue
  }
  socket.on('drain', pump)
  pump()
  expect(await all).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  expect(socket.bytesWritten).toBeLessThan(enough)
})

test('answers a body that does not arrive in time with status 20 and closes the connection', async () => {
  const rig = await startRig({ limits: { bodyReadMs: 50, lingerMs: 20 } })
  const request = open({ url: `${rig.url}/v2/check` }, { 'content-length': '1000' })
  const answered = answerTo(request)
  request.write(PREFIX)
  const received = await answered
  expect(await replyOf(received)).toMatchObject({ status: 20, error: 'the body did not arrive in time' })
  expect(received.headers.connection).toBe('close')
  expect(await rig.metric('token_failures_total', { reason: 'body_too_slow' })).toBe(1)
})

test('says nothing to a sender that hangs up in the middle of its body', async () => {
  const rig = await startRig()
  const request = open({ url: `${rig.url}/v2/check` }, { 'content-length': '1000' })
  request.on('error', () => undefined)
  request.write(PREFIX)
  await heldBodies(rig.metric, 1)
  request.destroy()
  await heldBodies(rig.metric, 0)
  expect(rig.signatures()).toBe(0)
  expect(await rig.metric('token_failures_total')).toBe(0)
})

test('holds 64 unverified bodies, turns the 65th away at once and takes the next when one is done', async () => {
  expect(HTTP_LIMITS.unverifiedBodiesMax).toBe(64)
  const rig = await startRig({ limits: UNHURRIED })
  const form = PREFIX + (await tokenOf(KEYGEN, KEYS.nodeV2.privateKey))
  const half = form.length >> 1
  const slow = Array.from({ length: 64 }, () => {
    const request = open({ url: `${rig.url}/v2/check` }, { 'content-length': String(form.length) })
    const answered = answerTo(request)
    request.write(form.slice(0, half))
    return { request, answered }
  })
  await heldBodies(rig.metric, 64)
  const turnedAway = await send({ url: `${rig.url}/v2/check`, body: form })
  expect(turnedAway.status).toBe(503)
  expect(turnedAway.headers.connection).toBe('close')
  expect(await rig.metric('bodies_turned_away_total')).toBe(1)
  expect(rig.signatures()).toBe(0)

  for (const { request } of slow) request.end(form.slice(half))
  for (const { answered } of slow) expect(await replyOf(await answered)).toMatchObject({ action: 'APPROVE' })
  expect(await rig.metric('unverified_bodies')).toBe(0)
  expect(await replyOf(await send({ url: `${rig.url}/v2/check`, body: form }))).toMatchObject({ action: 'APPROVE' })
})

test('does not count a verified request that is still being decided', async () => {
  const { promise: decided, resolve } = Promise.withResolvers<{ readonly answer: 'reject' }>()
  const rig = await startRig({ limits: { unverifiedBodiesMax: 1 }, decide: () => decided })
  const token = await tokenOf(KEYGEN, KEYS.nodeV2.privateKey)
  const first = rig.post('/v2/check', token)
  await eventually(() => rig.asked.length).toBe(1)
  expect(await replyOf(await rig.post('/v2/check', 'hello'))).toMatchObject({ status: 20 })
  resolve({ answer: 'reject' })
  expect(await replyOf(await first)).toMatchObject({ action: 'REJECT' })
})

async function heldBodies(metric: (name: string) => Promise<number>, count: number): Promise<void> {
  await eventually(() => metric('unverified_bodies')).toBe(count)
}
