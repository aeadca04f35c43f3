import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digestOf, ProtocolFault, verifyJsonWrap, wrapJsonRequest } from '../src/index.ts'
import type { FireblocksEndpoint, WrapOrigin } from '../src/index.ts'
import { WRAPPED_BODY_LENGTH_MAX } from '../src/fireblocks/json-wrap.ts'
import { bytesOf } from './fireblocks-content.ts'
import { handmadeToken } from './handmade-token.ts'
import { createTestKey, NOW_MS } from './signing-keys.ts'

const gateway = createTestKey('gateway')
const stranger = createTestKey('stranger')
const keys = [gateway.verification]
const body = bytesOf('{ "requestId":"r-1", "amount":0.01000000 }\n')
const HEADER = { typ: 'cq-fireblocks-json+jwt', alg: 'RS256', cq_endpoint: 'tx' }

const wrap = (origin: WrapOrigin, bytes = body) => wrapJsonRequest(bytes, gateway.privateKey, origin)

async function faultOf(token: string | Uint8Array, endpoint: FireblocksEndpoint = 'tx', nowMs = NOW_MS, by = keys) {
  return verifyJsonWrap(typeof token === 'string' ? bytesOf(token) : token, by, nowMs, endpoint).then(
    () => 'was accepted',
    (error: unknown) => (error instanceof ProtocolFault ? error.code : error),
  )
}

describe('a wrapped body', () => {
  it('comes out byte for byte, with the endpoint and the API user it was asked for', async () => {
    const token = await wrap({ endpoint: 'tx', signerId: 'user-1' })
    expect(await verifyJsonWrap(bytesOf(token), [stranger.verification, ...keys], NOW_MS, 'tx')).toEqual({
      token,
      content: body,
      digest: digestOf(body),
      owner: 'gateway',
      fingerprint: gateway.verification.fingerprint,
      endpoint: 'tx',
      signerId: 'user-1',
    })
  })

  it('may name no API user', async () => {
    const token = await wrap({ endpoint: 'config' })
    const read = await verifyJsonWrap(bytesOf(token), keys, NOW_MS, 'config')
    expect(read).toMatchObject({ endpoint: 'config', content: body })
    expect(read).not.toHaveProperty('signerId')
  })

  it('comes out byte for byte whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        const token = await wrap({ endpoint: 'tx' }, bytes)
        expect((await verifyJsonWrap(bytesOf(token), keys, NOW_MS, 'tx')).content).toEqual(bytes)
      }),
      { numRuns: 50 },
    )
  })

  it('may be as long as its token still fits into a body, and no longer', async () => {
    const largest = new Uint8Array(WRAPPED_BODY_LENGTH_MAX)
    expect(await faultOf(await wrap({ endpoint: 'tx', signerId: '€'.repeat(256) }, largest))).toBe('was accepted')
    for (const bytes of [new Uint8Array(0), new Uint8Array(WRAPPED_BODY_LENGTH_MAX + 1)]) {
      await expect(wrap({ endpoint: 'tx' }, bytes)).rejects.toMatchObject({ code: 'ERR_PROTOCOL_TOKEN_MALFORMED' })
    }
  })

  it.each(['', 's'.repeat(257), 'a\n'])('is not made for the API user %j', async (signerId) => {
    await expect(wrap({ endpoint: 'tx', signerId })).rejects.toThrow(RangeError)
  })
})

describe('a wrap is refused', () => {
  const signed = (header: unknown, key = gateway.privateKey) => handmadeToken(header, '{}', key)

  it('at the other endpoint', async () => {
    expect(await faultOf(await wrap({ endpoint: 'tx' }), 'config')).toBe('ERR_PROTOCOL_TOKEN_HEADER')
    expect(await faultOf(await wrap({ endpoint: 'config' }), 'tx')).toBe('ERR_PROTOCOL_TOKEN_HEADER')
  })

  it.each<[string, string, string]>([
    ['the typ of a Co-signer', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...HEADER, typ: 'JWT' })],
    ['no typ', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ alg: 'RS256', cq_endpoint: 'tx' })],
    ['no endpoint', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ typ: HEADER.typ, alg: 'RS256' })],
    ['an unknown endpoint', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...HEADER, cq_endpoint: 'TX' })],
    ['an empty API user', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...HEADER, cq_signer: '' })],
    ['an API user that is no text', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...HEADER, cq_signer: null })],
    ['a kid', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...HEADER, kid: '1' })],
    ['any other member', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...HEADER, cq_more: '1' })],
    ['crit', 'ERR_PROTOCOL_TOKEN_HEADER', signed({ ...HEADER, crit: ['cq_endpoint'] })],
    ['another algorithm', 'ERR_PROTOCOL_TOKEN_ALGORITHM', signed({ ...HEADER, alg: 'RS512' })],
    ['another key', 'ERR_PROTOCOL_TOKEN_SIGNATURE', signed(HEADER, stranger.privateKey)],
    ['bare JSON', 'ERR_PROTOCOL_TOKEN_MALFORMED', '{}'],
  ])('with %s: %s', async (_what, code, token) => {
    expect(await faultOf(token)).toBe(code)
    expect(await faultOf(signed(HEADER))).toBe('was accepted')
  })

  it('once its key has retired', async () => {
    const token = await wrap({ endpoint: 'tx' })
    const retired = [{ ...gateway.verification, notAfterMs: NOW_MS }]
    expect(await faultOf(token, 'tx', NOW_MS, retired)).toBe('was accepted')
    expect(await faultOf(token, 'tx', NOW_MS + 1, retired)).toBe('ERR_PROTOCOL_TOKEN_SIGNATURE')
  })

  it('with any byte of it flipped', async () => {
    const token = bytesOf(await wrap({ endpoint: 'tx', signerId: 'user-1' }))
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Uint8Array.from(token)
        changed[at] = (changed[at] ?? 0) ^ flip
        expect(await faultOf(changed)).toMatch(/^ERR_PROTOCOL_TOKEN_/)
      }),
      { numRuns: 300 },
    )
  })
})
