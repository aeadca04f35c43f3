import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { businessKey, COBO_CHECK_PATHS, DIALECTS, digestOf, KINDS, OUTCOME_PATH, TOKEN_FIELD } from '../src/index.ts'

describe('a business key', () => {
  it('names platform, organisation and transaction', () => {
    expect(businessKey('cobo', 'acme', '2025:1')).toBe('cobo:acme:2025:1')
  })

  it.each([
    ['', 'tx'],
    ['acme', ''],
    ['a:b', 'tx'],
    [':', 'tx'],
  ])('is not made of organisation %j and id %j', (organisation, id) => {
    expect(() => businessKey('fireblocks', organisation, id)).toThrow(RangeError)
  })

  it('of two different transactions is never the same', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), minLength: 1, maxLength: 3 })
    const id = fc.string({ unit: fc.constantFrom('a', 'b', ':'), minLength: 1, maxLength: 4 })
    const parts = fc.tuple(fc.constantFrom('cobo' as const, 'fireblocks' as const), part, id)
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        expect(businessKey(...one) === businessKey(...other)).toBe(one.join('|') === other.join('|'))
      }),
      { numRuns: 2_000 },
    )
  })
})

it('a digest is SHA-256 in lower-case hex', () => {
  expect(digestOf(new Uint8Array())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  expect(digestOf(Buffer.from('abc'))).toBe(createHash('sha256').update('abc').digest('hex'))
})

it('the words on the wire are these', () => {
  expect(COBO_CHECK_PATHS).toEqual({ 'cobo-v1': '/v1/check', 'cobo-v2': '/v2/check' })
  expect([OUTCOME_PATH, TOKEN_FIELD]).toEqual(['/v2/outcome', 'TSS_JWT_MSG'])
  expect(DIALECTS).toEqual(['cobo-v1', 'cobo-v2', 'fireblocks-jwt', 'fireblocks-json'])
  expect(KINDS).toEqual([
    'ping',
    'keygen',
    'keysign',
    'keyreshare',
    'keysharesign',
    'tx-approval',
    'tx-signing',
    'config-change',
  ])
})
