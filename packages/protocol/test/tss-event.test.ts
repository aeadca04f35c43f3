import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTssEvent, type TssEvent, type TssEventReading } from '../src/index.ts'
import { v1Vectors, v2Vectors, vectorOf, type Members } from './cobo-package.ts'

const read = (event: Members | string): TssEventReading =>
  readTssEvent(new TextEncoder().encode(typeof event === 'string' ? event : JSON.stringify(event)))

function eventOf(event: Members): TssEvent {
  const reading = read(event)
  if (reading.result !== 'event') throw new Error(`not an event but ${JSON.stringify(reading)}`)
  return reading.event
}

const succeeded = (data: unknown, change: Members = {}): Members => ({
  event_id: '7f0c1e9e-6b54-4f0b-8a51-0a3f1c3f0001',
  created_timestamp: 1_756_953_980_334,
  node_id: 'coboNodeA',
  event_type: 'request.keysign.succeeded',
  data,
  ...change,
})
const { request_detail, extra_info } = vectorOf('cobo-v2', 'keysign')

describe('an event', () => {
  it('is read with all that the schema names', () => {
    const data = {
      data_type: 'KeySign',
      request_id: 'r-1',
      request_type: 'KeySign',
      request_status: 190,
      request_detail,
      extra_info: JSON.stringify(extra_info),
      result: { signatures: [{ msg_hash: '0x00', signature: '0x01' }], signature_type: 1 },
    }
    expect(eventOf(succeeded(data))).toEqual({
      eventId: '7f0c1e9e-6b54-4f0b-8a51-0a3f1c3f0001',
      createdAtMs: 1_756_953_980_334,
      nodeId: 'coboNodeA',
      eventType: 'request.keysign.succeeded',
      about: { kind: 'keysign', status: 'succeeded' },
      dataType: 'KeySign',
      requestId: 'r-1',
      requestStatus: '190',
      transactionIds: [vectorOf('cobo-v2', 'keysign').transaction_id],
      raw: succeeded(data),
    })
  })

  it('is read in the spelling of the guide: texts for figures, objects for texts and texts for objects', () => {
    const data = { data_type: 'KeySign', request_status: '3', failed_reason: { code: 7 }, extra_info }
    const event = eventOf(succeeded(JSON.stringify(data), { event_id: 42, created_timestamp: '1756953980334' }))
    expect(event).toMatchObject({
      eventId: '42',
      createdAtMs: 1_756_953_980_334,
      requestStatus: '3',
      failedReason: '{"code":7}',
      transactionIds: [vectorOf('cobo-v2', 'keysign').transaction_id],
    })
  })

  it('needs nothing but its type', () => {
    const event_type = 'request.keygen.failed'
    expect(eventOf({ event_type })).toEqual({
      eventType: event_type,
      about: { kind: 'keygen', status: 'failed' },
      transactionIds: [],
      raw: { event_type },
    })
  })

  it('leaves out what it cannot read', () => {
    const strange = { event_id: {}, created_timestamp: -1, node_id: 'a\u0000b', event_type: 'request.keysign.updated' }
    expect(eventOf({ ...strange, data: { request_id: 'x'.repeat(257), request_status: [] } })).toEqual({
      eventType: 'request.keysign.updated',
      about: { kind: 'keysign', status: 'updated' },
      transactionIds: [],
      raw: { ...strange, data: { request_id: 'x'.repeat(257), request_status: [] } },
    })
  })

  it('has a reason of failure that may stand in a log', () => {
    const { failedReason } = eventOf(succeeded({ failed_reason: `line\nbreak \u0007${'x'.repeat(2_000)}` }))
    expect(failedReason).toMatch(/^line\?break \?x+\.\.\.$/)
    expect(failedReason).toHaveLength(1_000)
  })

  it.each([
    'request.keysign',
    'request.keysign.succeeded.twice',
    'request.swap.created',
    'wallet.created',
    'constructor',
  ])('of the type %s is read, and is about nothing known', (event_type) => {
    expect(eventOf({ event_type })).not.toHaveProperty('about')
  })
})

describe('the transaction of an event', () => {
  it.each([...v1Vectors, ...v2Vectors.requests])(
    'about $kind is the one that its request was asked under',
    (vector) => {
      const { kind, request_detail: detail, extra_info: extra, transaction_id } = vector
      const data = { request_detail: detail, extra_info: JSON.stringify(extra) }
      expect(eventOf({ event_type: `request.${kind}.created`, data }).transactionIds).toEqual([transaction_id])
    },
  )

  it.each([
    [{ cobo_id: null, transaction_id: 'tx-1' }, ['tx-1']],
    [{ cobo_id: '', transaction_id: 'tx-1' }, ['tx-1']],
    [{ cobo_id: 'c-1', transaction_id: 'tx-1' }, ['c-1']],
    [{ cobo_id: 7, transaction_id: 'tx-1' }, []],
    [{ cobo_id: 'a\nb', transaction_id: 'tx-1' }, []],
    [{}, []],
    ['no object', []],
  ])('%j is %j', (transaction, ids) => {
    expect(eventOf(succeeded({ extra_info: { transaction } })).transactionIds).toEqual(ids)
  })

  it.each(['no json', '{"transaction":{"cobo_id":"a","cobo_id":"b"}}', null, [], 7])('is unknown with %j', (extra) => {
    expect(eventOf(succeeded({ extra_info: extra })).transactionIds).toEqual([])
  })
})

it.each([{ event_type: 'ping' }, { event_type: 'ping', data: null, event_id: 'e-1' }])('%j is a ping', (event) => {
  expect(read(event)).toEqual({ result: 'ping' })
})

it.each([
  'no json',
  '[]',
  'null',
  '{}',
  '{"event_type":""}',
  '{"event_type":null}',
  '{"event_type":"ping","event_type":"request.keysign.failed"}',
  '{"event_type":"ping","Event_Type":"request.keysign.failed"}',
  `{"event_type":"${'x'.repeat(257)}"}`,
  `{"event_type":"request.keysign.failed","data":${'['.repeat(100)}${']'.repeat(100)}}`,
])('%s is malformed', (text) => {
  expect(read(text)).toMatchObject({ result: 'malformed' })
})

it('never throws, whatever stands where', () => {
  const members = fc.dictionary(
    fc.constantFrom('event_id', 'created_timestamp', 'data', 'extra_info', 'transaction', 'cobo_id', 'request_detail'),
    fc.jsonValue(),
  )
  fc.assert(
    fc.property(members, members, fc.uint8Array(), (outer, inner, bytes) => {
      const reading = read({ ...outer, event_type: 'request.keysign.failed', data: { ...inner, extra_info: inner } })
      expect(['event', 'malformed']).toContain(reading.result)
      expect(['event', 'malformed', 'ping']).toContain(readTssEvent(bytes).result)
    }),
  )
})
