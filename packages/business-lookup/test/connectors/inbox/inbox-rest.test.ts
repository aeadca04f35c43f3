import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newReference, record, seen, startInboxRig, type InboxRig } from './inbox-rig.ts'

let rig: InboxRig
beforeAll(async () => {
  rig = await startInboxRig()
})
afterAll(() => rig.close())

const JSON_TYPE = { 'content-type': 'application/json' }
const alarms = (kind: string): Promise<number> => rig.counted('alarms_total', kind)

describe('versions of one reference', () => {
  test('the first is stored and found, and the producer can read it back byte for byte', async () => {
    const reference = newReference()
    const data = '{"state":"approved", "asset":"ETH","amount":1.10,"address":"0x12","nonce":9007199254740993}'
    const body = `{ "data": ${data} , "version": 3 }`
    const put = await rig.send(`/v1/intents/${reference}`, { method: 'PUT', body, headers: JSON_TYPE })
    expect(put).toMatchObject({ status: 201, json: { result: 'stored', reference, version: 3 } })
    const found = await rig.lookUp(reference)
    expect(found).toMatchObject({
      found: 'one',
      intent: { version: '3', outputs: [{ amount: { is: 'text', text: '1.10' }, tag: { is: 'absent' } }] },
    })
    const stored = await rig.send(`/v1/intents/${reference}`, { method: 'GET' })
    expect(stored.status).toBe(200)
    expect(stored.text).toContain(`"data":${data}}`)
    expect(stored.json).toMatchObject({
      reference,
      organisation: 'acme',
      version: 3,
      cancelled: false,
      disputed: false,
    })
  })

  test('a later one replaces it, the same again changes nothing, and an older one has no effect', async () => {
    const reference = newReference()
    expect(await rig.put(reference, 2, record({ state: 'draft' }))).toMatchObject({ status: 201 })
    expect(await rig.put(reference, 3, record())).toMatchObject({ status: 200, json: { result: 'stored' } })
    expect(await rig.put(reference, 3, record())).toMatchObject({ status: 200, json: { result: 'repeated' } })
    expect(await rig.put(reference, 1, record({ state: 'draft', amount: '9' }))).toMatchObject({
      status: 200,
      json: { result: 'older' },
    })
    expect(await rig.put(reference, 2, record({ state: 'draft' }))).toMatchObject({ json: { result: 'older' } })
    expect(seen(await rig.lookUp(reference))).toBe('approved 1.5 v3')
    expect(await rig.rows(reference)).toEqual({ intents: 1, results: ['stored', 'stored', 'older'] })
  })

  test.each([
    ['the one that stands', 2],
    ['an earlier one', 1],
  ])('the same version with other data is refused: %s', async (_, version) => {
    const reference = newReference()
    await rig.put(reference, 1, record({ state: 'draft' }))
    await rig.put(reference, 2, record())
    expect(await rig.put(reference, version, record({ note: 'other' }))).toMatchObject({
      status: 409,
      json: { field: 'version', error: expect.stringContaining('expected a greater one') as string },
    })
    expect(seen(await rig.lookUp(reference))).toBe('approved 1.5 v2')
    expect((await rig.rows(reference)).results).toEqual(['stored', 'stored', 'version_conflict'])
  })

  test('a reference is one of its organisation: another producer neither sees nor changes it', async () => {
    const reference = newReference()
    await rig.put(reference, 1, record())
    const path = `/v1/intents/${reference}`
    expect(await rig.send(path, { method: 'GET', token: rig.otherToken })).toMatchObject({ status: 404 })
    const cancel = { body: { version: 2, reason: 'x' }, headers: JSON_TYPE, token: rig.otherToken }
    expect(await rig.send(`${path}/cancel`, cancel)).toMatchObject({ status: 200 })
    expect(seen(await rig.lookUp(reference))).toBe('approved 1.5 v1')
  })
})

describe('an approved intent', () => {
  test.each([
    ['asset', { asset: 'BTC' }],
    ['amount', { amount: '1.50' }],
    ['destination', { address: '0x13' }],
    ['tag', { memo: '7' }],
  ])('keeps its %s: a version that changes it is refused, recorded and an alarm', async (_, changed) => {
    const reference = newReference()
    const before = await alarms('changed_after_approval')
    await rig.put(reference, 1, record())
    const answer = await rig.put(reference, 2, record(changed))
    expect(answer).toMatchObject({ status: 409, json: { field: 'data' } })
    expect(seen(await rig.lookUp(reference))).toBe('approved 1.5 v1')
    expect((await rig.rows(reference)).results).toEqual(['stored', 'changed_after_approval'])
    expect(await alarms('changed_after_approval')).toBe(before + 1)
  })

  test('stays bound after its status went back, and what is no term may change', async () => {
    const reference = newReference()
    await rig.put(reference, 1, record({ state: 'ready' }))
    expect(await rig.put(reference, 2, record({ state: 'on hold', note: 'why' }))).toMatchObject({ status: 200 })
    expect(await rig.put(reference, 3, record({ amount: '2' }))).toMatchObject({ status: 409 })
    expect(seen(await rig.lookUp(reference))).toBe('on hold 1.5 v2')
  })

  test('binds although it comes late: one that agrees is older, one that differs makes the reference disputed', async () => {
    const [agreed, disputed] = [newReference(), newReference()]
    await rig.put(agreed, 3, record({ state: 'draft' }))
    expect(await rig.put(agreed, 2, record())).toMatchObject({ json: { result: 'older' } })
    expect(await rig.put(agreed, 4, record({ amount: '2' }))).toMatchObject({ status: 409 })

    const before = await alarms('changed_after_approval')
    await rig.put(disputed, 3, record({ amount: '2' }))
    expect(await rig.put(disputed, 2, record())).toMatchObject({ status: 200, json: { result: 'disputed' } })
    expect(seen(await rig.lookUp(disputed))).toBe('disputed in the inbox 2 v3')
    expect(await rig.put(disputed, 4, record({ amount: '2' }))).toMatchObject({ json: { result: 'disputed' } })
    expect(seen(await rig.lookUp(disputed))).toBe('disputed in the inbox 2 v4')
    expect(await alarms('changed_after_approval')).toBe(before + 1)
  })
})

describe('B25: a cancel', () => {
  test('is final: no version before or after brings the reference back', async () => {
    const reference = newReference()
    await rig.put(reference, 5, record())
    expect(await rig.cancel(reference, 2)).toMatchObject({ status: 200, json: { result: 'cancelled' } })
    expect(await rig.cancel(reference, 2)).toMatchObject({ status: 200, json: { result: 'repeated' } })
    expect(await rig.put(reference, 6, record())).toMatchObject({ status: 200, json: { result: 'cancelled' } })
    expect(seen(await rig.lookUp(reference))).toBe('cancelled by the inbox 1.5 v6')
  })

  test('that arrives before the intent is a tombstone', async () => {
    const reference = newReference()
    expect(await rig.cancel(reference, 2)).toMatchObject({ status: 200, json: { result: 'cancelled' } })
    expect(seen(await rig.lookUp(reference))).toBe('cancelled by the inbox absent v-')
    expect(await rig.put(reference, 1, record())).toMatchObject({ json: { result: 'cancelled' } })
    expect(seen(await rig.lookUp(reference))).toBe('cancelled by the inbox 1.5 v1')
    const stored = await rig.send(`/v1/intents/${reference}`, { method: 'GET' })
    expect(stored.json).toMatchObject({ cancelled: true, cancelled_version: 2, version: 1 })
  })
})

test('what was never pushed is not found, neither by the checker nor by the producer', async () => {
  expect(await rig.lookUp('WD-none')).toEqual({ found: 'none' })
  expect(await rig.send('/v1/intents/WD-none', { method: 'GET' })).toMatchObject({
    status: 404,
    json: { field: 'reference' },
  })
})

test('a reference is taken as it is percent-encoded in the path', async () => {
  const reference = `a/b ?ü%${newReference()}`
  expect(await rig.put(reference, 1, record())).toMatchObject({ status: 201, json: { reference } })
  expect(seen(await rig.lookUp(reference))).toBe('approved 1.5 v1')
})
