import { connect } from 'node:net'
import { createTestDatabase } from '@callback-quorum/service'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { RecordMap } from '../../../src/record/record-map.ts'
import { eventOf, MAP, MIGRATIONS, newReference, record, seen, startInboxRig, type InboxRig } from './inbox-rig.ts'

let rig: InboxRig
beforeAll(async () => {
  rig = await startInboxRig()
})
afterAll(() => rig.close())

const JSON_TYPE = { 'content-type': 'application/json' }
const put = (reference: string, body: unknown, headers: Readonly<Record<string, string>> = JSON_TYPE) =>
  rig.send(`/v1/intents/${reference}`, { method: 'PUT', body, headers })

describe('who may push', () => {
  test.each([
    ['without a token', null],
    ['with a token nobody has', 'cqpro_wrong'],
    ['with a token of another form', 'with space'],
  ])('a call %s is 401, whatever it asks', async (_, token) => {
    const reference = newReference()
    const body = { version: 1, data: record() }
    for (const [path, method] of [
      [`/v1/intents/${reference}`, 'PUT'],
      [`/v1/intents/${reference}`, 'GET'],
      [`/v1/intents/${reference}/cancel`, 'POST'],
      ['/v1/events', 'POST'],
    ] as const) {
      const answer = await rig.send(path, { method, token, headers: JSON_TYPE, ...(method === 'GET' ? {} : { body }) })
      expect(answer).toMatchObject({ status: 401, json: { field: 'authorization' } })
      expect(answer.headers['www-authenticate']).toBe('Bearer')
    }
    expect(await rig.rows(reference)).toEqual({ intents: 0, results: [] })
  })

  test('a producer that says another organisation than its own is 403, by REST and by event', async () => {
    const reference = newReference()
    const refused = { status: 403, json: { field: 'organisation' } }
    expect(await put(reference, { version: 1, data: record(), organisation: 'globex' })).toMatchObject(refused)
    expect(await rig.event(eventOf(reference, 1, { organisation: 'globex' }))).toMatchObject(refused)
    const cancel = { body: { version: 1, reason: 'x', organisation: 'globex' }, headers: JSON_TYPE }
    expect(await rig.send(`/v1/intents/${reference}/cancel`, cancel)).toMatchObject(refused)
    expect(await rig.rows(reference)).toEqual({ intents: 0, results: [] })
    expect(await put(reference, { version: 1, data: record(), organisation: 'acme' })).toMatchObject({ status: 201 })
  })
})

describe('a body that cannot be taken', () => {
  test.each<[string, unknown, number, string | undefined]>([
    ['no JSON', '{', 400, undefined],
    ['no object', '[]', 400, undefined],
    ['a number', '1', 400, undefined],
    ['a member twice', '{"version":1,"version":2,"data":{}}', 400, undefined],
    ['a byte order mark', `\ufeff${JSON.stringify({ version: 1, data: record() })}`, 400, undefined],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 400, undefined],
    ['a member it does not know', { version: 1, data: record(), extra: 1 }, 422, 'the body'],
    ['no version', { data: record() }, 422, 'version'],
    ['a version that is no whole number', { version: 1.5, data: record() }, 422, 'version'],
    ['no data', { version: 1 }, 422, 'data'],
    ['data that is no record', { version: 1, data: [] }, 422, 'data'],
    ['a record without a mapped place', { version: 1, data: { ...record(), state: undefined } }, 422, 'status'],
    ['a field of another type', { version: 1, data: record({ address: 12 }) }, 422, 'destination'],
    [
      'an amount with an exponent',
      '{"version":1,"data":{"state":"a","asset":"b","amount":1e2,"address":"c"}}',
      422,
      'amount',
    ],
  ])('because it has %s is refused and named', async (_, body, status, field) => {
    const reference = newReference()
    const answer = await put(reference, body)
    expect(answer.status).toBe(status)
    expect((answer.json as { error: string }).error).toMatch(/expected/)
    expect((answer.json as { field?: string }).field).toBe(field)
    expect((await rig.rows(reference)).intents).toBe(0)
  })

  test('because the mapping finds no intent in it is on record, and the id stays free for the right one', async () => {
    const reference = newReference()
    const event = eventOf(reference, 1, { data: record({ amount: true }) })
    expect(await rig.event(event)).toMatchObject({ status: 422, json: { field: 'amount' } })
    expect(await rig.rows(reference)).toEqual({ intents: 0, results: ['unreadable'] })
    expect(await rig.event({ ...event, data: record() })).toMatchObject({ json: { result: 'stored' } })
  })

  test.each([undefined, null, '', 'x'.repeat(1_001)])('a cancel by REST gives a reason', async (reason) => {
    const sending = { body: { version: 1, reason }, headers: JSON_TYPE }
    expect(await rig.send('/v1/intents/WD-r/cancel', sending)).toMatchObject({ status: 422, json: { field: 'reason' } })
  })

  test.each([
    ['text/plain', 'text/plain'],
    ['another character set', 'application/json; charset=latin1'],
    ['nothing', undefined],
  ])('because its content type is %s is 415', async (_, type) => {
    const headers = type === undefined ? {} : { 'content-type': type }
    expect(await put(newReference(), JSON.stringify({ version: 1, data: record() }), headers)).toMatchObject({
      status: 415,
    })
  })

  test('because it is compressed, or an event in a format that is not served, is 415', async () => {
    expect(await put('WD-z', '{}', { ...JSON_TYPE, 'content-encoding': 'gzip' })).toMatchObject({ status: 415 })
    const avro = { body: 'x', headers: { 'content-type': 'application/cloudevents+avro' } }
    expect(await rig.send('/v1/events', avro)).toMatchObject({ status: 415, json: { field: 'content-type' } })
  })

  test('because it is larger than 256 KiB is 413, with and without a length', async () => {
    const body = JSON.stringify({ version: 1, data: record({ note: 'x'.repeat(256 * 1024) }) })
    expect(await put(newReference(), body)).toMatchObject({ status: 413 })
    const answer = await rawExchange(
      `PUT /v1/intents/WD-big HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${rig.token}\r\nContent-Type: application/json\r\n` +
        `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
      rig.inbox.url,
    )
    expect(answer).toMatch(/^HTTP\/1.1 413 /)
  })

  test('because it does not come in time is answered and the connection closed', async () => {
    const inbox = await rig.open({ limits: { bodyReadMs: 50, lingerMs: 50 } })
    const answer = await rawExchange(
      `PUT /v1/intents/WD-slow HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${rig.token}\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`,
      inbox.url,
    )
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(answer).toContain('within 50 ms')
  })
})

test('a path that is not served is 404, a method that is not 405', async () => {
  expect(await rig.send('/v1/other', { body: '' })).toMatchObject({ status: 404 })
  const answer = await rig.send('/v1/intents/WD-1', { method: 'DELETE' })
  expect(answer).toMatchObject({ status: 405, json: { error: expect.stringContaining('expected') as string } })
  expect(answer.headers['allow']).toContain('PUT')
})

test('connections beyond the limit are not served', async () => {
  const inbox = await rig.open({ limits: { connectionsMax: 1 } })
  const { hostname, port } = new URL(inbox.url)
  const first = connect(Number(port), hostname)
  await new Promise((resolve) => first.once('connect', resolve))
  await expect(rig.send('/v1/intents/WD-1', { method: 'GET' }, inbox)).rejects.toThrow()
  first.destroy()
})

describe('the database is away', () => {
  test('every push is 503 with Retry-After, a look-up is unavailable, and nothing is lost when it is back', async () => {
    const reference = newReference()
    const away = await rig.testDatabase.open()
    const inbox = await rig.open({ database: away })
    await away.close()
    const answers = await Promise.all([
      rig.put(reference, 1, record(), inbox),
      rig.cancel(reference, 1, inbox),
      rig.event(eventOf(reference, 1), inbox),
      rig.send(`/v1/intents/${reference}`, { method: 'GET' }, inbox),
    ])
    for (const answer of answers) {
      expect(answer.status).toBe(503)
      expect(answer.headers['retry-after']).toBe('5')
      expect(answer.json).toMatchObject({ error: expect.stringContaining('expected') as string })
    }
    expect(await rig.lookUp(reference, inbox)).toMatchObject({ found: 'unavailable', code: 'CONNECTOR_UNAVAILABLE' })
    expect(await inbox.problems()).toHaveLength(1)
    expect(await rig.inbox.problems()).toEqual([])
    expect(await rig.lookUp(reference)).toEqual({ found: 'none' })
  })

  test('a push that waits too long for its row is 503 and not 200', async () => {
    const reference = newReference()
    await rig.put(reference, 1, record())
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const holding = rig.database.transaction(async (tx) => {
      await tx.query({ text: 'select 1 from inbox_intent where reference = $1 for share', values: [reference] })
      await promise
    })
    expect(await rig.cancel(reference, 2)).toMatchObject({ status: 503 })
    resolve(undefined)
    await holding
    expect(seen(await rig.lookUp(reference))).toBe('approved 1.5 v1')
    expect(await rig.cancel(reference, 2)).toMatchObject({ status: 200 })
  })

  test('a look-up ends when its time is over', async () => {
    const signal = AbortSignal.abort()
    expect(await rig.inbox.lookUp({ reference: 'WD-1', organisation: 'acme' }, signal)).toMatchObject({
      found: 'unavailable',
    })
  })
})

describe('what is stored and cannot be used any more', () => {
  test('a mapping of today that does not fit is a refusal, and nothing that was approved can be changed by it', async () => {
    const reference = newReference()
    await rig.put(reference, 1, record())
    const map: RecordMap = { ...MAP, outputs: { at: '/payments' } }
    const other = await rig.open({ map })
    expect(await rig.lookUp(reference, other)).toMatchObject({ found: 'refused', code: 'CONNECTOR_BAD_RESPONSE' })
    expect(await rig.put(reference, 2, { ...record(), payments: [record()] }, other)).toMatchObject({ status: 409 })
  })
})

test('bytes that are not those received are refused by the schema, and by the look-up where the schema was overcome', async () => {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS)
  const database = await testDatabase.open()
  const inbox = await rig.open({ database })
  const reference = newReference()
  await rig.put(reference, 1, record(), inbox)
  const change = {
    text: `update inbox_intent set data = convert_to(replace(convert_from(data, 'UTF8'), '1.5', '9.5'), 'UTF8')`,
  }
  await expect(database.query(change)).rejects.toThrow('inbox_intent_digest')
  await database.query({ text: 'alter table inbox_intent drop constraint inbox_intent_digest' })
  await database.query(change)
  expect(await rig.lookUp(reference, inbox)).toMatchObject({ found: 'refused', code: 'CONNECTOR_BAD_RESPONSE' })
  for (const text of ['update inbox_event set result = result', 'delete from inbox_event', 'truncate inbox_event'])
    await expect(database.query({ text })).rejects.toThrow('append-only')
  await testDatabase.drop()
})

describe('proof: required', () => {
  const map: RecordMap = { ...MAP, proof: { at: '/proof' } }
  test('an intent without a proof is not taken, and one that was stored without is not found usable', async () => {
    const [reference, old] = [newReference(), newReference()]
    const strict = await rig.open({ config: { proof: 'required' }, map })
    expect(await rig.put(reference, 1, record({ proof: null }), strict)).toMatchObject({
      status: 422,
      json: { field: 'proof' },
    })
    expect(await rig.put(reference, 1, record({ proof: 'a.b.c' }), strict)).toMatchObject({ status: 201 })
    expect(await rig.lookUp(reference, strict)).toMatchObject({ intent: { proof: { is: 'text', text: 'a.b.c' } } })
    await rig.put(old, 1, record({ proof: null }))
    expect(await rig.lookUp(old, strict)).toMatchObject({ found: 'refused' })
  })
})

/** Sends bytes and reads to the end of the connection, or to the first answer where it is kept open. */
function rawExchange(text: string, url: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const { promise, resolve } = Promise.withResolvers<string>()
  const socket = connect(Number(port), hostname, () => socket.write(text))
  let answer = ''
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString()
  })
  socket.on('error', () => undefined)
  socket.on('close', () => resolve(answer))
  return promise
}
