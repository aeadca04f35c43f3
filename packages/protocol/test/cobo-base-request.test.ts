import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCoboRequest } from '../src/index.ts'
import { readBase, readVectors, vectorOf } from './cobo-package.ts'

const DIALECTS = ['cobo-v1', 'cobo-v2'] as const
const content = { request_detail: '{"a":1}', extra_info: '{"a":1}' }
const UNREADABLE_IDS = [undefined, null, '', 7, {}, [], true, 'x'.repeat(257), 'a\u0000b', 'a\nb', 'a\u0085b']

describe.each(DIALECTS)('a ping of %s', (dialect) => {
  it.each([
    '{}',
    '{"request_type":0}',
    '{"request_type":null}',
    '{"request_type":-0}',
    '{"request_type":0.0}',
    '{"request_id":"","request_detail":"","extra_info":""}',
    '{"request_id":{},"request_detail":{},"extra_info":{}}',
    '{"request_type":0,"request_detail":"{}","extra_info":"{}"}',
    '{"request_type":0,"request_detail":null,"extra_info":{},"other":1}',
  ])('is %s', (text) => {
    expect(readBase(dialect, text)).toEqual({ result: 'ping', requestId: '' })
  })

  it('gives its id back when it has one', () => {
    expect(readBase(dialect, { request_id: 'p-1' })).toEqual({ result: 'ping', requestId: 'p-1' })
    expect(readBase(dialect, { request_id: 'p-1', request_type: 0 })).toEqual({ result: 'ping', requestId: 'p-1' })
  })

  it('is answered without an id when its id cannot be read', () => {
    for (const request_id of UNREADABLE_IDS)
      expect(readBase(dialect, { request_id, request_type: 0 })).toEqual({ result: 'ping', requestId: '' })
  })

  it.each(['request_detail', 'extra_info'])('with %s is refused', (member) => {
    for (const value of ['{"a":1}', ' ', '{ }', 'x', '[]', 'null', { a: 1 }, [], 0, false]) {
      expect(readBase(dialect, { request_id: 'p-1', request_type: 0, [member]: value })).toEqual({
        result: 'malformed',
        requestId: 'p-1',
        requestType: 0,
        kind: 'ping',
        code: 'PING_WITH_CONTENT',
        reason: 'request_type 0 with request_detail or extra_info',
      })
    }
  })

  it('with content but without a readable id has nobody to answer to', () => {
    for (const request_id of UNREADABLE_IDS)
      expect(readBase(dialect, { request_id, request_type: 0, ...content }).result).toBe('unidentified')
  })
})

describe.each(DIALECTS)('a request of %s', (dialect) => {
  it('without a readable id is unidentified, whatever its type', () => {
    for (const request_id of UNREADABLE_IDS) {
      for (const request_type of [1, 2, 3, 4, 5, '2', 1.5]) {
        expect(readBase(dialect, { request_id, request_type, ...content }).result).toBe('unidentified')
      }
    }
  })

  it('may have an id of 256 characters', () => {
    expect(readBase(dialect, { request_id: 'x'.repeat(256), request_type: 4, ...content }).result).toBe('malformed')
  })

  it.each([
    'text',
    '',
    '[]',
    '1',
    'null',
    '"{}"',
    '{"request_id":"a","request_id":"b"}',
    '{"request_id":"a","Request_Id":"b"}',
    '{"request_id":"a","request_type":2,"request\\u005fid":"b"}',
    '{"request_id":"a","x":1e400}',
    '{"request_id":"a"} ,',
    '\ufeff{}',
    '{"__proto__":{}}',
  ])('is unidentified when its content is %s', (text) => {
    expect(readBase(dialect, text).result).toBe('unidentified')
  })

  it('is unidentified when its content is not UTF-8', () => {
    expect(readCoboRequest(dialect, Uint8Array.from([0x7b, 0xff, 0x7d])).result).toBe('unidentified')
  })

  it.each([1.5, '1', '', true, {}, [], 2 ** 31, -(2 ** 31), 1e300, null, undefined])(
    'with request_type %j has an invalid type',
    (request_type) => {
      const reading = readBase(dialect, { request_id: 'r-1', request_type, ...content })
      expect(reading).toMatchObject({ result: 'malformed', requestId: 'r-1', code: 'REQUEST_TYPE_INVALID' })
      expect(reading).not.toHaveProperty('kind')
    },
  )

  it('without type and content but with an id is a ping, and never more', () => {
    expect(readBase(dialect, { request_id: 'pending', request_detail: '{}' })).toEqual({
      result: 'ping',
      requestId: 'pending',
    })
  })

  const unknown = dialect === 'cobo-v1' ? [4, 5, 6, -1, 2 ** 31 - 1] : [4, 6, -1, 2 ** 31 - 1]
  it.each(unknown)('with request_type %d has an unknown type', (request_type) => {
    const reading = readBase(dialect, { request_id: 'r-1', request_type, ...content })
    expect(reading).toMatchObject({
      result: 'malformed',
      requestId: 'r-1',
      requestType: request_type,
      code: 'REQUEST_TYPE_UNKNOWN',
    })
    expect(reading).not.toHaveProperty('kind')
  })

  it('of the years of "meta" is refused for want of a detail', () => {
    const { package_data } = readVectors('cobo-v1-legacy-meta.json') as { readonly package_data: string }
    expect(readCoboRequest(dialect, Buffer.from(package_data, 'base64'))).toMatchObject({
      result: 'malformed',
      requestId: 'test-req-id',
      kind: 'keygen',
      code: 'DETAIL_INVALID',
    })
  })

  it('is read, whatever is in it, without throwing, and is a request only with both texts', () => {
    const vector = vectorOf(dialect, 'keygen')
    const good = { detail: JSON.stringify(vector.request_detail), extra: JSON.stringify(vector.extra_info) }
    const value = (text: string) => fc.oneof(fc.constant(text), fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined))
    fc.assert(
      fc.property(
        fc.record({
          request_id: value('r-1'),
          request_type: fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 5), value('1')),
          request_detail: value(good.detail),
          extra_info: value(good.extra),
        }),
        (base) => {
          const reading = readBase(dialect, base)
          if (reading.result !== 'request') return
          expect(base).toEqual({
            request_id: reading.request.requestId,
            request_type: reading.request.requestType,
            request_detail: good.detail,
            extra_info: good.extra,
          })
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('says in its reason which member is wrong, in printable characters and shortly', () => {
    const reading = readBase(dialect, {
      request_id: 'r-1',
      request_type: 1,
      request_detail: JSON.stringify({ threshold: 'SECRET', node_ids: [] }),
      extra_info: '{"a":1}',
    })
    expect(reading).toMatchObject({
      reason: expect.stringMatching(/^request_detail member threshold: [\x20-\x7e]{1,200}$/) as unknown,
    })
    expect(JSON.stringify(reading)).not.toContain('SECRET')
  })
})
