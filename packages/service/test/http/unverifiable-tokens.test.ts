import { createHmac } from 'node:crypto'
import { TOKEN_FIELD } from '@callback-quorum/protocol'
import { CompactSign } from 'jose'
import { afterEach, expect, test } from 'vitest'
import { KEYGEN, KEYS, NOW_MS, replyOf, startRig, stopRigs, tokenOf, type Rig } from './callback-rig.ts'
import { send, type Received } from './http-client.ts'

afterEach(stopRigs)

const PACKAGE_DATA = Buffer.from(JSON.stringify(KEYGEN)).toString('base64')
const CLAIMS = { package_data: PACKAGE_DATA, iss: '', exp: NOW_MS / 1_000 + 120 }
const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function signed(claims: object, header: object = {}): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...header })
    .sign(KEYS.nodeV2.privateKey)
}

/** A public key is no secret: whoever verifies HMAC with its PEM accepts forgeries (RFC 8725 section 2.1). */
function signedWithPublicKey(): string {
  const input = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(CLAIMS)}`
  const secret = KEYS.nodeV2.publicKey.export({ type: 'spki', format: 'pem' })
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

async function expectStatus20(rig: Rig, received: Received, reason: string): Promise<void> {
  const reply = await replyOf(received)
  expect(received.status).toBe(200)
  expect(reply.status).toBe(20)
  expect(reply).not.toHaveProperty('action')
  expect(reply).not.toHaveProperty('requestId')
  expect(reply.error).toMatch(/^the (token|body|form|signature|exp) [a-z0-9 _-]+$/i)
  expect(rig.asked).toEqual([])
  expect(await rig.metric('token_failures_total', { dialect: 'cobo-v2', reason })).toBe(1)
}

const TOKENS: readonly (readonly [name: string, reason: string, token: () => Promise<string> | string])[] = [
  ['that is no token', 'ERR_PROTOCOL_TOKEN_MALFORMED', () => 'hello'],
  ['in double quotes', 'ERR_PROTOCOL_TOKEN_MALFORMED', async () => `"${await signed(CLAIMS)}"`],
  ['signed by a stranger', 'ERR_PROTOCOL_TOKEN_SIGNATURE', () => tokenOf(KEYGEN, KEYS.stranger.privateKey)],
  ['of a caller of the other dialect', 'ERR_PROTOCOL_TOKEN_SIGNATURE', () => tokenOf(KEYGEN, KEYS.nodeV1.privateKey)],
  ['with RS384', 'ERR_PROTOCOL_TOKEN_ALGORITHM', () => signed(CLAIMS, { alg: 'RS384' })],
  ['with HS256 and the public key as secret', 'ERR_PROTOCOL_TOKEN_ALGORITHM', () => signedWithPublicKey()],
  ['with alg none', 'ERR_PROTOCOL_TOKEN_ALGORITHM', () => `${base64url({ alg: 'none' })}.${base64url(CLAIMS)}.`],
  ['that brings its own key', 'ERR_PROTOCOL_TOKEN_HEADER', () => signed(CLAIMS, { jku: 'https://127.0.0.1/' })],
  ['without exp', 'ERR_PROTOCOL_TOKEN_EXP_MISSING', () => signed({ ...CLAIMS, exp: undefined })],
  ['that has expired', 'ERR_PROTOCOL_TOKEN_EXPIRED', () => signed({ ...CLAIMS, exp: NOW_MS / 1_000 })],
  ['good for a day', 'ERR_PROTOCOL_TOKEN_EXP_TOO_FAR', () => signed({ ...CLAIMS, exp: NOW_MS / 1_000 + 86_400 })],
]

test.for(TOKENS)('answers a token %s with status 20 and no action', async ([, reason, token]) => {
  const rig = await startRig()
  await expectStatus20(rig, await rig.post('/v2/check', await token()), reason)
})

test('refuses a v2 token on the v1 path', async () => {
  const rig = await startRig()
  const received = await rig.post('/v1/check', await tokenOf(KEYGEN, KEYS.nodeV2.privateKey))
  expect(await replyOf(received)).toMatchObject({ status: 20 })
  expect(rig.asked).toEqual([])
})

test('answers a verified token whose package data is not base64 with status 10', async () => {
  const rig = await startRig()
  const received = await rig.post('/v2/check', await signed({ ...CLAIMS, package_data: '%%%' }))
  expect(await replyOf(received)).toMatchObject({ status: 10 })
})

const FORM = 'application/x-www-form-urlencoded'
type BodyCase = readonly [name: string, reason: string, type: string, body: (token: string) => string]

const BODIES: readonly BodyCase[] = [
  ['with the field twice', 'field_twice', FORM, (token) => `${TOKEN_FIELD}=${token}&${TOKEN_FIELD}=${token}`],
  ['with the field twice, once encoded', 'field_twice', FORM, (t) => `${TOKEN_FIELD}=${t}&TSS%5FJWT%5FMSG=${t}`],
  [
    'with a second field behind many others',
    'form_invalid',
    FORM,
    (token) => `${TOKEN_FIELD}=${token}${'&x=1'.repeat(2_000)}&${TOKEN_FIELD}=${token}`,
  ],
  ['without the field', 'field_missing', FORM, (token) => `TSS_JWT=${token}`],
  ['with the field in another case', 'field_missing', FORM, (token) => `tss_jwt_msg=${token}`],
  ['with the field as an array', 'field_missing', FORM, (token) => `${TOKEN_FIELD}[]=${token}`],
  ['with nothing', 'field_missing', FORM, () => ''],
  ['with a blank field', 'field_blank', FORM, () => `${TOKEN_FIELD}=+%20`],
  ['with a broken escape', 'ERR_PROTOCOL_TOKEN_MALFORMED', FORM, (token) => `${TOKEN_FIELD}=${token}%zz`],
  ['of JSON', 'body_type', 'application/json', (token) => JSON.stringify({ [TOKEN_FIELD]: token })],
  ['of plain text', 'body_type', 'text/plain', (token) => `${TOKEN_FIELD}=${token}`],
  ['without a content type', 'body_type', '', (token) => `${TOKEN_FIELD}=${token}`],
  [
    'of multipart',
    'body_type',
    'multipart/form-data; boundary=b',
    (token) => `--b\r\nContent-Disposition: form-data; name="${TOKEN_FIELD}"\r\n\r\n${token}\r\n--b--\r\n`,
  ],
]

test.for(BODIES)('answers a body %s with status 20, a good token in it or not', async ([, reason, type, body]) => {
  const rig = await startRig()
  const token = await tokenOf(KEYGEN, KEYS.nodeV2.privateKey)
  const headers = { 'content-type': type }
  await expectStatus20(rig, await send({ url: `${rig.url}/v2/check`, headers, body: body(token) }), reason)
})

test('answers a compressed body with status 20 instead of inflating it', async () => {
  const rig = await startRig()
  const headers = { 'content-type': FORM, 'content-encoding': 'gzip' }
  await expectStatus20(rig, await send({ url: `${rig.url}/v2/check`, headers, body: 'x' }), 'body_encoding')
})

test('reads a token whose every byte is percent-encoded, beside a field that nobody asked for', async () => {
  const rig = await startRig()
  const token = await tokenOf(KEYGEN, KEYS.nodeV2.privateKey)
  const encoded = Array.from(Buffer.from(token), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const received = await send({ url: `${rig.url}/v2/check`, body: `x=1&${TOKEN_FIELD}=${encoded}` })
  expect(await replyOf(received)).toMatchObject({ status: 0, action: 'APPROVE' })
})

test('tells strangers no more than a fixed sentence', async () => {
  const rig = await startRig()
  const reply = await replyOf(await rig.post('/v2/check', await tokenOf(KEYGEN, KEYS.stranger.privateKey)))
  expect(reply.error).not.toMatch(/node-v2|acme|rig|[0-9a-f]{16}|\n|at .*:\d/)
})
