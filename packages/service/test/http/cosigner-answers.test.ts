import { digestOf, type Verdict } from '@callback-quorum/protocol'
import { afterEach, expect, test } from 'vitest'
import type { SigningPool } from '../../src/http/index.ts'
import { NOW_MS, startRig, stopRigs, type Rig } from './callback-rig.ts'
import {
  APPROVAL,
  askJson,
  askToken,
  CHANGE,
  CONFIG_PATH,
  cosigner,
  cosignerReply,
  cosignerToken,
  JSON_CONFIG_PATH,
  JSON_TX_PATH,
  membersOf,
  postTo,
  SIGNING,
  startCosignerRig,
  TX_PATH,
} from './cosigner-rig.ts'

afterEach(stopRigs)

/** The same question in both dialects. */
const ASKING = [
  ['fireblocks-jwt', 'application/jwt', askToken, TX_PATH, CONFIG_PATH],
  ['fireblocks-json', 'application/json', askJson, JSON_TX_PATH, JSON_CONFIG_PATH],
] as const

const VERDICT: Verdict = {
  checker: 'limits',
  caller: 'f'.repeat(64),
  dialect: 'fireblocks-jwt',
  kind: 'tx-signing',
  request_id: 'req-1',
  digest: digestOf(new Uint8Array()),
  policy_digest: '1'.repeat(64),
  data_version: '1',
  judged: true,
  bound: 'raw',
  outcome: 'approve',
  codes: [],
  issued_at: NOW_MS,
}

test.for(ASKING)('answers an approval in %s with the action and the request id alone', async ([dialect, type, ask]) => {
  const rig = await startCosignerRig(dialect, { answer: { answer: 'approve', text: 'not for the wire' } })
  const received = await ask(rig, SIGNING)
  expect(received.status).toBe(200)
  expect(received.headers['content-type']).toBe(type)
  expect(received.headers.connection).toBe('keep-alive')
  expect(membersOf(received)).toEqual({ action: 'APPROVE', requestId: 'req-1' })
  expect(await rig.metric('requests_total', { dialect, kind: 'tx-signing', outcome: 'approved' })).toBe(1)
})

test.for(ASKING)('answers a rejection in %s with its reason', async ([dialect, , ask]) => {
  const rig = await startCosignerRig(dialect, { answer: { answer: 'reject', text: 'd-1 limits DAILY_LIMIT' } })
  expect(membersOf(await ask(rig, SIGNING))).toEqual({
    action: 'REJECT',
    requestId: 'req-1',
    rejectionReason: 'd-1 limits DAILY_LIMIT',
  })
  expect(await rig.metric('requests_total', { dialect, outcome: 'rejected' })).toBe(1)
})

test.for(ASKING)('answers a deferral in %s with RETRY, whatever its form', async ([dialect, , ask]) => {
  for (const form of ['no_answer', 'http_503', 'status_30'] as const) {
    const rig = await startCosignerRig(dialect, { answer: { answer: 'defer', form, text: 'LIST_STALE' } })
    const received = await ask(rig, SIGNING)
    expect(received.status).toBe(200)
    expect(membersOf(received)).toEqual({ action: 'RETRY', requestId: 'req-1', rejectionReason: 'LIST_STALE' })
    expect(await rig.metric('requests_total', { dialect, outcome: 'failed' })).toBe(1)
  }
})

test('an answer in fireblocks-jwt is signed by the server', async () => {
  const rig = await startCosignerRig('fireblocks-jwt')
  const received = await askToken(rig, SIGNING)
  expect(received.body.toString('latin1')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
  expect(await cosignerReply(received)).toMatchObject({ action: 'APPROVE', requestId: 'req-1' })
})

const OUTCOMES = [
  ['approve', { answer: 'approve' }],
  ['reject', { answer: 'reject', text: 'no' }],
  ['unable', { answer: 'defer', form: 'status_30', text: 'later' }],
] as const

test.for(OUTCOMES)('a verdict of %s travels signed, with the expiry of the identity', async ([outcome, answer]) => {
  const verdict = { ...VERDICT, outcome }
  const rig = await startCosignerRig('fireblocks-jwt', { answer: { ...answer, verdict } })
  const reply = await cosignerReply(await askToken(rig, SIGNING))
  expect(reply).toMatchObject({ verdict, expiresAtMs: NOW_MS + 120_000 })
})

test('no verdict travels in JSON, where nobody signs it', async () => {
  const rig = await startCosignerRig('fireblocks-json', { answer: { answer: 'reject', text: 'no', verdict: VERDICT } })
  expect(membersOf(await askJson(rig, SIGNING))).toEqual({
    action: 'REJECT',
    requestId: 'req-1',
    rejectionReason: 'no',
  })
})

test.for(ASKING)(
  'IGNORE in %s is for approvals, of a transaction or a change',
  async ([dialect, , ask, tx, config]) => {
    const rig = await startCosignerRig(dialect, { answer: { answer: 'reject', text: 'not mine', isIgnored: true } })
    const ignored = { action: 'IGNORE', rejectionReason: 'not mine' }
    expect(membersOf(await ask(rig, APPROVAL, tx))).toEqual({ ...ignored, requestId: 'req-1' })
    expect(membersOf(await ask(rig, CHANGE, config))).toEqual({ ...ignored, requestId: 'req-2' })
    expect(await rig.metric('requests_total', { dialect, outcome: 'rejected' })).toBe(2)
  },
)

test.for(ASKING)('IGNORE in %s is never sent for what signs, whatever is decided', async ([dialect, , ask]) => {
  const rig = await startCosignerRig(dialect, { answer: { answer: 'reject', text: 'not mine', isIgnored: true } })
  const rejected = { action: 'REJECT', requestId: 'req-1', rejectionReason: 'not mine' }
  expect(membersOf(await ask(rig, SIGNING))).toEqual(rejected)
  // A signer that is asked without a mark of signing is asked to sign all the same.
  expect(membersOf(await ask(rig, { ...APPROVAL, signerId: 'api-1' }))).toEqual(rejected)
})

test.for(ASKING)('wrong types in %s are decided as malformed, so that they are recorded', async ([dialect, , ask]) => {
  const rig = await startCosignerRig(dialect, { answer: { answer: 'reject', text: 'malformed' } })
  expect(membersOf(await ask(rig, { ...SIGNING, fee: 1 }))).toMatchObject({ action: 'REJECT', requestId: 'req-1' })
  expect(rig.asked).toMatchObject([
    { dialect, kind: 'tx-signing', reading: { result: 'malformed', code: 'TRANSACTION_INVALID' } },
  ])
})

async function expectEmpty(rig: Rig, received: { status: number; body: Buffer }, status: number): Promise<void> {
  expect(received.status).toBe(status)
  expect(received.body.toString()).toBe('')
  expect(rig.asked).toEqual([])
  expect(rig.signatures()).toBe(0)
  expect(await rig.metric('requests_total')).toBe(0)
}

const UNIDENTIFIED = [
  ['without a request id', { ...SIGNING, requestId: undefined }],
  ['with an empty request id', { ...SIGNING, requestId: '' }],
  ['with a number as request id', { ...SIGNING, requestId: 1 }],
] as const

test.for(UNIDENTIFIED)('answers a request %s with 400 and nothing', async ([, content]) => {
  for (const [dialect, , ask] of ASKING) {
    const rig = await startCosignerRig(dialect)
    await expectEmpty(rig, await ask(rig, content), 400)
    expect(await rig.metric('unidentified_requests_total', { dialect })).toBe(1)
  }
})

test.for([
  ['nothing', ''],
  ['no JSON', 'hello'],
  ['a list', '[]'],
  ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ['a member twice', '{"requestId":"a","requestId":"b"}'],
] as const)('answers a body of %s in fireblocks-json with 400 and nothing', async ([, body]) => {
  const rig = await startCosignerRig('fireblocks-json')
  await expectEmpty(rig, await postTo(rig, JSON_TX_PATH, body), 400)
})

const FAULTS = [
  ['throws', () => Promise.reject(new Error('secret of the house'))],
  ['takes too long', () => new Promise<never>(() => undefined)],
] as const

test.for(FAULTS)('answers a decision that %s with RETRY and nothing of the error', async ([, decide]) => {
  for (const [dialect, , ask] of ASKING) {
    const rig = await startCosignerRig(dialect, {
      decide,
      onFault: 'no_answer',
      limits: { cosignerDecideMsMax: 200, decideMsMax: 600_000 },
    })
    expect(membersOf(await ask(rig, SIGNING))).toEqual({
      action: 'RETRY',
      requestId: 'req-1',
      rejectionReason: 'internal error, ask again',
    })
    expect(await rig.metric('requests_total', { dialect, outcome: 'failed' })).toBe(1)
  }
})

test('answers 503, and approves nothing, when a decision cannot be signed', async () => {
  const signing: SigningPool = { sign: () => Promise.reject(new Error('HSM is gone')) }
  const rig = await startCosignerRig('fireblocks-jwt', { signing })
  const received = await askToken(rig, SIGNING)
  expect(received.status).toBe(503)
  expect(received.body.toString()).toBe('')
  expect(await rig.metric('requests_total', { outcome: 'failed' })).toBe(1)
})

test('answers 503 to a fault before a request id is known', async () => {
  const clock = {
    nowMs: (): number => {
      if (armed) throw new Error('clock is gone')
      return NOW_MS
    },
  }
  let armed = false
  const rig = await startCosignerRig('fireblocks-jwt', { clock })
  armed = true
  await expectEmpty(rig, await postTo(rig, TX_PATH, await cosignerToken(SIGNING)), 503)
})

test('Cobo and Fireblocks callers are served by one listener', async () => {
  const rig = await startRig({
    listeners: [{ listen: { host: '127.0.0.1', port: 0 }, dialects: ['cobo-v2', 'fireblocks-jwt'] }],
    callers: [cosigner('cosigner-1')],
  })
  expect(membersOf(await askToken(rig, SIGNING))).toEqual({ action: 'APPROVE', requestId: 'req-1' })
  expect((await rig.post('/v2/check', 'hello')).status).toBe(200)
  expect(await rig.metric('token_failures_total', { dialect: 'cobo-v2' })).toBe(1)
})
