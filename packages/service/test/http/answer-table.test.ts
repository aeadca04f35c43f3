import { afterEach, expect, test } from 'vitest'
import { send } from './http-client.ts'
import { KEYGEN, KEYS, NOW_MS, replyOf, startRig, stopRigs, tokenOf } from './callback-rig.ts'

afterEach(stopRigs)

const APPROVE = { answer: 'approve' } as const

test('answers a decision with status 0, its action and the same request id, as a raw token in text/plain', async () => {
  const rig = await startRig({ answer: APPROVE })
  const received = await rig.post('/v2/check', await tokenOf(KEYGEN, KEYS.nodeV2.privateKey))
  expect(received.status).toBe(200)
  expect(received.headers['content-type']).toBe('text/plain')
  expect(received.headers.connection).toBe('keep-alive')
  expect(received.body.toString('latin1')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
  expect(await replyOf(received)).toMatchObject({ status: 0, action: 'APPROVE', requestId: 'req-1' })
  expect(rig.asked).toMatchObject([
    { dialect: 'cobo-v2', kind: 'keygen', requestId: 'req-1', caller: { name: 'node-v2' } },
  ])
})

test('serves each dialect on its own path with its own callers', async () => {
  const rig = await startRig()
  await rig.post('/v1/check', await tokenOf(KEYGEN, KEYS.nodeV1.privateKey))
  expect(rig.asked).toMatchObject([{ dialect: 'cobo-v1', caller: { name: 'node-v1' } }])
})

test('hands the decider the token as received and the digest of its content', async () => {
  const rig = await startRig()
  const token = await tokenOf(KEYGEN, KEYS.nodeV2.privateKey)
  await rig.post('/v2/check', ` ${token}\n`)
  const [callback] = rig.asked
  expect(callback?.token).toBe(token)
  expect(Buffer.from(callback?.content ?? []).toString()).toBe(JSON.stringify(KEYGEN))
  expect(callback?.digest).toMatch(/^[0-9a-f]{64}$/)
})

test('answers a rejection with its text, and an approval without one', async () => {
  const rejecting = await startRig({ answer: { answer: 'reject', text: 'd-1 limits DAILY_LIMIT' } })
  const token = await tokenOf(KEYGEN, KEYS.nodeV2.privateKey)
  expect(await replyOf(await rejecting.post('/v2/check', token))).toMatchObject({
    status: 0,
    action: 'REJECT',
    requestId: 'req-1',
    error: 'd-1 limits DAILY_LIMIT',
  })
  const approving = await startRig({ answer: { answer: 'approve', text: 'not for the wire' } })
  expect(await replyOf(await approving.post('/v2/check', token))).not.toHaveProperty('error')
})

test('has a malformed request decided, so that it is recorded', async () => {
  const rig = await startRig({ answer: { answer: 'reject', text: 'malformed' } })
  const token = await tokenOf({ ...KEYGEN, request_type: 4 }, KEYS.nodeV2.privateKey)
  expect(await replyOf(await rig.post('/v2/check', token))).toMatchObject({ status: 0, action: 'REJECT' })
  expect(rig.asked).toMatchObject([
    { kind: 'unknown', requestId: 'req-1', reading: { result: 'malformed', code: 'REQUEST_TYPE_UNKNOWN' } },
  ])
})

test('has a request without request_detail and extra_info decided as malformed', async () => {
  const rig = await startRig({ answer: { answer: 'reject' } })
  const token = await tokenOf({ request_id: 'req-1', request_type: 2 }, KEYS.nodeV2.privateKey)
  expect(await replyOf(await rig.post('/v2/check', token))).toMatchObject({ status: 0, action: 'REJECT' })
  expect(rig.asked).toMatchObject([{ kind: 'keysign', reading: { result: 'malformed', code: 'DETAIL_INVALID' } }])
})

test('has type 0 with a detail decided as malformed, never answered as a ping', async () => {
  const rig = await startRig({ answer: { answer: 'reject' } })
  const token = await tokenOf({ ...KEYGEN, request_type: 0 }, KEYS.nodeV2.privateKey)
  expect(await replyOf(await rig.post('/v2/check', token))).toMatchObject({ status: 0, action: 'REJECT' })
  expect(rig.asked).toMatchObject([{ kind: 'ping', reading: { code: 'PING_WITH_CONTENT' } }])
})

test.for([
  ['without a request id', JSON.stringify({ ...KEYGEN, request_id: undefined })],
  ['with a blank request id', JSON.stringify({ ...KEYGEN, request_id: '' })],
  ['that is not JSON', 'hello'],
  ['that names the request id twice', '{"request_id":"a","request_id":"b","request_type":1,"request_detail":"x"}'],
])('answers a verified request %s with status 10 and nothing else', async ([, content = '']) => {
  const rig = await startRig()
  const received = await rig.post('/v2/check', await tokenOf(content, KEYS.nodeV2.privateKey))
  const reply = await replyOf(received)
  expect(received.status).toBe(200)
  expect(reply.status).toBe(10)
  expect(reply).not.toHaveProperty('action')
  expect(reply).not.toHaveProperty('requestId')
  expect(rig.asked).toEqual([])
  expect(await rig.metric('unidentified_requests_total', { dialect: 'cobo-v2' })).toBe(1)
})

test.for([
  ['an empty object', '{}', undefined],
  ['type 0 alone', '{"request_type":0}', undefined],
  ['empty members', '{"request_id":"","request_type":0,"request_detail":"","extra_info":"{}"}', undefined],
  ['the id of a pending request', '{"request_id":"req-1","request_type":0}', 'req-1'],
] as const)('answers a ping of %s with status 0, its id and never an action', async ([, content, requestId]) => {
  const rig = await startRig({ answer: APPROVE })
  const reply = await replyOf(await rig.post('/v2/check', await tokenOf(content, KEYS.nodeV2.privateKey)))
  expect(reply.status).toBe(0)
  expect(reply.requestId).toBe(requestId)
  expect(reply).not.toHaveProperty('action')
  expect(reply).not.toHaveProperty('error')
  expect(rig.asked).toEqual([])
})

test.for([
  ['is not ready', () => Promise.resolve(false)],
  ['cannot tell whether it is ready', () => Promise.reject(new Error('pool is closed'))],
  ['does not get an answer about it in time', () => new Promise<boolean>(() => undefined)],
] as const)('answers a ping with status 30 and no action when it %s', async ([, isReady]) => {
  const rig = await startRig({ isReady, limits: { readyMsMax: 20 } })
  const reply = await replyOf(await rig.post('/v2/check', await tokenOf('{"request_id":"p"}', KEYS.nodeV2.privateKey)))
  expect(reply).toMatchObject({ status: 30, requestId: 'p', error: 'not ready' })
  expect(reply).not.toHaveProperty('action')
})

test('serves GET /ping to people, without a signature', async () => {
  const rig = await startRig()
  const received = await send({ url: `${rig.url}/ping`, method: 'GET' })
  expect(received.status).toBe(200)
  expect(JSON.parse(received.body.toString())).toEqual({ server: 'rig', timestamp: NOW_MS })
  expect(rig.signatures()).toBe(0)
})

test('counts verified requests by what was answered and by who asked, pings too', async () => {
  const rig = await startRig({ answer: { answer: 'reject' } })
  await rig.post('/v2/check', await tokenOf(KEYGEN, KEYS.nodeV2.privateKey))
  await rig.post('/v2/check', await tokenOf('{}', KEYS.nodeV2.privateKey))
  const caller = 'node-v2'
  const labels = { dialect: 'cobo-v2', kind: 'keygen', outcome: 'rejected', caller }
  expect(await rig.metric('requests_total', labels)).toBe(1)
  expect(await rig.metric('requests_total')).toBe(1)
  expect(await rig.metric('pings_total', { ready: 'true', caller })).toBe(1)
})

test('logs one line per decision, with a shortened id and without the token', async () => {
  const rig = await startRig()
  const requestId = 'r'.repeat(200)
  const token = await tokenOf({ ...KEYGEN, request_id: requestId }, KEYS.nodeV2.privateKey)
  await rig.post('/v2/check', token)
  const lines = rig.logLines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines).toMatchObject([
    {
      msg: 'answered',
      answer: 'approve',
      caller: 'node-v2',
      dialect: 'cobo-v2',
      kind: 'keygen',
      requestId: 'r'.repeat(64),
    },
  ])
  expect(rig.logLines.join('')).not.toContain(token.slice(-40))
})
