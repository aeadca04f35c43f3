import { digestOf, type Verdict } from '@callback-quorum/protocol'
import { afterEach, expect, test } from 'vitest'
import { createSigningPool, type SigningPool } from '../../src/http/index.ts'
import { eventually, KEYGEN, KEYS, NOW_MS, replyOf, startRig, stopRigs, tokenOf } from './callback-rig.ts'
import { connectTo, readToEnd } from './http-client.ts'

afterEach(stopRigs)

const token = (): Promise<string> => tokenOf(KEYGEN, KEYS.nodeV2.privateKey)
const requestOf = async (): Promise<string> => {
  const body = `TSS_JWT_MSG=${await token()}`
  const headers = `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${String(body.length)}\r\n`
  return `POST /v2/check HTTP/1.1\r\nHost: x\r\n${headers}\r\n${body}`
}

const VERDICT: Verdict = {
  checker: 'limits',
  caller: 'f'.repeat(64),
  dialect: 'cobo-v2',
  kind: 'keygen',
  request_id: 'req-1',
  digest: digestOf(new Uint8Array()),
  policy_digest: '1'.repeat(64),
  data_version: '1',
  judged: true,
  bound: 'none',
  outcome: 'approve',
  codes: [],
  issued_at: NOW_MS,
}

test('defers by closing the connection without a byte', async () => {
  const rig = await startRig({ answer: { answer: 'defer', form: 'no_answer', text: 'limits is down' } })
  const socket = await connectTo(rig.url)
  const all = readToEnd(socket)
  socket.write(await requestOf())
  expect(await all).toBe('')
  expect(rig.asked).toHaveLength(1)
  expect(await rig.metric('requests_total', { outcome: 'failed' })).toBe(1)
})

test('defers by a plain 503', async () => {
  const rig = await startRig({ answer: { answer: 'defer', form: 'http_503', text: 'limits is down' } })
  const received = await rig.post('/v2/check', await token())
  expect(received.status).toBe(503)
  expect(received.headers['content-type']).toBe('text/plain')
  expect(received.body.toString()).toBe('limits is down')
})

test('defers by a signed status 30 without action, with its verdict', async () => {
  const verdict: Verdict = { ...VERDICT, outcome: 'unable', codes: ['LIST_STALE'] }
  const rig = await startRig({ answer: { answer: 'defer', form: 'status_30', text: 'LIST_STALE', verdict } })
  const reply = await replyOf(await rig.post('/v2/check', await token()))
  expect(reply).toMatchObject({ status: 30, requestId: 'req-1', error: 'LIST_STALE', verdict })
  expect(reply).not.toHaveProperty('action')
  expect(await rig.metric('requests_total', { outcome: 'failed' })).toBe(1)
})

test.for(['approve', 'reject'] as const)('carries the verdict of an %s inside the signed answer', async (answer) => {
  const verdict: Verdict = { ...VERDICT, outcome: answer }
  const rig = await startRig({ answer: { answer, verdict } })
  expect(await replyOf(await rig.post('/v2/check', await token()))).toMatchObject({ verdict })
})

const FAULTS = [
  ['throws', () => Promise.reject(new Error('secret of the house'))],
  [
    'throws before it returns',
    () => {
      throw new Error('secret of the house')
    },
  ],
  ['takes too long', () => new Promise<never>(() => undefined)],
] as const

test.for(FAULTS)(
  'answers a decision that %s with status 30, no action and nothing of the error',
  async ([, decide]) => {
    const rig = await startRig({ decide, limits: { decideMsMax: 30 } })
    const received = await rig.post('/v2/check', await token())
    const reply = await replyOf(received)
    expect(reply).toMatchObject({ status: 30, requestId: 'req-1', error: 'internal error, ask again' })
    expect(reply).not.toHaveProperty('action')
    expect(await rig.metric('requests_total', { outcome: 'failed' })).toBe(1)
  },
)

test('answers a fault as configured', async () => {
  const decide = FAULTS[0][1]
  const unavailable = await startRig({ decide, onFault: 'http_503' })
  const received = await unavailable.post('/v2/check', await token())
  expect(received.status).toBe(503)
  expect(received.body.toString()).toBe('internal error, ask again')
  const silent = await startRig({ decide, onFault: 'no_answer' })
  await expect(silent.post('/v2/check', await token())).rejects.toThrow('socket hang up')
})

test('approves nothing when a decision cannot be signed', async () => {
  const signing: SigningPool = { sign: () => Promise.reject(new Error('HSM is gone')) }
  const rig = await startRig({ signing })
  await expect(rig.post('/v2/check', await token())).rejects.toThrow('socket hang up')
  expect(rig.asked).toHaveLength(1)
  expect(await rig.metric('requests_total', { outcome: 'failed' })).toBe(1)
})

test('sends strangers away with 503 and callers without an answer when no signing slot is free in time', async () => {
  const inner = createSigningPool({ slots: 2 })
  const { promise: blocked, resolve } = Promise.withResolvers<string>()
  const holding = [inner.sign(() => blocked, true, 1_000), inner.sign(() => blocked, true, 1_000)]
  const rig = await startRig({ signing: inner, limits: { signingWaitMsMax: 20 } })
  const stranger = await rig.post('/v2/check', 'hello')
  expect(stranger.status).toBe(503)
  expect(stranger.headers.connection).toBe('close')
  await expect(rig.post('/v2/check', await token())).rejects.toThrow('socket hang up')
  resolve('done')
  await Promise.all(holding)
  expect(await replyOf(await rig.post('/v2/check', await token()))).toMatchObject({ action: 'APPROVE' })
})

test('decides to the end when the caller hangs up, and signs nothing for nobody', async () => {
  const { promise: decided, resolve } = Promise.withResolvers<{ readonly answer: 'approve' }>()
  const rig = await startRig({ decide: () => decided })
  await eventually(openSockets).toBe(0)
  const socket = await connectTo(rig.url)
  socket.write(await requestOf())
  await eventually(() => rig.asked.length).toBe(1)
  socket.destroy()
  await eventually(openSockets).toBe(0)
  resolve({ answer: 'approve' })
  await eventually(() => rig.metric('requests_total', { outcome: 'failed' })).toBe(1)
  expect(rig.signatures()).toBe(0)
  expect(rig.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([])
})

/** Both ends of every connection of this process. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
}
