import { describe, expect, it } from 'vitest'
import { businessKey, digestOf, ProtocolFault, signOutcome, signPackageToken, verifyOutcome } from '../src/index.ts'
import type { OutcomeNotice, VerificationKey } from '../src/index.ts'
import { EXP_SKEW_MS_MAX } from '../src/signed-token.ts'
import { handmadeToken } from './handmade-token.ts'
import { omitMember } from './omit-member.ts'
import { createTestKey, NOW_MS } from './signing-keys.ts'

const gateway = createTestKey('gateway')
const stranger = createTestKey('stranger')
const notice: OutcomeNotice = {
  aud: 'limits',
  caller: 'node-a',
  dialect: 'cobo-v2',
  kind: 'keysign',
  request_id: 'r-1',
  digest: digestOf(Uint8Array.of(1)),
  business_key: businessKey('cobo', 'acme', 'tx:1'),
  outcome: 'abandoned',
}
const HEADER = { alg: 'RS256', typ: 'cq-outcome+jwt' }
const exp = NOW_MS / 1_000 + 60

const verify = (token: string, keys: readonly VerificationKey[] = [gateway.verification], nowMs = NOW_MS) =>
  verifyOutcome(token, keys, 'limits', nowMs)
const faultOf = (...args: Parameters<typeof verify>) =>
  verify(...args).then(
    () => 'was accepted',
    (error: unknown) => (error instanceof ProtocolFault ? error.code : error),
  )
const signed = (claims: object, header: object = HEADER) => handmadeToken(header, claims, gateway.privateKey)

describe('an outcome notice', () => {
  it.each(['approved', 'rejected', 'abandoned'] as const)(
    'that says %s is read back as it was signed',
    async (outcome) => {
      const token = await signOutcome({ ...notice, outcome }, gateway.privateKey, NOW_MS)
      expect(await verify(token, [stranger.verification, gateway.verification])).toEqual({ ...notice, outcome })
    },
  )

  it('lives for a minute', async () => {
    const token = await signOutcome(notice, gateway.privateKey, NOW_MS)
    expect(await faultOf(token, undefined, NOW_MS + 59_999)).toBe('was accepted')
    expect(await faultOf(token, undefined, NOW_MS + 60_000)).toBe('ERR_PROTOCOL_TOKEN_EXPIRED')
  })

  it('may not ask for more than a minute, however long its key is trusted', async () => {
    expect(await faultOf(signed({ ...notice, exp: exp + EXP_SKEW_MS_MAX / 1_000 }))).toBe('was accepted')
    expect(await faultOf(signed({ ...notice, exp: exp + EXP_SKEW_MS_MAX / 1_000 + 1 }))).toBe(
      'ERR_PROTOCOL_TOKEN_EXP_TOO_FAR',
    )
    const brief = { ...gateway.verification, maxTokenAgeMs: 10_000 }
    expect(await faultOf(signed({ ...notice, exp }), [brief])).toBe('ERR_PROTOCOL_TOKEN_EXP_TOO_FAR')
  })

  it('is for one audience only', async () => {
    const token = await signOutcome({ ...notice, aud: 'sanctions' }, gateway.privateKey, NOW_MS)
    expect(await faultOf(token)).toBe('ERR_PROTOCOL_OUTCOME_MALFORMED')
    expect(await faultOf(signed({ ...notice, exp, aud: ['limits', 'sanctions'] }))).toBe(
      'ERR_PROTOCOL_OUTCOME_MALFORMED',
    )
  })

  it('is refused without exp and by another key', async () => {
    expect(await faultOf(signed(notice))).toBe('ERR_PROTOCOL_TOKEN_EXP_MISSING')
    expect(await faultOf(await signOutcome(notice, stranger.privateKey, NOW_MS))).toBe('ERR_PROTOCOL_TOKEN_SIGNATURE')
  })

  it.each([undefined, 'JWT', 'CQ-OUTCOME+JWT', 'application/cq-outcome+jwt', null])(
    'is refused with typ %j',
    async (typ) => {
      expect(await faultOf(signed({ ...notice, exp }, { alg: 'RS256', typ }))).toBe('ERR_PROTOCOL_TOKEN_HEADER')
    },
  )

  it('is not to be had from a package token', async () => {
    const identity = { privateKey: gateway.privateKey, issuer: 'gateway', tokenExpireMs: 60_000 }
    expect(await faultOf(await signPackageToken(Buffer.from(JSON.stringify(notice)), identity, NOW_MS))).toBe(
      'ERR_PROTOCOL_TOKEN_HEADER',
    )
  })

  it.each(Object.keys(notice))('is refused with a missing, null, empty or wrong %s', async (member) => {
    const rest = omitMember<unknown>({ ...notice, exp }, member)
    for (const claims of [rest, { ...rest, [member]: null }, { ...rest, [member]: '' }, { ...rest, [member]: 7 }]) {
      expect(await faultOf(signed(claims))).toBe('ERR_PROTOCOL_OUTCOME_MALFORMED')
    }
  })

  it.each([
    ['outcome', 'APPROVED'],
    ['outcome', 'released'],
    ['kind', 'payment'],
    ['dialect', 'cobo'],
    ['digest', 'AB'.repeat(32)],
    ['business_key', 'cobo:acme:'],
    ['business_key', 'cobo:acme'],
    ['business_key', 'bank:acme:1'],
    ['other', 'member'],
  ])('is refused with %s %s', async (member, value) => {
    expect(await faultOf(signed({ ...notice, exp, [member]: value }))).toBe('ERR_PROTOCOL_OUTCOME_MALFORMED')
  })

  it('is refused when it says two things', async () => {
    const text = JSON.stringify({ ...notice, exp }).replace('{', '{"Outcome":"approved",')
    expect(await faultOf(handmadeToken(HEADER, text, gateway.privateKey))).toBe('ERR_PROTOCOL_TOKEN_MALFORMED')
  })
})
