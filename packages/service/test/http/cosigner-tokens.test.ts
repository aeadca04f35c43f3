import { createHmac, createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { KEYS, NOW_MS, startRig, stopRigs, tokenOf, type Rig } from './callback-rig.ts'
import {
  askJson,
  cosigner,
  cosignerReply,
  cosignerToken,
  JWT_LISTENER,
  membersOf,
  postTo,
  SIGNING,
  startCosignerRig,
  TX_PATH,
} from './cosigner-rig.ts'
import type { Received } from './http-client.ts'

afterEach(stopRigs)

interface Vectors {
  readonly published_test_public_key_pem: string
  readonly request: { readonly jwt: string; readonly decoded_payload: Readonly<Record<string, unknown>> }
  readonly response: { readonly decoded_payload: Readonly<Record<string, unknown>> }
  readonly request_with_obfuscated_signature: { readonly jwt: string }
}

/** Published by the vendor; the file says where. */
const vectors = JSON.parse(
  readFileSync(new URL('../../../protocol/test/vectors/fireblocks.json', import.meta.url), 'utf8'),
) as Vectors

/** The documented request names no API user. */
const startDocumented = (): Promise<Rig> =>
  startRig({
    listeners: [JWT_LISTENER],
    callers: [
      cosigner('docs', {
        keys: [createPublicKey(vectors.published_test_public_key_pem)],
        signers: { 'api-1': 'signer' },
      }),
    ],
    answer: { answer: 'reject', text: 'd-1 limits DAILY_LIMIT' },
  })

test('the documented request is answered with exactly the members of the documented response', async () => {
  const rig = await startDocumented()
  const received = await postTo(rig, TX_PATH, vectors.request.jwt)
  expect(received.status).toBe(200)
  expect(await cosignerReply(received)).toMatchObject({ action: 'REJECT' })
  const members = membersOf(received)
  expect(members).toEqual({
    action: 'REJECT',
    requestId: vectors.request.decoded_payload['requestId'],
    rejectionReason: 'd-1 limits DAILY_LIMIT',
  })
  // The vendor's sample lets its library add `iat`, which a Co-signer ignores.
  expect([...Object.keys(members), 'iat']).toEqual(Object.keys(vectors.response.decoded_payload))
  expect(rig.asked).toMatchObject([
    { callerId: 'docs/api-1', kind: 'tx-signing', reading: { request: { amountStr: '0.010000000000000000' } } },
  ])
})

async function expectNobody(rig: Rig, received: Received, reason: string): Promise<void> {
  expect(received.status).toBe(401)
  expect(received.body.toString()).toBe('')
  expect(rig.asked).toEqual([])
  expect(rig.signatures()).toBe(0)
  expect(await rig.metric('token_failures_total', { dialect: 'fireblocks-jwt', reason })).toBe(1)
}

test('the documented request with the obfuscated signature comes from nobody', async () => {
  const rig = await startDocumented()
  const { jwt } = vectors.request_with_obfuscated_signature
  const received = await postTo(rig, TX_PATH, jwt)
  expect(received.status).toBe(401)
  expect(received.body.toString()).toBe('')
  expect(rig.asked).toEqual([])
})

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A public key is no secret: whoever verifies HMAC with its PEM accepts forgeries (RFC 8725 section 2.1). */
function signedWithPublicKey(): string {
  const input = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(SIGNING)}`
  const secret = KEYS.nodeV1.publicKey.export({ type: 'spki', format: 'pem' })
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

const { privateKey } = KEYS.nodeV1
const SECONDS = NOW_MS / 1_000

const TOKENS: readonly (readonly [name: string, reason: string, token: () => Promise<string> | string])[] = [
  ['that is empty', 'ERR_PROTOCOL_TOKEN_MALFORMED', () => ''],
  ['that is no token', 'ERR_PROTOCOL_TOKEN_MALFORMED', () => 'hello'],
  ['that is bare JSON', 'ERR_PROTOCOL_TOKEN_MALFORMED', () => JSON.stringify(SIGNING)],
  ['in two pairs of quotes', 'ERR_PROTOCOL_TOKEN_MALFORMED', async () => `""${await cosignerToken(SIGNING)}""`],
  ['of a stranger', 'ERR_PROTOCOL_TOKEN_SIGNATURE', () => cosignerToken(SIGNING, KEYS.stranger.privateKey)],
  ['with RS384', 'ERR_PROTOCOL_TOKEN_ALGORITHM', () => cosignerToken(SIGNING, privateKey, { alg: 'RS384' })],
  ['with HS256 and the public key as secret', 'ERR_PROTOCOL_TOKEN_ALGORITHM', () => signedWithPublicKey()],
  ['with alg none', 'ERR_PROTOCOL_TOKEN_ALGORITHM', () => `${base64url({ alg: 'none' })}.${base64url(SIGNING)}.`],
  ['that brings a key', 'ERR_PROTOCOL_TOKEN_HEADER', () => cosignerToken(SIGNING, privateKey, { jku: 'https://x/' })],
  ['that names its key', 'ERR_PROTOCOL_TOKEN_HEADER', () => cosignerToken(SIGNING, privateKey, { kid: '1' })],
  [
    'of our own making',
    'ERR_PROTOCOL_TOKEN_HEADER',
    () => cosignerToken(SIGNING, privateKey, { typ: 'cq-outcome+jwt' }),
  ],
  ['of a list', 'ERR_PROTOCOL_TOKEN_MALFORMED', () => cosignerToken('[]')],
  ['with a member twice', 'ERR_PROTOCOL_TOKEN_MALFORMED', () => cosignerToken('{"requestId":"a","requestId":"b"}')],
  ['that has expired', 'ERR_PROTOCOL_TOKEN_EXPIRED', () => cosignerToken({ ...SIGNING, exp: SECONDS })],
  ['whose exp is no number', 'ERR_PROTOCOL_TOKEN_EXP_MISSING', () => cosignerToken({ ...SIGNING, exp: 'never' })],
  ['that is not valid yet', 'ERR_PROTOCOL_TOKEN_NOT_YET_VALID', () => cosignerToken({ ...SIGNING, nbf: SECONDS + 1 })],
]

test.for(TOKENS)('a token %s comes from nobody', async ([, reason, token]) => {
  const rig = await startCosignerRig('fireblocks-jwt')
  await expectNobody(rig, await postTo(rig, TX_PATH, await token()), reason)
})

test('a token of a Cobo node is none of a Co-signer, although one process serves both', async () => {
  const rig = await startCosignerRig('fireblocks-jwt')
  // Signed by the right key: what it says is a package and no request, so it has no id.
  const received = await postTo(rig, TX_PATH, await tokenOf(SIGNING, privateKey))
  expect(received.status).toBe(400)
  expect(rig.asked).toEqual([])
})

test.for([
  ['does not expire', {}],
  ['expires later', { exp: SECONDS + 1 }],
  ['expires in a year', { exp: SECONDS + 365 * 86_400 }],
  ['is valid since now', { nbf: SECONDS }],
])('a token that %s is taken', async ([, claims]) => {
  const rig = await startCosignerRig('fireblocks-jwt')
  const received = await postTo(rig, TX_PATH, await cosignerToken({ ...SIGNING, ...(claims as object) }))
  expect(membersOf(received)).toEqual({ action: 'APPROVE', requestId: 'req-1' })
})

test.for([
  ['has expired', { exp: SECONDS }, 401],
  ['is not valid yet', { nbf: SECONDS + 1 }, 401],
  ['expires later', { exp: SECONDS + 1 }, 200],
] as const)('bare JSON that %s is treated as a token is', async ([, claims, status]) => {
  const rig = await startCosignerRig('fireblocks-json')
  expect((await askJson(rig, { ...SIGNING, ...claims })).status).toBe(status)
  expect(rig.asked).toHaveLength(status === 200 ? 1 : 0)
})
