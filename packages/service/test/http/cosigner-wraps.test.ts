import { digestOf, wrapJsonRequest, type FireblocksEndpoint } from '@callback-quorum/protocol'
import { afterEach, expect, test } from 'vitest'
import { spkiFingerprint } from '../../src/keys/index.ts'
import { KEYS, startRig, stopRigs, type Rig, type RigOptions } from './callback-rig.ts'
import {
  CHANGE,
  CONFIG_PATH,
  cosigner,
  cosignerReply,
  cosignerToken,
  JSON_LISTENER,
  JSON_TX_PATH,
  JWT_LISTENER,
  membersOf,
  postTo,
  SIGNING,
  TX_PATH,
  verificationKey,
} from './cosigner-rig.ts'
import type { Received } from './http-client.ts'

afterEach(stopRigs)

const GATEWAY = KEYS.nodeV2
const BODY = ` ${JSON.stringify({ ...SIGNING, signerId: 'json-1' })}\n`

/** A checker behind a gateway: one caller whose tokens are forwarded, and one whose bare JSON is wrapped. */
const CHECKER: RigOptions = {
  listeners: [JWT_LISTENER],
  callers: [
    cosigner('cosigner-1', { keys: [KEYS.nodeV1.publicKey], signers: { 'api-1': 'signer' } }),
    cosigner('cosigner-2', {
      dialect: 'fireblocks-json',
      signers: { 'json-1': { role: 'signer', path: '/of-the-gateway' }, 'json-2': 'approver' },
    }),
  ],
  wrapKeys: [verificationKey('gateway', GATEWAY.publicKey)],
}

interface Wrapping {
  readonly body?: string
  readonly signerId?: string | undefined
  readonly endpoint?: FireblocksEndpoint
  readonly path?: string
  readonly key?: typeof GATEWAY
}

/** Posts a body as a gateway would that was asked for `json-1`. */
async function postWrap(rig: Rig, o: Wrapping = {}): Promise<Received> {
  const { body = BODY, endpoint = 'tx', key = GATEWAY } = o
  const signerId = 'signerId' in o ? o.signerId : 'json-1'
  const origin = signerId === undefined ? { endpoint } : { endpoint, signerId }
  return postTo(rig, o.path ?? TX_PATH, await wrapJsonRequest(Buffer.from(body), key.privateKey, origin))
}

async function expectNobody(rig: Rig, received: Received, reason: string): Promise<void> {
  expect(received.status).toBe(401)
  expect(received.body.toString()).toBe('')
  expect(rig.asked).toEqual([])
  expect(await rig.metric('token_failures_total', { dialect: 'fireblocks-jwt', reason })).toBe(1)
}

test('what a gateway wrapped is asked as bare JSON of its own caller, and answered signed', async () => {
  const rig = await startRig(CHECKER)
  const received = await postWrap(rig)
  expect(received.headers['content-type']).toBe('application/jwt')
  expect(await cosignerReply(received)).toMatchObject({ action: 'APPROVE', requestId: 'req-1' })
  const [callback] = rig.asked
  expect(callback).toMatchObject({
    dialect: 'fireblocks-json',
    callerId: 'cosigner-2/json-1',
    callerFingerprint: spkiFingerprint(GATEWAY.publicKey),
    signerId: 'json-1',
    digest: digestOf(Buffer.from(BODY)),
    kind: 'tx-signing',
  })
  expect(Buffer.from(callback?.content ?? []).toString()).toBe(BODY)
  expect(await rig.metric('requests_total', { dialect: 'fireblocks-json', outcome: 'approved' })).toBe(1)
})

test('a wrap stands beside the tokens of Co-signers and changes of a workspace', async () => {
  const rig = await startRig(CHECKER)
  await postTo(rig, TX_PATH, await cosignerToken(SIGNING))
  const change = JSON.stringify({ ...CHANGE, signerId: undefined })
  await postWrap(rig, { body: change, endpoint: 'config', path: CONFIG_PATH, signerId: 'json-2' })
  expect(rig.asked).toMatchObject([
    { dialect: 'fireblocks-jwt', callerId: 'cosigner-1/api-1', kind: 'tx-signing' },
    { dialect: 'fireblocks-json', callerId: 'cosigner-2/json-2', kind: 'config-change' },
  ])
})

test('a wrap names the API user that its body leaves out', async () => {
  const rig = await startRig(CHECKER)
  await postWrap(rig, { body: JSON.stringify({ ...SIGNING, signerId: undefined }) })
  expect(rig.asked).toMatchObject([{ callerId: 'cosigner-2/json-1' }])
})

test('a wrap is answered with RETRY and its reason when it cannot be decided', async () => {
  const rig = await startRig({ ...CHECKER, answer: { answer: 'defer', form: 'no_answer', text: 'LIST_STALE' } })
  const expected = { action: 'RETRY', requestId: 'req-1', rejectionReason: 'LIST_STALE' }
  expect(membersOf(await postWrap(rig))).toEqual(expected)
})

const REFUSED: readonly (readonly [name: string, reason: string, wrapping: Wrapping])[] = [
  ['by a key that is no gateway', 'ERR_PROTOCOL_TOKEN_SIGNATURE', { key: KEYS.stranger }],
  ['by the key of a Co-signer', 'ERR_PROTOCOL_TOKEN_SIGNATURE', { key: KEYS.nodeV1 }],
  ['for another endpoint', 'ERR_PROTOCOL_TOKEN_HEADER', { path: CONFIG_PATH }],
  ['for nobody', 'signer_missing', { signerId: undefined }],
  ['for an unknown API user', 'signer_unknown', { signerId: 'json-9', body: JSON.stringify({ requestId: 'r' }) }],
  ['for another API user than its body names', 'signer_unknown', { signerId: 'json-2' }],
  [
    'of a body with an unreadable API user',
    'signer_unknown',
    { body: JSON.stringify({ ...SIGNING, signerId: ['json-1'] }) },
  ],
  [
    'for a caller whose tokens are signed',
    'signer_unknown',
    { signerId: 'api-1', body: JSON.stringify({ ...SIGNING, signerId: 'api-1' }) },
  ],
]

test.for(REFUSED)('a wrap %s comes from nobody', async ([, reason, wrapping]) => {
  const rig = await startRig(CHECKER)
  await expectNobody(rig, await postWrap(rig, wrapping), reason)
})

test('a wrap is nothing where no gateway is known', async () => {
  for (const wrapKeys of [undefined, []]) {
    const { wrapKeys: _, ...without } = CHECKER
    const rig = await startRig({ ...without, ...(wrapKeys === undefined ? {} : { wrapKeys }) })
    await expectNobody(rig, await postWrap(rig), 'ERR_PROTOCOL_TOKEN_HEADER')
  }
})

test('a Co-signer of bare JSON is not believed when it brings a token, wrapped or not', async () => {
  const rig = await startRig(CHECKER)
  const body = await cosignerToken({ ...SIGNING, signerId: 'json-1' }, GATEWAY.privateKey)
  await expectNobody(rig, await postTo(rig, TX_PATH, body), 'ERR_PROTOCOL_TOKEN_SIGNATURE')
  const own = await cosignerToken({ ...SIGNING, signerId: 'json-1' })
  expect((await postTo(rig, TX_PATH, own)).status).toBe(401)
})

test('a wrap is no body of a listener of bare JSON', async () => {
  const rig = await startRig({ ...CHECKER, listeners: [JSON_LISTENER] })
  expect((await postWrap(rig, { path: JSON_TX_PATH })).status).toBe(400)
  expect((await postWrap(rig, { path: TX_PATH })).status).toBe(404)
  expect(rig.asked).toEqual([])
})

test('a wrap of what has no request id is answered with 400', async () => {
  const rig = await startRig(CHECKER)
  const received = await postWrap(rig, { body: 'hello' })
  expect(received.status).toBe(400)
  expect(received.body.toString()).toBe('')
})

test('an API user that two callers have is nobody in a wrap', async () => {
  const [, caller] = CHECKER.callers ?? []
  if (caller === undefined) throw new Error('no caller')
  const rig = await startRig({ ...CHECKER, callers: [caller, { ...caller, name: 'cosigner-3' }] })
  await expectNobody(rig, await postWrap(rig), 'signer_unknown')
})
