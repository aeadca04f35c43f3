import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  businessKey,
  digestOf,
  ProtocolFault,
  signOutcome,
  verifyFireblocksToken,
  wrapJsonRequest,
} from '../src/index.ts'
import type { OutcomeNotice, ProtocolFaultCode, VerificationKey } from '../src/index.ts'
import { signBytes } from '../src/signed-token.ts'
import { bytesOf } from './fireblocks-content.ts'
import { handmadeToken, hmacToken, unsignedToken } from './handmade-token.ts'
import { createTestKey, NOW_MS, verificationKeyOf } from './signing-keys.ts'

const cosigner = createTestKey('co-signer')
const stranger = createTestKey('stranger')
const keys = [cosigner.verification]
const RS256 = { typ: 'JWT', alg: 'RS256' }
const NOW_S = NOW_MS / 1_000
const question = { requestId: 'r-1', txId: 't-1' }

const signed = (header: unknown, payload: unknown, hash?: string) =>
  handmadeToken(header, payload, cosigner.privateKey, hash)

async function faultOf(body: string | Uint8Array, by: readonly VerificationKey[] = keys, nowMs = NOW_MS) {
  return verifyFireblocksToken(typeof body === 'string' ? bytesOf(body) : body, by, nowMs).then(
    () => 'was accepted',
    (error: unknown) => (error instanceof ProtocolFault ? error.code : error),
  )
}

describe('a token of a Co-signer', () => {
  it('gives its payload byte for byte, and the owner of the key that verified', async () => {
    const text = '{"requestId":"r-1","amount":0.01000000,"amountUSD":123456789012345678.90}'
    const token = signed(RS256, text)
    expect(await verifyFireblocksToken(bytesOf(token), [stranger.verification, ...keys], NOW_MS)).toEqual({
      token,
      content: bytesOf(text),
      digest: digestOf(bytesOf(text)),
      owner: 'co-signer',
      fingerprint: cosigner.verification.fingerprint,
    })
  })

  it('is found inside one pair of double quotes and white space, which are not forwarded', async () => {
    const token = signed(RS256, question)
    for (const body of [token, `${token}\n`, `"${token}"`, ` "${token}"\r\n`, `" ${token} "`]) {
      expect((await verifyFireblocksToken(bytesOf(body), keys, NOW_MS)).token).toBe(token)
    }
    for (const body of [`""${token}""`, `'${token}'`, `"${token}`, `{"jwt":"${token}"}`]) {
      expect(await faultOf(body)).toBe('ERR_PROTOCOL_TOKEN_MALFORMED')
    }
  })

  it('gives back any object byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.double()), { maxLength: 5 }),
        async (any) => {
          const content = bytesOf({ any })
          const token = await signBytes(content, { typ: 'JWT' }, cosigner.privateKey)
          expect((await verifyFireblocksToken(bytesOf(token), keys, NOW_MS)).content).toEqual(content)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('needs neither exp nor typ; the exp that is there is told, however far ahead', async () => {
    expect(await faultOf(signed({ alg: 'RS256' }, question))).toBe('was accepted')
    const token = signed({ alg: 'RS256', typ: 'jwt' }, { ...question, exp: NOW_S * 2, nbf: NOW_S })
    expect((await verifyFireblocksToken(bytesOf(token), keys, NOW_MS)).expiresAtMs).toBe(NOW_MS * 2)
  })

  it('lives to the last millisecond before its exp, and begins with its nbf', async () => {
    const token = signed(RS256, { ...question, exp: NOW_S + 1, nbf: NOW_S })
    expect(await faultOf(token, keys, NOW_MS - 1)).toBe('ERR_PROTOCOL_TOKEN_NOT_YET_VALID')
    expect(await faultOf(token, keys, NOW_MS + 999)).toBe('was accepted')
    expect(await faultOf(token, keys, NOW_MS + 1_000)).toBe('ERR_PROTOCOL_TOKEN_EXPIRED')
  })
})

describe('a token is refused', () => {
  it('with any byte of it flipped', async () => {
    const token = bytesOf(signed(RS256, question))
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Uint8Array.from(token)
        changed[at] = (changed[at] ?? 0) ^ flip
        expect(await faultOf(changed)).toMatch(/^ERR_PROTOCOL_TOKEN_/)
      }),
      { numRuns: 500 },
    )
  })

  const publicPem = cosigner.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  it.each<[string, ProtocolFaultCode, string | Uint8Array]>([
    ['nothing', 'ERR_PROTOCOL_TOKEN_MALFORMED', ''],
    ['two quotes', 'ERR_PROTOCOL_TOKEN_MALFORMED', '""'],
    ['bare JSON', 'ERR_PROTOCOL_TOKEN_MALFORMED', JSON.stringify(question)],
    ['no UTF-8', 'ERR_PROTOCOL_TOKEN_MALFORMED', Uint8Array.of(0xff)],
    ['longer than any body', 'ERR_PROTOCOL_TOKEN_MALFORMED', new Uint8Array(4 * 1024 * 1024 + 1)],
    ['two segments', 'ERR_PROTOCOL_TOKEN_MALFORMED', signed(RS256, question).split('.').slice(0, 2).join('.')],
    ['standard base64 padding', 'ERR_PROTOCOL_TOKEN_MALFORMED', `${signed(RS256, question)}==`],
    ['a payload that is a list', 'ERR_PROTOCOL_TOKEN_MALFORMED', signed(RS256, '[]')],
    ['a payload that is a number', 'ERR_PROTOCOL_TOKEN_MALFORMED', signed(RS256, '1')],
    ['a payload with a member twice', 'ERR_PROTOCOL_TOKEN_MALFORMED', signed(RS256, '{"exp":1,"exp":1}')],
    ['a payload with EXP beside exp', 'ERR_PROTOCOL_TOKEN_MALFORMED', signed(RS256, '{"exp":1,"EXP":1}')],
    ['alg none', 'ERR_PROTOCOL_TOKEN_ALGORITHM', unsignedToken({ typ: 'JWT', alg: 'none' }, question)],
    ['HS256 by the public key', 'ERR_PROTOCOL_TOKEN_ALGORITHM', hmacToken({ alg: 'HS256' }, question, publicPem)],
    ['RS512', 'ERR_PROTOCOL_TOKEN_ALGORITHM', signed({ alg: 'RS512' }, question, 'sha512')],
    ['HS256 that says RS256', 'ERR_PROTOCOL_TOKEN_SIGNATURE', hmacToken(RS256, question, publicPem)],
    ['no signature', 'ERR_PROTOCOL_TOKEN_SIGNATURE', unsignedToken(RS256, question)],
    ['all zero signature', 'ERR_PROTOCOL_TOKEN_SIGNATURE', `${unsignedToken(RS256, question)}${'A'.repeat(342)}`],
    ['another key', 'ERR_PROTOCOL_TOKEN_SIGNATURE', handmadeToken(RS256, question, stranger.privateKey)],
    ['kid', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, kid: '1' }, question)],
    ['KID, null', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, KID: null }, question)],
    ['crit', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, crit: ['exp'] }, question)],
    ['b64', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, b64: true }, question)],
    ['jku', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, jku: 'https://example.com' }, question)],
    ['jwk', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, jwk: {} }, question)],
    ['x5c', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, x5c: [] }, question)],
    ['x5t#S256', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, 'x5t#S256': '' }, question)],
    ['another typ', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, typ: 'at+jwt' }, question)],
    ['typ null', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, typ: null }, question)],
    ['exp of now', 'ERR_PROTOCOL_TOKEN_EXPIRED', signed(RS256, { ...question, exp: NOW_S })],
    ['exp negative', 'ERR_PROTOCOL_TOKEN_EXPIRED', signed(RS256, { ...question, exp: -1 })],
    ['exp null', 'ERR_PROTOCOL_TOKEN_EXP_MISSING', signed(RS256, { ...question, exp: null })],
    ['exp as text', 'ERR_PROTOCOL_TOKEN_EXP_MISSING', signed(RS256, { ...question, exp: String(NOW_S + 9) })],
    ['exp as list', 'ERR_PROTOCOL_TOKEN_EXP_MISSING', signed(RS256, { ...question, exp: [NOW_S + 9] })],
    ['exp that no double holds', 'ERR_PROTOCOL_TOKEN_EXP_MISSING', signed(RS256, '{"requestId":"r","exp":1e999}')],
    ['nbf ahead', 'ERR_PROTOCOL_TOKEN_NOT_YET_VALID', signed(RS256, { ...question, nbf: NOW_S + 1 })],
    ['nbf as text', 'ERR_PROTOCOL_TOKEN_NOT_YET_VALID', signed(RS256, { ...question, nbf: '0' })],
    ['nbf that no double holds', 'ERR_PROTOCOL_TOKEN_NOT_YET_VALID', signed(RS256, '{"nbf":-1e999}')],
  ])('for %s: %s', async (_what, code, body) => {
    expect(await faultOf(body)).toBe(code)
  })

  it('when it is another kind of token of ours', async () => {
    const notice: OutcomeNotice = {
      aud: 'limits',
      caller: 'a',
      dialect: 'fireblocks-jwt',
      kind: 'tx-signing',
      request_id: 'r-1',
      digest: digestOf(bytesOf(question)),
      business_key: businessKey('fireblocks', 'o', 't-1'),
      outcome: 'approved',
    }
    const tokens = [
      await signOutcome(notice, cosigner.privateKey, NOW_MS),
      await wrapJsonRequest(bytesOf(question), cosigner.privateKey, { endpoint: 'tx' }),
    ]
    for (const token of tokens) expect(await faultOf(token)).toBe('ERR_PROTOCOL_TOKEN_HEADER')
  })

  it('by keys that have retired, are too short or of another kind', async () => {
    const token = signed(RS256, question)
    const small = createTestKey('small', 1024)
    const pss = verificationKeyOf('pss', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey)
    expect(await faultOf(token, [{ ...cosigner.verification, notAfterMs: NOW_MS - 1 }])).toBe(
      'ERR_PROTOCOL_TOKEN_SIGNATURE',
    )
    expect(await faultOf(handmadeToken(RS256, question, small.privateKey), [small.verification])).toBe(
      'ERR_PROTOCOL_TOKEN_SIGNATURE',
    )
    expect(await faultOf(token, [pss])).toBe('ERR_PROTOCOL_TOKEN_SIGNATURE')
    expect(await faultOf(token, [small.verification, pss, ...keys])).toBe('was accepted')
    expect(await faultOf(token, [])).toBe('ERR_PROTOCOL_TOKEN_SIGNATURE')
  })
})
