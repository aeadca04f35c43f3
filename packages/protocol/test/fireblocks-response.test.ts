import { describe, expect, it } from 'vitest'
import {
  digestOf,
  fireblocksResponseJson,
  ProtocolFault,
  readFireblocksReply,
  readVerdict,
  signFireblocksResponse,
} from '../src/index.ts'
import type { FireblocksAction, FireblocksResponse, Verdict, VerdictExpectation } from '../src/index.ts'
import { bytesOf, vectors } from './fireblocks-content.ts'
import { handmadeToken } from './handmade-token.ts'
import { omitMember } from './omit-member.ts'
import { createTestKey, NOW_MS } from './signing-keys.ts'

const checker = createTestKey('checker')
const keys = [checker.verification]
const NOW_S = NOW_MS / 1_000

const verdict: Verdict = {
  checker: 'limits',
  caller: 'ab'.repeat(32),
  dialect: 'fireblocks-jwt',
  kind: 'tx-signing',
  request_id: 'r-1',
  digest: digestOf(bytesOf('{}')),
  policy_digest: '0'.repeat(64),
  data_version: '1',
  judged: true,
  bound: 'raw',
  outcome: 'approve',
  codes: [],
  issued_at: NOW_MS,
}
const answer: FireblocksResponse = { action: 'APPROVE', requestId: 'r-1', verdict, expiresAtMs: NOW_MS + 60_999 }

const partOf = (token: string, at: number): unknown =>
  JSON.parse(Buffer.from(token.split('.')[at] ?? '', 'base64url').toString())

async function faultOf(payload: unknown, nowMs = NOW_MS) {
  const body = bytesOf(handmadeToken({ alg: 'RS256' }, payload, checker.privateKey))
  return readFireblocksReply(body, keys, nowMs).then(
    () => 'was accepted',
    (error: unknown) => (error instanceof ProtocolFault ? error.code : error),
  )
}

describe('an answer', () => {
  it('has the shape of the documented one, but for the iat of its library', async () => {
    const { decoded_payload: documented, jwt } = vectors.response
    const response = {
      action: 'REJECT',
      requestId: String(documented.requestId),
      rejectionReason: 'Logic returned false',
    } as const
    const token = await signFireblocksResponse(response, checker.privateKey)
    expect(partOf(token, 0)).toEqual(partOf(jwt, 0))
    expect(partOf(token, 1)).toEqual(omitMember(documented, 'iat'))
    expect(fireblocksResponseJson(response)).toBe(JSON.stringify(omitMember(documented, 'iat')))
  })

  it.each<[FireblocksResponse, unknown]>([
    [
      { action: 'APPROVE', requestId: 'r' },
      { action: 'APPROVE', requestId: 'r' },
    ],
    [
      { action: 'APPROVE', requestId: 'r', rejectionReason: 'no' },
      { action: 'APPROVE', requestId: 'r' },
    ],
    [
      { action: 'REJECT', requestId: 'r', rejectionReason: '' },
      { action: 'REJECT', requestId: 'r' },
    ],
    [
      { action: 'RETRY', requestId: 'r', rejectionReason: 'é\n' },
      { action: 'RETRY', requestId: 'r', rejectionReason: '??' },
    ],
    [
      { action: 'IGNORE', requestId: 'r', expiresAtMs: NOW_MS },
      { action: 'IGNORE', requestId: 'r' },
    ],
    [answer, { action: 'APPROVE', requestId: 'r-1', verdict, exp: NOW_S + 60 }],
  ])('holds exactly the members that say something: %#', async (response, members) => {
    expect(partOf(await signFireblocksResponse(response, checker.privateKey), 1)).toEqual(members)
    expect(JSON.parse(fireblocksResponseJson(response))).toEqual(members)
  })

  it('has a reason no longer than an audit log can show', () => {
    const response = { action: 'REJECT', requestId: 'r', rejectionReason: 'x'.repeat(501) } as const
    expect(JSON.parse(fireblocksResponseJson(response))).toMatchObject({ rejectionReason: `${'x'.repeat(497)}...` })
  })

  it('is not signed without a request id, nor a verdict without its expiry', async () => {
    const sign = (response: FireblocksResponse) => signFireblocksResponse(response, checker.privateKey)
    await expect(sign({ action: 'APPROVE', requestId: '' })).rejects.toThrow(RangeError)
    await expect(sign({ action: 'APPROVE', requestId: 'r-1', verdict })).rejects.toThrow(RangeError)
    await expect(sign({ ...answer, expiresAtMs: Number.NaN })).rejects.toThrow(RangeError)
  })
})

describe('a reply', () => {
  it.each<FireblocksAction>(['APPROVE', 'REJECT', 'RETRY', 'IGNORE'])(
    'that says %s is read as it was signed',
    async (action) => {
      const token = await signFireblocksResponse({ ...answer, action, rejectionReason: 'LIMIT' }, checker.privateKey)
      expect(await readFireblocksReply(bytesOf(`"${token}"\n`), keys, NOW_MS)).toEqual({
        action,
        requestId: 'r-1',
        ...(action !== 'APPROVE' && { rejectionReason: 'LIMIT' }),
        verdict,
        fingerprint: checker.verification.fingerprint,
        expiresAtMs: NOW_MS + 60_000,
      })
    },
  )

  it('of another server needs no exp, and null and empty reasons are none', async () => {
    for (const rejectionReason of [null, '', undefined]) {
      const payload = { action: 'APPROVE', requestId: 'r', rejectionReason, verdict: null, txId: 't', iat: 1 }
      const body = bytesOf(handmadeToken({ typ: 'JWT', alg: 'RS256' }, payload, checker.privateKey))
      expect(await readFireblocksReply(body, keys, NOW_MS)).toEqual({
        action: 'APPROVE',
        requestId: 'r',
        fingerprint: checker.verification.fingerprint,
      })
    }
  })

  const base = { action: 'APPROVE', requestId: 'r-1' }
  it.each<[string, string, unknown]>([
    ['no action', 'ERR_PROTOCOL_REPLY_MALFORMED', { requestId: 'r' }],
    ['another action', 'ERR_PROTOCOL_REPLY_MALFORMED', { ...base, action: 'WAIT' }],
    ['an action in lower case', 'ERR_PROTOCOL_REPLY_MALFORMED', { ...base, action: 'approve' }],
    ['an action in a list', 'ERR_PROTOCOL_REPLY_MALFORMED', { ...base, action: ['APPROVE'] }],
    ['no request id', 'ERR_PROTOCOL_REPLY_MALFORMED', { action: 'APPROVE' }],
    ['an empty request id', 'ERR_PROTOCOL_REPLY_MALFORMED', { ...base, requestId: '' }],
    ['a request id that is a number', 'ERR_PROTOCOL_REPLY_MALFORMED', { ...base, requestId: 1 }],
    ['a reason that is no text', 'ERR_PROTOCOL_REPLY_MALFORMED', { ...base, rejectionReason: {} }],
    ['members of a .NET serialiser', 'ERR_PROTOCOL_REPLY_MALFORMED', { Action: 'APPROVE', RequestId: 'r' }],
    ['two actions', 'ERR_PROTOCOL_TOKEN_MALFORMED', '{"action":"APPROVE","requestId":"r","Action":"REJECT"}'],
    ['a number that loses digits', 'ERR_PROTOCOL_JSON', '{"action":"APPROVE","requestId":"r","n":9007199254740993}'],
    ['a verdict without exp', 'ERR_PROTOCOL_TOKEN_EXP_MISSING', { ...base, verdict }],
    ['a verdict with exp null', 'ERR_PROTOCOL_TOKEN_EXP_MISSING', { ...base, verdict, exp: null }],
    ['exp of now', 'ERR_PROTOCOL_TOKEN_EXPIRED', { ...base, verdict, exp: NOW_S }],
    ['exp a day ahead', 'ERR_PROTOCOL_TOKEN_EXP_TOO_FAR', { ...base, verdict, exp: NOW_S + 86_400 }],
    ['exp a day ahead without verdict', 'ERR_PROTOCOL_TOKEN_EXP_TOO_FAR', { ...base, exp: NOW_S + 86_400 }],
  ])('with %s is none: %s', async (_what, code, payload) => {
    expect(await faultOf(payload)).toBe(code)
  })

  it('dies with its exp', async () => {
    const payload = { ...base, verdict, exp: NOW_S + 60 }
    expect(await faultOf(payload, NOW_MS + 59_999)).toBe('was accepted')
    expect(await faultOf(payload, NOW_MS + 60_000)).toBe('ERR_PROTOCOL_TOKEN_EXPIRED')
  })
})

describe('the verdict in a reply', () => {
  const { checker: name, caller, dialect, kind, request_id: requestId, digest } = verdict
  const question = { checker: name, caller, kind, requestId, digest, notBeforeMs: NOW_MS, notAfterMs: NOW_MS }
  const replied = (action: FireblocksAction): VerdictExpectation => ({
    ...question,
    dialect,
    reply: { family: 'fireblocks', action },
  })

  it('agrees with its action in exactly three ways', () => {
    const agreeing: string[] = []
    for (const outcome of ['approve', 'reject', 'unable'] as const) {
      for (const action of ['APPROVE', 'REJECT', 'RETRY', 'IGNORE'] as const) {
        if ('verdict' in readVerdict({ ...verdict, outcome }, replied(action))) agreeing.push(`${outcome} ${action}`)
      }
    }
    expect(agreeing).toEqual(['approve APPROVE', 'reject REJECT', 'unable RETRY'])
  })

  it('of one family never travels in a reply of the other', () => {
    const outcome = { mismatches: ['outcome'] }
    for (const of of ['cobo-v1', 'cobo-v2'] as const) {
      const asked = { ...replied('APPROVE'), dialect: of }
      expect(readVerdict({ ...verdict, dialect: of }, asked)).toEqual(outcome)
    }
    for (const of of ['fireblocks-jwt', 'fireblocks-json'] as const) {
      const asked = { ...question, dialect: of, status: 0, action: 'APPROVE' }
      expect(readVerdict({ ...verdict, dialect: of }, asked)).toEqual(outcome)
      expect(readVerdict({ ...verdict, dialect: of }, { ...replied('APPROVE'), dialect: of })).toHaveProperty('verdict')
    }
  })

  it('about another question names the member that differs', () => {
    expect(readVerdict({ ...verdict, request_id: 'r-2' }, replied('APPROVE'))).toEqual({ mismatches: ['request_id'] })
    expect(readVerdict({ ...verdict, kind: 'tx-approval' }, replied('APPROVE'))).toEqual({ mismatches: ['kind'] })
  })
})
