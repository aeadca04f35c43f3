import { describe, expect, test } from 'vitest'
import { termsDigest } from '../../src/compare/terms-digest.ts'
import type { RecordMap } from '../../src/record/record-map.ts'
import { ASSETS, CUSTOMER } from '../lookup-rig.ts'
import { BATCH_MAP, intentOf, MAP, RECORD, RULES } from './records.ts'

const CALL_MAP: RecordMap = { ...MAP, calldata: { at: '/calldata', optional: true } }
const digestOf = (record: object, map: RecordMap = CALL_MAP): string | undefined =>
  termsDigest(intentOf(record, map), RULES, ASSETS)

const XRP = { ...RECORD, asset: 'XRP', amount: '1', address: 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66', memo: '123' }
const DIGEST = digestOf(RECORD)

describe('the digest of the terms', () => {
  test.each([
    ['amount is written otherwise', RECORD, { ...RECORD, amount: '1.500' }],
    ['destination is written otherwise', RECORD, { ...RECORD, address: CUSTOMER.toLowerCase() }],
    ['status changed', RECORD, { ...RECORD, state: 'paying' }],
    ['expiry changed', RECORD, { ...RECORD, valid_until: null }],
    ['tag stands inside the address', XRP, { ...XRP, address: `xrp:${XRP.address}?dt=123`, memo: null }],
    ['call data is written in upper case', { ...RECORD, calldata: '0xab' }, { ...RECORD, calldata: '0xAB' }],
    [
      'call data is written as its digest',
      { ...RECORD, calldata: '0x' },
      { ...RECORD, calldata: 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
    ],
  ])('stays when the %s', (_, one, other) => {
    expect(digestOf(one)).toMatch(/^[0-9a-f]{64}$/)
    expect(digestOf(other)).toBe(digestOf(one))
  })

  test.each([
    ['amount', { ...RECORD, amount: '1.500000000000000001' }],
    ['asset', { ...RECORD, asset: 'BTC', address: '1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu' }],
    ['destination', { ...RECORD, address: '0x8b45b84e2cf29e5f826797df7e1aa93fc71a2bfe' }],
    ['tag', { ...RECORD, memo: '1' }],
    ['call data', { ...RECORD, calldata: '0x' }],
  ])('changes with the %s', (_, record) => {
    expect(digestOf(record)).toMatch(/^[0-9a-f]{64}$/)
    expect(digestOf(record)).not.toBe(DIGEST)
  })

  test.each([
    ['amount', { ...RECORD, amount: '1,5' }],
    ['asset', { ...RECORD, asset: 'EUR' }],
    ['destination', { ...RECORD, address: 'alice' }],
    ['tag', { ...RECORD, memo: 7 }],
    ['tag beside another one in the address', { ...XRP, address: `xrp:${XRP.address}?dt=124` }],
    ['call data', { ...RECORD, calldata: 'ab' }],
    ['call data that is no text', { ...RECORD, calldata: 1 }],
  ])('is none when the %s cannot be read', (_, record) => {
    expect(digestOf(record)).toBeUndefined()
  })

  test('does not depend on the order of a batch, and does on everything in it', () => {
    const batch = (...payments: readonly object[]) => digestOf({ ...RECORD, payments }, BATCH_MAP)
    const [one, two] = [
      { address: CUSTOMER, amount: '1' },
      { address: CUSTOMER, amount: '2', memo: 'a' },
    ]
    expect(batch(two, one)).toBe(batch(one, two))
    const others = [
      batch(one),
      batch(two),
      batch(one, one, two),
      batch({ ...one, amount: '2' }, { ...two, amount: '1' }),
    ]
    expect(new Set([batch(one, two), ...others]).size).toBe(5)
    expect(batch(one, { ...two, amount: '-2' })).toBeUndefined()
  })
})
