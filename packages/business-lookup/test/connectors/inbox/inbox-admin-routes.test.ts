import { AdminFault, type AdminCall } from '@callback-quorum/service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inboxAdminRoutes } from '../../../src/connectors/inbox/inbox-admin-routes.ts'
import { CANCEL_TYPE, eventOf, record, startInboxRig, type InboxRig } from './inbox-rig.ts'

let rig: InboxRig
beforeAll(async () => {
  rig = await startInboxRig()
})
afterAll(() => rig.close())

async function call(path: string, { query = {}, params = {} }: Partial<Pick<AdminCall, 'query' | 'params'>> = {}) {
  const route = inboxAdminRoutes(rig.database).find((each) => each.path === path)
  if (route === undefined) throw new Error(`no route ${path}`)
  const who = { name: 'somebody', role: 'viewer' } as const
  return (await route.handle({ who, body: undefined, params, query })).body as Record<string, unknown>
}

test('a viewer sees what is stored of a reference and every push of it, in order', async () => {
  await rig.event(eventOf('WD-1', 1))
  await rig.event(eventOf('WD-1', 2, { data: record({ amount: '2' }) }))
  await rig.event(eventOf('WD-1', 3, { type: CANCEL_TYPE, data: { reason: 'withdrawn' } }))
  await rig.send('/v1/intents/WD-1', {
    method: 'PUT',
    body: { version: 1, data: record() },
    headers: { 'content-type': 'application/json' },
    token: rig.otherToken,
  })
  const { intents, next } = await call('/v1/intents', { query: { reference: 'WD-1' } })
  expect(next).toBeNull()
  expect(intents).toMatchObject([
    { organisation: 'acme', version: '1', cancelled: true, cancelled_version: '3', data: JSON.stringify(record()) },
    { organisation: 'globex', version: '1', cancelled: false, cancelled_version: null },
  ])
  const one = { params: { reference: 'WD-1' }, query: { organisation: 'acme' } }
  const { events } = await call('/v1/intents/:reference/events', one)
  expect(events).toMatchObject([
    { kind: 'intent', version: '1', producer: 'payouts-eu', source: '/payouts', result: 'stored', accepted: true },
    { kind: 'intent', version: '2', result: 'changed_after_approval', accepted: false },
    { kind: 'cancel', version: '3', result: 'cancelled', reason: 'withdrawn' },
  ])
  expect(await call('/v1/intents/:reference/events', { params: { reference: 'WD-none' } })).toEqual({
    events: [],
    next: null,
  })
})

test('both lists come in pages that leave out nothing and repeat nothing', async () => {
  const headers = { 'content-type': 'application/cloudevents-batch+json' }
  for (const from of [0, 100]) {
    const body = Array.from({ length: 100 }, (_, index) => eventOf(`P-${from + index}`, 1))
    expect(await rig.send('/v1/events', { body, headers })).toMatchObject({ status: 200 })
    const versions = Array.from({ length: 100 }, (_, index) => eventOf('V-1', from + index + 1))
    expect(await rig.send('/v1/events', { body: versions, headers })).toMatchObject({ status: 200 })
  }
  const references = await allOf('/v1/intents', 'intents', {}, ({ reference }) => reference)
  expect(references.filter((reference) => String(reference).startsWith('P-')).length).toBe(200)
  expect(new Set(references.filter((reference) => reference !== 'WD-1')).size).toBe(201)
  const versions = await allOf(
    '/v1/intents/:reference/events',
    'events',
    { reference: 'V-1' },
    ({ version }) => version,
  )
  expect(versions).toEqual(Array.from({ length: 200 }, (_, index) => String(index + 1)))
})

async function allOf(
  path: string,
  list: string,
  params: Readonly<Record<string, string>>,
  pick: (row: Readonly<Record<string, unknown>>) => unknown,
): Promise<readonly unknown[]> {
  const found: unknown[] = []
  let after: string | null = null
  do {
    const body: Record<string, unknown> = await call(path, { params, query: after === null ? {} : { after } })
    found.push(...(body[list] as Readonly<Record<string, unknown>>[]).map(pick))
    after = body['next'] as string | null
  } while (after !== null)
  return found
}

test.each([
  ['/v1/intents', { other: 'x' }],
  ['/v1/intents', { after: 'nonsense' }],
  ['/v1/intents', { reference: 'a\0b' }],
  ['/v1/intents/:reference/events', { after: 'x' }],
] as const)('%s refuses a query it does not know: %j', async (path, query) => {
  await expect(call(path, { query, params: { reference: 'WD-1' } })).rejects.toThrow(AdminFault)
})
