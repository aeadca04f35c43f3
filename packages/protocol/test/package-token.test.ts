import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digestOf, ProtocolFault, signPackageToken, verifyPackageToken } from '../src/index.ts'
import type { ProtocolFaultCode, SigningIdentity, VerificationKey } from '../src/index.ts'
import { EXP_SKEW_MS_MAX } from '../src/signed-token.ts'
import { handmadeToken, hmacToken, unsignedToken } from './handmade-token.ts'
import { createTestKey, NOW_MS, verificationKeyOf } from './signing-keys.ts'

const node = createTestKey('node-a')
const stranger = createTestKey('stranger')
const identity: SigningIdentity = { privateKey: node.privateKey, issuer: 'issuer', tokenExpireMs: 120_000 }
const content = new TextEncoder().encode('{"request_id":"r-1"}')

const RS256 = { alg: 'RS256', typ: 'JWT' }
const exp = NOW_MS / 1_000 + 120
const package_data = Buffer.from(content).toString('base64')
const claims = { package_data, iss: 'issuer', exp }

async function faultOf(token: string, keys: readonly VerificationKey[] = [node.verification], nowMs = NOW_MS) {
  return verifyPackageToken(token, keys, nowMs).then(
    () => 'was accepted',
    (error: unknown) => (error instanceof ProtocolFault ? error.code : error),
  )
}

const signed = (header: unknown, payload: unknown, hash?: string) =>
  handmadeToken(header, payload, node.privateKey, hash)

describe('a package token', () => {
  it('gives content, digest and the owner of the key that verified', async () => {
    const token = await signPackageToken(content, identity, NOW_MS)
    const verified = await verifyPackageToken(token, [stranger.verification, node.verification], NOW_MS)
    expect(verified).toEqual({
      token,
      content: Buffer.from(content),
      digest: digestOf(content),
      owner: 'node-a',
      fingerprint: node.verification.fingerprint,
      expiresAtMs: NOW_MS + 120_000,
      issuer: 'issuer',
    })
  })

  it('carries exactly alg, typ, package_data, iss and exp', async () => {
    const [header = '', payload = ''] = (await signPackageToken(content, identity, NOW_MS + 999)).split('.')
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual(RS256)
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual(claims)
  })

  it('is accepted with white space around it, which is not forwarded', async () => {
    const token = await signPackageToken(content, identity, NOW_MS)
    expect((await verifyPackageToken(` ${token}\r\n`, [node.verification], NOW_MS)).token).toBe(token)
  })

  it('needs no iss and no typ, and ignores an iss that is not text', async () => {
    expect(
      (await verifyPackageToken(signed({ alg: 'RS256' }, { package_data, exp }), [node.verification], NOW_MS)).issuer,
    ).toBeUndefined()
    expect(
      (await verifyPackageToken(signed(RS256, { package_data, exp, iss: 7 }), [node.verification], NOW_MS)).issuer,
    ).toBeUndefined()
  })

  it('has the digest of its content, whatever its exp', async () => {
    const later = await signPackageToken(content, identity, NOW_MS + 60_000)
    expect((await verifyPackageToken(later, [node.verification], NOW_MS)).digest).toBe(digestOf(content))
  })

  it('gives back any content byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 400 }), async (bytes) => {
        const token = await signPackageToken(bytes, identity, NOW_MS)
        const verified = await verifyPackageToken(token, [node.verification], NOW_MS)
        expect(Buffer.from(verified.content).equals(Buffer.from(bytes))).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('verifies with keys of 4096 bits', async () => {
    const large = createTestKey('large', 4096)
    const token = await signPackageToken(content, { ...identity, privateKey: large.privateKey }, NOW_MS)
    expect((await verifyPackageToken(token, [node.verification, large.verification], NOW_MS)).owner).toBe('large')
  })
})

describe('a package token is refused', () => {
  it('when any one character of it is another, or is missing, or is doubled', async () => {
    const token = await signPackageToken(content, identity, NOW_MS)
    const characters = Array.from('ABCXYZabcxyz0129-_.=+/"\\ \n\u0000\u00e9')
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom('', ...characters), async (at, character) => {
        const changed = token.slice(0, at) + character + token.slice(at + 1)
        const doubled = token.slice(0, at) + token.slice(at, at + 1) + token.slice(at)
        fc.pre(changed !== token)
        expect(await faultOf(changed)).toMatch(/^ERR_PROTOCOL_/)
        expect(await faultOf(doubled)).toMatch(/^ERR_PROTOCOL_/)
      }),
      { numRuns: 400 },
    )
  })

  it('in every spelling of its last character but the canonical one', async () => {
    const token = await signPackageToken(content, identity, NOW_MS)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const accepted = []
    for (const last of alphabet) if ((await faultOf(token.slice(0, -1) + last)) === 'was accepted') accepted.push(last)
    expect(accepted).toEqual([token.at(-1)])
  })

  const publicPem = node.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  it.each<[string, ProtocolFaultCode, string]>([
    ['empty', 'ERR_PROTOCOL_TOKEN_MALFORMED', ''],
    ['text', 'ERR_PROTOCOL_TOKEN_MALFORMED', 'hello'],
    ['two segments', 'ERR_PROTOCOL_TOKEN_MALFORMED', signed(RS256, claims).split('.').slice(0, 2).join('.')],
    ['four segments', 'ERR_PROTOCOL_TOKEN_MALFORMED', `${signed(RS256, claims)}.AA`],
    ['five segments of an encrypted token', 'ERR_PROTOCOL_TOKEN_MALFORMED', 'e30.AA.AA.AA.AA'],
    ['padded segments', 'ERR_PROTOCOL_TOKEN_MALFORMED', `${signed(RS256, claims)}==`],
    ['a line break inside', 'ERR_PROTOCOL_TOKEN_MALFORMED', signed(RS256, claims).replace('.', '.\n')],
    ['a header that is no object', 'ERR_PROTOCOL_TOKEN_MALFORMED', signed('["RS256"]', claims)],
    ['a repeated header', 'ERR_PROTOCOL_TOKEN_MALFORMED', signed('{"alg":"RS256","alg":"RS256"}', claims)],
    ['a case variant of alg', 'ERR_PROTOCOL_TOKEN_MALFORMED', signed('{"alg":"RS256","ALG":"none"}', claims)],
    ['a payload that is no object', 'ERR_PROTOCOL_TOKEN_MALFORMED', signed(RS256, '[]')],
    ['a payload that is not JSON', 'ERR_PROTOCOL_TOKEN_MALFORMED', signed(RS256, 'package_data')],
    [
      'package_data twice',
      'ERR_PROTOCOL_TOKEN_MALFORMED',
      signed(RS256, `{"package_data":"e30=","package_data":"e30=","exp":${String(exp)}}`),
    ],
    ['PACKAGE_DATA beside it', 'ERR_PROTOCOL_TOKEN_MALFORMED', signed(RS256, { ...claims, PACKAGE_DATA: 'e30=' })],
    ['alg none, unsigned', 'ERR_PROTOCOL_TOKEN_ALGORITHM', unsignedToken({ alg: 'none' }, claims)],
    ['alg none, signed', 'ERR_PROTOCOL_TOKEN_ALGORITHM', signed({ alg: 'none' }, claims)],
    ['no alg', 'ERR_PROTOCOL_TOKEN_ALGORITHM', signed({ typ: 'JWT' }, claims)],
    ['rs256 in lower case', 'ERR_PROTOCOL_TOKEN_ALGORITHM', signed({ alg: 'rs256' }, claims)],
    ['RS384', 'ERR_PROTOCOL_TOKEN_ALGORITHM', signed({ alg: 'RS384' }, claims, 'sha384')],
    ['RS512', 'ERR_PROTOCOL_TOKEN_ALGORITHM', signed({ alg: 'RS512' }, claims, 'sha512')],
    ['PS256', 'ERR_PROTOCOL_TOKEN_ALGORITHM', signed({ alg: 'PS256' }, claims)],
    [
      'HS256 with the public key as secret',
      'ERR_PROTOCOL_TOKEN_ALGORITHM',
      hmacToken({ alg: 'HS256' }, claims, publicPem),
    ],
    ['HS256 that says RS256', 'ERR_PROTOCOL_TOKEN_SIGNATURE', hmacToken(RS256, claims, publicPem)],
    ['SHA-384 under the name RS256', 'ERR_PROTOCOL_TOKEN_SIGNATURE', signed(RS256, claims, 'sha384')],
    ['no signature', 'ERR_PROTOCOL_TOKEN_SIGNATURE', unsignedToken(RS256, claims)],
    ['another key', 'ERR_PROTOCOL_TOKEN_SIGNATURE', handmadeToken(RS256, claims, stranger.privateKey)],
    [
      'another payload',
      'ERR_PROTOCOL_TOKEN_SIGNATURE',
      splice(signed(RS256, claims), signed(RS256, { ...claims, iss: 'x' })),
    ],
    ['crit', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, crit: ['exp'] }, claims)],
    ['b64', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, b64: true }, claims)],
    ['jku', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, jku: 'https://example.com/keys' }, claims)],
    ['JKU', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, JKU: null }, claims)],
    [
      'jwk',
      'ERR_PROTOCOL_TOKEN_HEADER',
      handmadeToken({ ...RS256, jwk: stranger.publicKey.export({ format: 'jwk' }) }, claims, stranger.privateKey),
    ],
    ['x5c', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, x5c: [] }, claims)],
    ['x5u', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, x5u: 'https://example.com' }, claims)],
    ['x5t', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, x5t: 'AA' }, claims)],
    ['x5t#S256', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...RS256, 'x5t#S256': 'AA' }, claims)],
    [
      'the type of an outcome notice',
      'ERR_PROTOCOL_TOKEN_HEADER',
      signed({ alg: 'RS256', typ: 'cq-outcome+jwt' }, claims),
    ],
    ['no exp', 'ERR_PROTOCOL_TOKEN_EXP_MISSING', signed(RS256, { package_data })],
    ['exp null', 'ERR_PROTOCOL_TOKEN_EXP_MISSING', signed(RS256, { package_data, exp: null })],
    ['exp as text', 'ERR_PROTOCOL_TOKEN_EXP_MISSING', signed(RS256, { package_data, exp: String(exp) })],
    ['exp that no double holds', 'ERR_PROTOCOL_TOKEN_MALFORMED', signed(RS256, '{"package_data":"e30=","exp":1e999}')],
    ['exp of now', 'ERR_PROTOCOL_TOKEN_EXPIRED', signed(RS256, { package_data, exp: NOW_MS / 1_000 })],
    ['exp long past', 'ERR_PROTOCOL_TOKEN_EXPIRED', signed(RS256, { package_data, exp: 1 })],
    ['exp negative', 'ERR_PROTOCOL_TOKEN_EXPIRED', signed(RS256, { package_data, exp: -exp })],
    ['exp in milliseconds', 'ERR_PROTOCOL_TOKEN_EXP_TOO_FAR', signed(RS256, { package_data, exp: NOW_MS })],
    [
      'exp so large that it overflows',
      'ERR_PROTOCOL_TOKEN_EXP_TOO_FAR',
      signed(RS256, '{"package_data":"e30=","exp":1e308}'),
    ],
    ['nbf ahead', 'ERR_PROTOCOL_TOKEN_NOT_YET_VALID', signed(RS256, { ...claims, nbf: NOW_MS / 1_000 + 1 })],
    ['nbf as text', 'ERR_PROTOCOL_TOKEN_NOT_YET_VALID', signed(RS256, { ...claims, nbf: '0' })],
    ['no package_data', 'ERR_PROTOCOL_PACKAGE_DATA', signed(RS256, { exp })],
    ['empty package_data', 'ERR_PROTOCOL_PACKAGE_DATA', signed(RS256, { exp, package_data: '' })],
    ['package_data as object', 'ERR_PROTOCOL_PACKAGE_DATA', signed(RS256, { exp, package_data: {} })],
    ['package_data without padding', 'ERR_PROTOCOL_PACKAGE_DATA', signed(RS256, { exp, package_data: 'e30' })],
    ['package_data with too much padding', 'ERR_PROTOCOL_PACKAGE_DATA', signed(RS256, { exp, package_data: 'e30==' })],
    ['package_data as base64url', 'ERR_PROTOCOL_PACKAGE_DATA', signed(RS256, { exp, package_data: '-_-_' })],
    ['package_data with a line break', 'ERR_PROTOCOL_PACKAGE_DATA', signed(RS256, { exp, package_data: 'e3\n0=' })],
    ['package_data with a space', 'ERR_PROTOCOL_PACKAGE_DATA', signed(RS256, { exp, package_data: 'e30= ' })],
    ['package_data with unused bits set', 'ERR_PROTOCOL_PACKAGE_DATA', signed(RS256, { exp, package_data: 'e31=' })],
  ])('for %s: %s', async (_what, code, token) => {
    expect(await faultOf(token)).toBe(code)
  })

  it('a millisecond after it expired and not a millisecond before', async () => {
    const token = signed(RS256, claims)
    expect(await faultOf(token, undefined, exp * 1_000 - 1)).toBe('was accepted')
    expect(await faultOf(token, undefined, exp * 1_000)).toBe('ERR_PROTOCOL_TOKEN_EXPIRED')
  })

  it('a millisecond beyond the age its key may ask for plus the skew of clocks', async () => {
    const key = { ...node.verification, maxTokenAgeMs: 60_000 }
    const latestMs = exp * 1_000 - 60_000 - EXP_SKEW_MS_MAX
    expect(await faultOf(signed(RS256, claims), [key], latestMs)).toBe('was accepted')
    expect(await faultOf(signed(RS256, claims), [key], latestMs - 1)).toBe('ERR_PROTOCOL_TOKEN_EXP_TOO_FAR')
  })

  it('once its key has retired, although the signature holds', async () => {
    const key = { ...node.verification, notAfterMs: NOW_MS }
    expect(await faultOf(signed(RS256, claims), [key], NOW_MS)).toBe('was accepted')
    expect(await faultOf(signed(RS256, claims), [key], NOW_MS + 1)).toBe('ERR_PROTOCOL_TOKEN_SIGNATURE')
  })

  it('without any key', async () => {
    expect(await faultOf(signed(RS256, claims), [])).toBe('ERR_PROTOCOL_TOKEN_SIGNATURE')
  })

  it('by keys that are unfit for RS256, which stand in nobody else’s way', async () => {
    const unfit = [
      createTestKey('small', 1024).publicKey,
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey,
      generateKeyPairSync('ed25519').publicKey,
      generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey,
    ].map((key) => verificationKeyOf('unfit', key))
    expect(await faultOf(signed(RS256, claims), unfit)).toBe('ERR_PROTOCOL_TOKEN_SIGNATURE')
    expect(await faultOf(signed(RS256, claims), [...unfit, node.verification])).toBe('was accepted')
  })

  it('signed by 1024 bits, even with that very key', async () => {
    const small = createTestKey('small', 1024)
    expect(await faultOf(handmadeToken(RS256, claims, small.privateKey), [small.verification])).toBe(
      'ERR_PROTOCOL_TOKEN_SIGNATURE',
    )
  })

  it('with a header longer than any header', async () => {
    const padded = (length: number) => signed({ ...RS256, pad: 'x'.repeat(length) }, claims)
    expect(await faultOf(padded(3_000))).toBe('was accepted')
    expect(await faultOf(padded(3_100))).toBe('ERR_PROTOCOL_TOKEN_MALFORMED')
  })

  it('longer than any body', async () => {
    expect(await faultOf(`${'A'.repeat(4 * 1024 * 1024)}.AA.AA`)).toBe('ERR_PROTOCOL_TOKEN_MALFORMED')
  })

  it('with a message that says nothing of its content', async () => {
    const error: unknown = await verifyPackageToken(
      signed({ ...RS256, jku: 'SECRET' }, claims),
      [node.verification],
      NOW_MS,
    ).catch((e: unknown) => e)
    expect(error).toMatchObject({ name: 'ProtocolFault', message: 'the token has a header that is not accepted' })
  })
})

/** Header and signature of one token around the payload of another. */
function splice(outer: string, inner: string): string {
  const [header = '', , signature = ''] = outer.split('.')
  return [header, inner.split('.')[1] ?? '', signature].join('.')
}
