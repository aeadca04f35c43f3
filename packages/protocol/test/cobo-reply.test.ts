import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  COBO_STATUS,
  digestOf,
  ProtocolFault,
  readCoboReply,
  signCoboResponse,
  signPackageToken,
} from '../src/index.ts'
import type { CoboResponse, SigningIdentity, VerificationKey, Verdict } from '../src/index.ts'
import { ERROR_TEXT_LENGTH_MAX } from '../src/printable-text.ts'
import { handmadeToken } from './handmade-token.ts'
import { createTestKey, NOW_MS } from './signing-keys.ts'

const server = createTestKey('limits')
const stranger = createTestKey('stranger')
const identity: SigningIdentity = { privateKey: server.privateKey, issuer: 'limits', tokenExpireMs: 120_000 }
const proof = { fingerprint: server.verification.fingerprint, expiresAtMs: NOW_MS + 120_000 }

const verdict: Verdict = {
  checker: 'limits',
  caller: 'ab'.repeat(32),
  dialect: 'cobo-v2',
  kind: 'keysign',
  request_id: 'r-1',
  digest: digestOf(Uint8Array.of(1)),
  policy_digest: '0'.repeat(64),
  data_version: '2026-08-21',
  judged: true,
  bound: 'raw',
  outcome: 'approve',
  codes: [],
  issued_at: NOW_MS,
}

const bytes = (text: string) => new TextEncoder().encode(text)
const read = (body: string, keys: readonly VerificationKey[] = [server.verification]) =>
  readCoboReply(bytes(body), keys, NOW_MS)
const faultOf = (body: Promise<unknown>) =>
  body.then(
    () => 'was accepted',
    (error: unknown) => (error instanceof ProtocolFault ? error.code : error),
  )

async function payloadOf(response: CoboResponse): Promise<string> {
  const token = await signCoboResponse(response, identity, NOW_MS)
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    readonly package_data: string
  }
  return Buffer.from(claims.package_data, 'base64').toString()
}

const replyOf = async (content: string) => read(await signPackageToken(bytes(content), identity, NOW_MS))

describe('a signed response', () => {
  it('holds exactly the members that were given', async () => {
    expect(await payloadOf({ status: 0, request_id: 'p-1' })).toBe('{"status":0,"request_id":"p-1"}')
    expect(await payloadOf({ status: COBO_STATUS.invalidToken, request_id: '' })).toBe('{"status":20,"request_id":""}')
    expect(await payloadOf({ status: 0, request_id: 'r-1', action: 'REJECT', error: 'no' })).toBe(
      '{"status":0,"request_id":"r-1","action":"REJECT","error":"no"}',
    )
  })

  it('is read back as it was signed', async () => {
    const token = await signCoboResponse({ status: 0, request_id: 'r-1', action: 'APPROVE', verdict }, identity, NOW_MS)
    expect(await read(token)).toEqual({ status: 0, requestId: 'r-1', action: 'APPROVE', verdict, ...proof })
  })

  it('is read back as it was signed, for any status, id and printable text', async () => {
    const printable = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 10, 20, 30), printable, printable, async (status, request_id, error) => {
        const token = await signCoboResponse({ status, request_id, action: 'REJECT', error }, identity, NOW_MS)
        expect(await read(token)).toEqual({ status, requestId: request_id, action: 'REJECT', error, ...proof })
      }),
      { numRuns: 50 },
    )
  })

  it('has an error text that is printable and bounded, whatever it was made from', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 3_000 }), async (error) => {
        const { error: text } = JSON.parse(await payloadOf({ status: 30, request_id: 'r', error })) as {
          readonly error: string
        }
        expect(text).toMatch(/^[\x20-\x7e]*$/)
        expect(text.length).toBeLessThanOrEqual(ERROR_TEXT_LENGTH_MAX)
      }),
      { numRuns: 50, examples: [['\u001b[2J\r\n\u202e'], ['x'.repeat(ERROR_TEXT_LENGTH_MAX + 1)]] },
    )
  })

  it('keeps an error text of the greatest length whole and marks a longer one as cut', async () => {
    const longest = 'x'.repeat(ERROR_TEXT_LENGTH_MAX)
    expect(await payloadOf({ status: 30, request_id: 'r', error: longest })).toContain(longest)
    expect(await payloadOf({ status: 30, request_id: 'r', error: `${longest}x` })).toContain(
      `${'x'.repeat(ERROR_TEXT_LENGTH_MAX - 3)}..."`,
    )
  })

  it.each([10, 20, 30, -1])('is never an APPROVE with status %d', async (status) => {
    await expect(signCoboResponse({ status, request_id: 'r-1', action: 'APPROVE' }, identity, NOW_MS)).rejects.toThrow(
      RangeError,
    )
  })

  it('is never an APPROVE of nothing', async () => {
    await expect(signCoboResponse({ status: 0, request_id: '', action: 'APPROVE' }, identity, NOW_MS)).rejects.toThrow(
      RangeError,
    )
  })
})

describe('a reply', () => {
  it.each([
    ['bare', (token: string) => token],
    ['in double quotes', (token: string) => `"${token}"`],
    ['with white space around', (token: string) => ` \r\n${token}\n`],
    ['in double quotes with white space around', (token: string) => `\t"${token}"\n`],
  ])('is read %s', async (_how, wrap) => {
    const token = await signCoboResponse({ status: 0, request_id: 'r-1', action: 'APPROVE' }, identity, NOW_MS)
    expect(await read(wrap(token))).toEqual({ status: 0, requestId: 'r-1', action: 'APPROVE', ...proof })
  })

  it.each([
    ['quoted twice', (token: string) => `""${token}""`],
    ['quoted at one end', (token: string) => `"${token}`],
    ['quoted at its start only, with one more character behind', (token: string) => `"${token}x`],
    ['quoted at its end only, with one more character before', (token: string) => `x${token}"`],
    ['in single quotes', (token: string) => `'${token}'`],
    ['inside an array', (token: string) => `["${token}"]`],
    ['followed by another', (token: string) => `${token} ${token}`],
    ['after a field name', (token: string) => `TSS_JWT_MSG=${token}`],
  ])('is refused %s', async (_how, wrap) => {
    const token = await signCoboResponse({ status: 0, request_id: 'r-1', action: 'APPROVE' }, identity, NOW_MS)
    expect(await faultOf(read(wrap(token)))).toBe('ERR_PROTOCOL_TOKEN_MALFORMED')
  })

  it.each(['', '"', '""', '<html></html>', '{"status":0,"request_id":"r-1","action":"APPROVE"}', 'null'])(
    'is refused when the body is %j',
    async (body) => {
      expect(await faultOf(read(body))).toBe('ERR_PROTOCOL_TOKEN_MALFORMED')
    },
  )

  it('is refused when it is not UTF-8, or longer than any body', async () => {
    for (const body of [Uint8Array.of(0xff), new Uint8Array(4 * 1024 * 1024 + 1).fill(0x41)]) {
      expect(await faultOf(readCoboReply(body, [server.verification], NOW_MS))).toBe('ERR_PROTOCOL_TOKEN_MALFORMED')
    }
  })

  it('is refused when another key signed it, when it expired and when it never does', async () => {
    const content = Buffer.from('{"status":0,"request_id":"r-1","action":"APPROVE"}').toString('base64')
    const now = NOW_MS / 1_000
    const signed = (claims: object, key = server) =>
      handmadeToken({ alg: 'RS256', typ: 'JWT' }, { package_data: content, ...claims }, key.privateKey)
    expect(await faultOf(read(signed({ exp: now + 60 })))).toBe('was accepted')
    expect(await faultOf(read(signed({ exp: now + 60 }, stranger)))).toBe('ERR_PROTOCOL_TOKEN_SIGNATURE')
    expect(await faultOf(read(signed({ exp: now })))).toBe('ERR_PROTOCOL_TOKEN_EXPIRED')
    expect(await faultOf(read(signed({})))).toBe('ERR_PROTOCOL_TOKEN_EXP_MISSING')
    expect(await faultOf(read(signed({ exp: now + 86_400 })))).toBe('ERR_PROTOCOL_TOKEN_EXP_TOO_FAR')
  })

  it('without a status has status 0, as the official Go sample writes it', async () => {
    expect(await replyOf('{"request_id":"r-1","action":"APPROVE"}')).toEqual({
      status: 0,
      requestId: 'r-1',
      action: 'APPROVE',
      ...proof,
    })
    expect(await replyOf('{"status":null}')).toEqual({ status: 0, ...proof })
    expect(await replyOf('{}')).toEqual({ status: 0, ...proof })
  })

  it('reads null and empty members as absent, as the official Java and Rust samples write them', async () => {
    expect(await replyOf('{"status":0,"request_id":"","action":"","error":"","verdict":null}')).toEqual({
      status: 0,
      ...proof,
    })
    expect(await replyOf('{"status":30,"request_id":null,"action":null,"error":null}')).toEqual({
      status: 30,
      ...proof,
    })
  })

  it('gives an action that nobody knows as it came, so that it cannot pass for one', async () => {
    for (const action of ['WAIT', 'approve', ' APPROVE', 'APPROVED']) {
      expect((await replyOf(JSON.stringify({ action }))).action).toBe(action)
    }
  })

  it('has an error text that may be printed', async () => {
    expect((await replyOf(JSON.stringify({ error: `\u001b[31m${'x'.repeat(5_000)}` }))).error).toMatch(
      /^\?\[31mx+\.\.\.$/,
    )
  })

  it.each([
    ['ERR_PROTOCOL_REPLY_MALFORMED', '[]'],
    ['ERR_PROTOCOL_REPLY_MALFORMED', '"APPROVE"'],
    ['ERR_PROTOCOL_REPLY_MALFORMED', '{"status":"0","action":"APPROVE"}'],
    ['ERR_PROTOCOL_REPLY_MALFORMED', '{"status":0.5}'],
    ['ERR_PROTOCOL_REPLY_MALFORMED', '{"status":false}'],
    ['ERR_PROTOCOL_REPLY_MALFORMED', '{"request_id":1}'],
    ['ERR_PROTOCOL_REPLY_MALFORMED', '{"action":["APPROVE"]}'],
    ['ERR_PROTOCOL_REPLY_MALFORMED', '{"error":{}}'],
    ['ERR_PROTOCOL_JSON', 'APPROVE'],
    ['ERR_PROTOCOL_JSON', '{"action":"REJECT","action":"APPROVE"}'],
    ['ERR_PROTOCOL_JSON', '{"action":"REJECT","Action":"APPROVE"}'],
    ['ERR_PROTOCOL_JSON', '{"action":"APPROVE","verdict":{"outcome":"reject","outcome":"approve"}}'],
    ['ERR_PROTOCOL_JSON', '{"action":"APPROVE"}{}'],
    ['ERR_PROTOCOL_JSON', '{"action":"APPROVE","n":1e999}'],
  ])('is refused with %s when it says %s', async (code, content) => {
    expect(await faultOf(replyOf(content))).toBe(code)
  })
})
