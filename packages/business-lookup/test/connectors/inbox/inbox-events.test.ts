import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CANCEL_TYPE,
  eventOf,
  INTENT_TYPE,
  newReference,
  record,
  seen,
  startInboxRig,
  type InboxRig,
} from './inbox-rig.ts'

let rig: InboxRig
beforeAll(async () => {
  rig = await startInboxRig()
})
afterAll(() => rig.close())

const STRUCTURED = { 'content-type': 'application/cloudevents+json' }
const BATCH = { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' }
/** Numbers that a double would change, spaces, an escape and a letter of two bytes. */
const DATA =
  '{ "state":"approved","asset":"ETH", "amount" : 1.10,"address":"0x12","nonce":9007199254740993,"memo":"\\u00fc\\"}é" }'

const headersOf = (reference: string, changed: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  'content-type': 'application/json',
  'ce-specversion': '1.0',
  'ce-id': `${reference}/b`,
  'ce-source': '/payouts',
  'ce-type': INTENT_TYPE,
  'ce-time': '2026-01-01T00:00:00Z',
  'ce-subject': reference,
  'ce-version': '1',
  ...changed,
})

describe('the bytes of the record are kept', () => {
  const modes = ['structured', 'batch', 'binary'] as const
  test.each(modes)('in %s mode', async (mode) => {
    const reference = newReference()
    const { data: _, ...attributes } = eventOf(reference, 1)
    const event = `{"data" :${DATA} ,${JSON.stringify(attributes).slice(1)}`
    const sending = {
      structured: { body: event, headers: STRUCTURED },
      batch: { body: `[ ${event} ]`, headers: BATCH },
      binary: { body: DATA, headers: headersOf(reference) },
    }[mode]
    expect(await rig.send('/v1/events', sending)).toMatchObject({ status: 200 })
    expect(await rig.lookUp(reference)).toMatchObject({
      found: 'one',
      intent: {
        recordDigest: createHash('sha256').update(DATA).digest('hex'),
        outputs: [{ amount: { is: 'text', text: '1.10' }, tag: { is: 'text', text: 'ü"}é' } }],
      },
    })
    const stored = await rig.send(`/v1/intents/${reference}`, { method: 'GET' })
    expect(stored.text).toContain(`"data":${DATA}}`)
  })
})

describe('B25: an event is known by producer, source and id', () => {
  test('the same again is answered and has no effect', async () => {
    const reference = newReference()
    const event = eventOf(reference, 1)
    expect(await rig.event(event)).toMatchObject({ status: 200, json: { result: 'stored', reference, version: 1 } })
    const again = { ...event, time: new Date().toISOString() }
    expect(await rig.event(again)).toMatchObject({ status: 200, json: { result: 'repeated' } })
    expect(await rig.rows(reference)).toEqual({ intents: 1, results: ['stored'] })
  })

  test.each([
    ['data', { data: record({ state: 'draft' }) }],
    ['version', { version: 2 }],
    ['subject', { subject: 'WD-elsewhere' }],
    ['type', { type: CANCEL_TYPE }],
  ])('the same id with another %s is refused, recorded and an alarm', async (_, changed) => {
    const reference = newReference()
    const before = await rig.counted('alarms_total', 'event_id_reused')
    await rig.event(eventOf(reference, 1))
    const other: Record<string, unknown> = { ...eventOf(reference, 1), ...changed }
    expect(await rig.event(other)).toMatchObject({ status: 409, json: { field: 'id' } })
    expect(seen(await rig.lookUp(reference))).toBe('approved 1.5 v1')
    expect(await rig.lookUp('WD-elsewhere')).toEqual({ found: 'none' })
    const { results } = await rig.rows(String(other['subject']))
    expect(results.at(-1)).toBe('event_id_reused')
    expect(await rig.counted('alarms_total', 'event_id_reused')).toBe(before + 1)
  })

  test('the same id of another source, and of another producer, is another event', async () => {
    const reference = newReference()
    await rig.event(eventOf(reference, 1))
    const next = { ...eventOf(reference, 2), id: `${reference}/1`, source: '/other' }
    expect(await rig.event(next)).toMatchObject({ json: { result: 'stored' } })
    const elsewhere = { body: eventOf(reference, 1), headers: STRUCTURED, token: rig.otherToken }
    expect(await rig.send('/v1/events', elsewhere)).toMatchObject({ json: { result: 'stored' } })
  })

  test('an id under which something was refused may carry what is right', async () => {
    const reference = newReference()
    await rig.event(eventOf(reference, 1))
    const wrong = eventOf(reference, 2, { data: record({ amount: '2' }) })
    expect(await rig.event(wrong)).toMatchObject({ status: 409 })
    expect(await rig.event(wrong)).toMatchObject({ status: 409 })
    expect(await rig.event({ ...wrong, data: record({ note: 'right' }) })).toMatchObject({ json: { result: 'stored' } })
  })

  test('cancel before create: the reference stays cancelled', async () => {
    const reference = newReference()
    const { data: _, ...cancel } = eventOf(reference, 2, { type: CANCEL_TYPE })
    expect(await rig.event(cancel)).toMatchObject({ status: 200, json: { result: 'cancelled' } })
    expect(await rig.event(eventOf(reference, 1))).toMatchObject({ json: { result: 'cancelled' } })
    expect(await rig.event(eventOf(reference, 3))).toMatchObject({ json: { result: 'cancelled' } })
    expect(seen(await rig.lookUp(reference))).toBe('cancelled by the inbox 1.5 v3')
    expect(await rig.rows(reference)).toEqual({ intents: 1, results: ['cancelled', 'cancelled', 'cancelled'] })
  })
})

describe('binary mode', () => {
  test('a cancel needs no body, and headers are undone from quotes and percent-encoding once', async () => {
    const reference = `Zürich %41 ${newReference()}`
    const headers = headersOf(reference, {
      'ce-type': CANCEL_TYPE,
      'ce-subject': encodeURIComponent(reference),
      'ce-id': `"quoted \\"${newReference()}\\""`,
    })
    delete headers['content-type']
    const answer = await rig.send('/v1/events', { headers })
    expect(answer).toMatchObject({ status: 200, json: { result: 'cancelled', reference } })
    const rows = await rig.database.query<{ event_id: string }>({
      text: 'select event_id from inbox_event where reference = $1',
      values: [reference],
    })
    expect(rows[0]?.event_id).toMatch(/^quoted "WD-\d+"$/)
  })

  test('a header that stands twice is refused: two readers would see two references', async () => {
    const rawHeaders = [...Object.entries(headersOf('WD-a')).flat(), 'Ce-Subject', 'WD-b']
    expect(await rig.send('/v1/events', { body: DATA, rawHeaders })).toMatchObject({
      status: 400,
      json: { field: 'ce-subject' },
    })
  })

  test.each(['%zz', '%ff'])('a header that is no text is refused: %s', async (subject) => {
    const headers = headersOf('WD-a', { 'ce-subject': subject })
    expect(await rig.send('/v1/events', { body: DATA, headers })).toMatchObject({
      status: 400,
      json: { field: 'ce-subject' },
    })
  })
})

describe('an event that does not say what it must', () => {
  test.each<[string, string, unknown]>([
    ['specversion', 'specversion', '0.3'],
    ['specversion', 'specversion', undefined],
    ['id', 'id', undefined],
    ['id', 'id', ''],
    ['id', 'id', 'x'.repeat(513)],
    ['source', 'source', undefined],
    ['source', 'source', 'a\u0000b'],
    ['type', 'type', undefined],
    ['type', 'type', 'com.example.withdrawal.created'],
    ['time', 'time', undefined],
    ['time', 'time', 'yesterday'],
    ['time', 'time', '2026-01-01'],
    ['time', 'time', '2026-01-01T00:00:00'],
    ['subject', 'subject', undefined],
    ['subject', 'subject', 'a\nb'],
    ['subject', 'subject', 'x'.repeat(201)],
    ['version', 'version', undefined],
    ['version', 'version', 0],
    ['version', 'version', -1],
    ['version', 'version', 1.5],
    ['version', 'version', '01'],
    ['version', 'version', '9007199254740992'],
    ['data', 'data', undefined],
    ['data_base64', 'data_base64', 'e30='],
    ['datacontenttype', 'datacontenttype', 'text/xml'],
  ])('is refused with 422 that names %s (%s = %j)', async (field, name, value) => {
    const reference = newReference()
    const event = { ...eventOf(reference, 1), [name]: value }
    expect(await rig.event(event)).toMatchObject({ status: 422, json: { field } })
    expect(await rig.rows(reference)).toEqual({ intents: 0, results: [] })
  })

  test('a version of 2^53-1 is the greatest', async () => {
    const reference = newReference()
    expect(await rig.event(eventOf(reference, 1, { version: '9007199254740991' }))).toMatchObject({ status: 200 })
    expect(seen(await rig.lookUp(reference))).toBe('approved 1.5 v9007199254740991')
  })

  test('an event of a time too far ahead is refused, one a little ahead is not', async () => {
    const [far, near] = [newReference(), newReference()]
    const at = (ms: number): string => new Date(Date.now() + ms).toISOString()
    expect(await rig.event(eventOf(far, 1, { time: at(330_000) }))).toMatchObject({
      status: 422,
      json: { field: 'time' },
    })
    expect(await rig.lookUp(far)).toEqual({ found: 'none' })
    expect(await rig.event(eventOf(near, 1, { time: at(240_000) }))).toMatchObject({ status: 200 })
  })
})

describe('a batch', () => {
  test('is taken as a whole, in its order', async () => {
    const [first, second] = [newReference(), newReference()]
    const body = [eventOf(first, 1), eventOf(second, 1), eventOf(first, 2), eventOf(second, 2, { type: CANCEL_TYPE })]
    const answer = await rig.send('/v1/events', { body, headers: BATCH })
    expect(answer).toMatchObject({
      status: 200,
      json: {
        results: ['stored', 'stored', 'stored', 'cancelled'].map((result, index) => ({
          result,
          reference: index % 2 === 0 ? first : second,
          version: index < 2 ? 1 : 2,
        })),
      },
    })
    expect(seen(await rig.lookUp(first))).toBe('approved 1.5 v2')
    expect(seen(await rig.lookUp(second))).toBe('cancelled by the inbox 1.5 v1')
  })

  test('with one event that is refused leaves nothing behind but the record of the refusal', async () => {
    const [fresh, bound] = [newReference(), newReference()]
    await rig.event(eventOf(bound, 1))
    const changed = eventOf(bound, 2, { data: record({ amount: '2' }) })
    const answer = await rig.send('/v1/events', { body: [eventOf(fresh, 1), changed], headers: BATCH })
    expect(answer).toMatchObject({ status: 409, json: { field: '[1].data' } })
    expect(await rig.rows(fresh)).toEqual({ intents: 0, results: [] })
    expect((await rig.rows(bound)).results).toEqual(['stored', 'changed_after_approval'])
    expect(seen(await rig.lookUp(bound))).toBe('approved 1.5 v1')
  })

  test('with one event that cannot be read is not taken at all', async () => {
    const reference = newReference()
    const body = [eventOf(reference, 1), eventOf(reference, 2, { type: 'other' })]
    const answer = await rig.send('/v1/events', { body, headers: BATCH })
    expect(answer).toMatchObject({ status: 422, json: { field: '[1].type' } })
    expect(await rig.lookUp(reference)).toEqual({ found: 'none' })
  })

  test('the same event twice in one batch is one event, with other content it is refused', async () => {
    const reference = newReference()
    const twice = [eventOf(reference, 1), eventOf(reference, 1)]
    expect(await rig.send('/v1/events', { body: twice, headers: BATCH })).toMatchObject({
      json: { results: [{ result: 'stored' }, { result: 'repeated' }] },
    })
    const other = newReference()
    const reused = [eventOf(other, 1), eventOf(other, 2, { id: `${other}/1` })]
    expect(await rig.send('/v1/events', { body: reused, headers: BATCH })).toMatchObject({
      status: 409,
      json: { field: '[1].id' },
    })
    expect(await rig.lookUp(other)).toEqual({ found: 'none' })
  })

  test('holds 1 to 100 events', async () => {
    const events = Array.from({ length: 101 }, () => eventOf(newReference(), 1))
    const send = (body: unknown) => rig.send('/v1/events', { body, headers: BATCH })
    expect(await send(events)).toMatchObject({ status: 413 })
    expect(await send([])).toMatchObject({ status: 400 })
    expect(await send(eventOf('WD-x', 1))).toMatchObject({ status: 400 })
    const answer = await send(events.slice(0, 100))
    expect(answer.status).toBe(200)
    expect((answer.json as { results: unknown[] }).results).toHaveLength(100)
  })
})

test('lag is measured from the time of an event, and what was pushed is counted by result', async () => {
  const reference = newReference()
  const stored = await rig.counted('events_total', 'stored')
  await rig.event(eventOf(reference, 1, { time: new Date(Date.now() - 90_000).toISOString() }))
  expect(await rig.counted('events_total', 'stored')).toBe(stored + 1)
  const text = await rig.registry.metrics()
  expect(text).toMatch(/lookup_inbox_lag_seconds_bucket\{le="300"\} [1-9]/)
})
