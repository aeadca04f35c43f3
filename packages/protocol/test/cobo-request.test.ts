import { describe, expect, it } from 'vitest'
import { transactionIdOf } from '../src/index.ts'
import type { CoboDialect } from '../src/index.ts'
import {
  readBase,
  readTransaction,
  readVectors,
  readWith,
  requestOf,
  v1Vectors,
  v2Vectors,
  vectorOf,
} from './cobo-package.ts'
import type { Members, RequestVector } from './cobo-package.ts'
import { omitMember } from './omit-member.ts'

const ALL: readonly (readonly [CoboDialect, string, RequestVector])[] = [
  ...v1Vectors.map((vector) => ['cobo-v1', vector.id, vector] as const),
  ...v2Vectors.requests.map((vector) => ['cobo-v2', vector.id, vector] as const),
]

describe.each(ALL)('%s %s', (dialect, _id, vector) => {
  const read = (detail: Members, extra: Members) => readWith(dialect, vector.kind, detail, extra)

  it('keeps every member that the specification names, under its name', () => {
    const request = requestOf(read({}, {}))
    expect(request).toMatchObject({ dialect, kind: vector.kind, requestType: vector.request_type, requestId: 'r-1' })
    expect(request.detail).toEqual(vector.request_detail)
    const extra = omitMember<unknown>(
      { ...request.extra },
      'to_address_details_parsed',
      'extra_parameters_parsed',
      'raw_tx_info_parsed',
    )
    expect(extra).toEqual(vector.extra_info)
  })

  it('names its transaction', () => {
    expect(transactionIdOf(requestOf(read({}, {})))).toBe(vector.transaction_id)
  })

  it('drops members that nobody knows, at the top and inside', () => {
    const request = requestOf(read({ timeline: [1] }, { approvers: { a: null } }))
    expect(request.detail).not.toHaveProperty('timeline')
    expect(request.extra).not.toHaveProperty('approvers')
  })

  it('reads null as absent in every member of its detail that may be left out', () => {
    for (const member of Object.keys(vector.request_detail)) {
      const rest = omitMember(vector.request_detail, member)
      const base = {
        request_id: 'r-1',
        request_type: vector.request_type,
        extra_info: JSON.stringify(vector.extra_info),
      }
      const absent = readBase(dialect, { ...base, request_detail: JSON.stringify(rest) })
      expect(read({ [member]: null }, {})).toEqual(absent)
    }
  })

  it('refuses a wrong type in every member of its detail', () => {
    for (const [member, value] of Object.entries(vector.request_detail)) {
      for (const wrong of [
        { a: 1 },
        true,
        typeof value === 'number' ? '1' : 1,
        typeof value === 'number' ? 1.5 : [1],
      ]) {
        expect(read({ [member]: wrong }, {})).toMatchObject({
          result: 'malformed',
          requestId: 'r-1',
          requestType: vector.request_type,
          kind: vector.kind,
          code: 'DETAIL_INVALID',
          reason: expect.stringContaining(`request_detail member ${member}`) as unknown,
        })
      }
    }
  })

  it('refuses a wrong type in every member of its extra', () => {
    for (const member of Object.keys(vector.extra_info)) {
      expect(read({}, { [member]: true })).toMatchObject({
        result: 'malformed',
        code: 'EXTRA_INVALID',
        kind: vector.kind,
      })
    }
  })

  it.each([
    ['request_detail', 'DETAIL_INVALID'],
    ['extra_info', 'EXTRA_INVALID'],
  ])('refuses an unreadable %s', (member, code) => {
    const base = {
      request_id: 'r-1',
      request_type: vector.request_type,
      request_detail: JSON.stringify(vector.request_detail),
      extra_info: JSON.stringify(vector.extra_info),
    }
    const good = member === 'extra_info' ? vector.extra_info : vector.request_detail
    const text = JSON.stringify(good)
    const unreadable = [
      undefined,
      null,
      '',
      ' ',
      '{}',
      '{ }',
      'null',
      '[]',
      '"text"',
      '1',
      'test_task_detail',
      good,
      [],
      7,
      true,
      `${text}x`,
      `\ufeff${text}`,
      text.replace('{', '{"task_id":"a","TASK_ID":"b",'),
      text.replace('{', '{"zz":9007199254740993,'),
      text.replace('{', '{"zz":[{"b":1,"\\u0062":1}],'),
    ]
    for (const value of unreadable)
      expect(readBase(dialect, { ...base, [member]: value })).toMatchObject({ result: 'malformed', code })
  })
})

describe('the key signing request of the collected vectors', () => {
  it('is read, and its transaction id is the one of Cobo', () => {
    const { package: base } = readVectors('cobo-v2-keysign-synthetic.json') as { readonly package: Members }
    const request = requestOf(readBase('cobo-v2', base))
    expect(transactionIdOf(request)).toBe('20250904104620000107060000000331')
    expect(request).toMatchObject({
      kind: 'keysign',
      requestId: 'synthetic-0001',
      detail: { msg_hash_list: ['0x47346c0080aa85c16c8ba570941eba741a6dd6d5fd0b18a31019e3487e21fd43'] },
      extra: { transaction: { destination: { account_output: { amount: '0.00001' } } } },
    })
  })

  it('is no request of v1', () => {
    const { package: base } = readVectors('cobo-v2-keysign-synthetic.json') as { readonly package: Members }
    expect(readBase('cobo-v1', base)).toMatchObject({
      result: 'malformed',
      requestId: 'synthetic-0001',
      code: 'EXTRA_INVALID',
    })
  })
})

describe('the transaction id', () => {
  it('of a v2 key signing is transaction_id where cobo_id is absent or empty', () => {
    for (const cobo_id of [undefined, null, ''])
      expect(transactionIdOf(requestOf(readTransaction({ cobo_id })))).toBe('tx-1')
    expect(transactionIdOf(requestOf(readTransaction({ cobo_id: '', transaction_id: '' })))).toBeUndefined()
  })

  it('is missing where the request names none', () => {
    expect(transactionIdOf(requestOf(readWith('cobo-v2', 'keysign', {}, { transaction: null })))).toBeUndefined()
    expect(transactionIdOf(requestOf(readWith('cobo-v2', 'keygen', { biz_task_id: '' }, {})))).toBeUndefined()
    expect(transactionIdOf(requestOf(readWith('cobo-v2', 'keysharesign', { biz_task_id: null }, {})))).toBeUndefined()
    expect(transactionIdOf(requestOf(readWith('cobo-v1', 'keysign', {}, { cobo_id: '' })))).toBeUndefined()
  })

  it('with a control character or without end is refused', () => {
    for (const id of ['a\u0000', 'a\nb', 'x'.repeat(257)]) {
      expect(readTransaction({ cobo_id: id })).toMatchObject({ code: 'EXTRA_INVALID' })
      expect(readWith('cobo-v1', 'keygen', {}, { cobo_id: id })).toMatchObject({ code: 'EXTRA_INVALID' })
      expect(readWith('cobo-v2', 'keygen', { biz_task_id: id }, {})).toMatchObject({ code: 'DETAIL_INVALID' })
    }
  })
})

describe('lists', () => {
  it.each([
    ['node_ids', 'cobo-v1', 'keygen', 256],
    ['msg_hash_list', 'cobo-v2', 'keysign', 2_000],
    ['new_node_ids', 'cobo-v2', 'keyreshare', 256],
  ] as const)('%s of %s %s may hold %d entries and not one more', (member, dialect, kind, lengthMax) => {
    const entries = Array.from({ length: lengthMax + 1 }, () => 'x')
    expect(readWith(dialect, kind, { [member]: entries.slice(1) }, {}).result).toBe('request')
    expect(readWith(dialect, kind, { [member]: entries }, {})).toMatchObject({ code: 'DETAIL_INVALID' })
  })

  it('refuse null entries: only members may be null', () => {
    expect(readWith('cobo-v2', 'keysign', { msg_hash_list: [null] }, {})).toMatchObject({ code: 'DETAIL_INVALID' })
  })
})

it('keeps a vector for every kind of both dialects', () => {
  expect(ALL.map(([dialect, id]) => `${dialect} ${id}`)).toHaveLength(7)
  expect(vectorOf('cobo-v2', 'keysharesign').request_type).toBe(5)
})
