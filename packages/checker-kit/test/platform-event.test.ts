import { createLogger, systemClock } from '@callback-quorum/service'
import { TOKEN_FIELD } from '@callback-quorum/protocol'
import {
  EVENT_PING,
  makeEvent,
  makeV2KeyGen,
  postForm,
  sendEvent,
  signRequestToken,
  type SendEventOptions,
} from '@callback-quorum/simulator'
import Router from '@koa/router'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mountEventRoute } from '../src/event-route.ts'
import type { PlatformEvent } from '../src/index.ts'
import { createCheckerMetrics } from '../src/metrics.ts'
import { scriptedRule, startCheckerRig, transfer, type CheckerRig } from './checker-rig.ts'

const heard: PlatformEvent[] = []
let onEventSays: () => void | Promise<void>
let rig: CheckerRig
beforeEach(async () => {
  heard.length = 0
  onEventSays = () => undefined
  rig = await startCheckerRig([scriptedRule('only')], 'metrics: { listen: 127.0.0.1:0 }', {
    onEvent: async (event, tx) => {
      await tx.query({
        text: 'insert into taken (rule, business_key) values ($1, $2)',
        values: ['event', heard.length],
      })
      heard.push(event)
      await onEventSays()
    },
  })
})
afterEach(() => rig.close())

const keyOf = (name: string): SendEventOptions['privateKey'] => {
  const key = rig.keys[name]
  if (key === undefined) throw new Error(`no key ${name}`)
  return key
}
const url = (): string => `${rig.url}/v2/event`
const send = (event: Parameters<typeof sendEvent>[1], options: Partial<SendEventOptions> = {}) =>
  sendEvent(url(), event, { privateKey: keyOf('node-1-event'), ...options })
const recorded = (columns = 'event_type') =>
  rig.database.query({ text: `select ${columns} from platform_event order by event_record_id` })
const counted = async (event: string, effect: string): Promise<number> => {
  const text = await (await fetch(`${rig.checker.metricsUrl ?? ''}/metrics`)).text()
  const labels = `event="${event}",effect="${effect}"`
  const line = text
    .split('\n')
    .find((each) => each.startsWith('callback_quorum_platform_events_total') && each.includes(labels))
  return Number(line?.split(' ').at(-1) ?? 0)
}

const SUCCEEDED = 'request.keysign.succeeded'

describe('an event', () => {
  test('is recorded whole, told to the rules with its transaction, and acknowledged as the vendor does', async () => {
    const request = transfer('t1')
    await rig.ask(request)
    const event = makeEvent(request, 'succeeded')
    expect(await send(event)).toEqual({ http: 200, body: '""' })
    const business_keys = ['cobo:acme:t1']
    expect(await recorded('caller, event_id, event_type, business_keys, raw')).toEqual([
      { caller: 'node-1', event_id: event.event_id, event_type: SUCCEEDED, business_keys, raw: event },
    ])
    expect(heard).toEqual([
      {
        caller: 'node-1',
        eventType: SUCCEEDED,
        status: 'succeeded',
        kind: 'keysign',
        requestId: 'request-t1',
        businessKeys: business_keys,
        recordedAt: expect.any(Date) as Date,
      },
    ])
    expect(await counted(SUCCEEDED, 'recorded')).toBe(1)
  })

  test('is heard while its transaction is locked, so that no claim for it is made at the same time', async () => {
    await rig.ask(transfer('t1'))
    const lock = { text: `select 1 from business where business_key = 'cobo:acme:t1' for no key update nowait` }
    onEventSays = async () => {
      await expect(rig.database.query(lock)).rejects.toThrow()
    }
    expect(await send(makeEvent(transfer('t1'), 'failed'))).toMatchObject({ http: 200 })
    expect(await rig.database.query(lock)).toHaveLength(1)
  })

  test('changes no claim by itself', async () => {
    const request = transfer('t1')
    await rig.ask(request)
    await send(makeEvent(request, 'failed'))
    expect(await rig.taken()).toContain('only')
    expect(await rig.ask(request)).toMatchObject({ result: 'approve' })
  })

  test('that is delivered again, also at the same time, is recorded and heard once', async () => {
    const event = makeEvent(transfer('t1'), 'succeeded')
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(event)))
    expect(answers.map(({ http }) => http)).toEqual(Array<number>(8).fill(200))
    expect(await recorded()).toHaveLength(1)
    expect(heard).toHaveLength(1)
    expect(await counted(SUCCEEDED, 'repeated')).toBe(7)
  })

  test('without an id is known again by its content', async () => {
    const { event_id: _, ...event } = makeEvent(transfer('t1'), 'updated')
    for (let time = 0; time < 2; time += 1) expect(await send(event)).toMatchObject({ http: 200 })
    await send({ ...event, created_timestamp: 1 })
    expect(await recorded(`event_id = 'digest:' || digest as is_digest`)).toEqual([
      { is_digest: true },
      { is_digest: true },
    ])
    expect(heard).toHaveLength(2)
  })

  test('of a type that nobody here knows is kept for people, and not told to the rules', async () => {
    expect(await send({ event_type: 'request.swap.created' })).toMatchObject({ http: 200 })
    expect(await recorded()).toEqual([{ event_type: 'request.swap.created' }])
    expect(heard).toEqual([])
    expect(await counted('unknown', 'recorded')).toBe(1)
  })

  test('about a ceremony names its task', async () => {
    const request = makeV2KeyGen({ requestId: 'ceremony' })
    await send(makeEvent(request, 'created'))
    const { biz_task_id } = JSON.parse(request.request_detail ?? '{}') as { biz_task_id: string }
    expect(heard).toMatchObject([{ kind: 'keygen', status: 'created', businessKeys: [`cobo:acme:${biz_task_id}`] }])
  })

  test('with characters that PostgreSQL cannot store is recorded all the same', async () => {
    const event = { ...makeEvent(transfer('t1'), 'failed'), data: { failed_reason: 'a\u0000b', 'c\u0000d': 1 } }
    expect(await send(event)).toMatchObject({ http: 200 })
    expect(await recorded(`raw -> 'data' as data`)).toEqual([{ data: { failed_reason: 'a\ufffdb', 'c\ufffdd': 1 } }])
  })

  test('cannot be changed or removed afterwards', async () => {
    await send(makeEvent(transfer('t1'), 'failed'))
    await expect(rig.database.query({ text: `update platform_event set caller = 'x'` })).rejects.toThrow('append-only')
    await expect(rig.database.query({ text: 'delete from platform_event' })).rejects.toThrow('append-only')
  })
})

test('a ping is acknowledged and leaves nothing behind', async () => {
  expect(await send(EVENT_PING)).toEqual({ http: 200, body: '""' })
  expect(await recorded()).toEqual([])
})

describe('is refused', () => {
  test.each(['node-1', 'node-2', 'stranger', 'checker'])('when %s signed it', async (name) => {
    expect(await send(makeEvent(transfer('t1'), 'failed'), { privateKey: keyOf(name) })).toMatchObject({ http: 401 })
    expect(await recorded()).toEqual([])
    expect(await counted('unknown', 'refused')).toBe(1)
  })

  test('when its token has expired, or would live too long', async () => {
    const event = makeEvent(transfer('t1'), 'failed')
    expect(await send(event, { nowMs: Date.now() - 600_000 })).toMatchObject({ http: 401 })
    expect(await send(event, { expiresInSeconds: 3_600 })).toMatchObject({ http: 401 })
    expect(await recorded()).toEqual([])
  })

  test('when the form has no token, or two', async () => {
    const token = await signRequestToken('{"event_type":"ping"}', { privateKey: keyOf('node-1-event') })
    for (const form of ['', `${TOKEN_FIELD}=`, `other=${token}`, `${TOKEN_FIELD}=${token}&${TOKEN_FIELD}=${token}`])
      expect(await postForm(url(), form, { timeoutMs: 5_000 })).toMatchObject({ http: 401 })
    expect(await postForm(url(), `${TOKEN_FIELD}=${token}`, { timeoutMs: 5_000 })).toMatchObject({ http: 200 })
  })

  test.each(['no json', '[]', '{}', '{"event_type":"a","event_type":"b"}'])('when %s was signed', async (content) => {
    expect(await send(content)).toMatchObject({ http: 400 })
    expect(await recorded()).toEqual([])
  })
})

test('an event that the database does not take is asked for again, and then taken once', async () => {
  const event = makeEvent(transfer('t1'), 'failed')
  await rig.database.query({ text: 'alter table platform_event rename to elsewhere' })
  expect(await send(event)).toMatchObject({ http: 503 })
  await rig.database.query({ text: 'alter table elsewhere rename to platform_event' })
  expect(await send(event)).toMatchObject({ http: 200 })
  expect(await recorded()).toHaveLength(1)
  expect(heard).toHaveLength(1)
  expect(await counted('request.keysign.failed', 'refused')).toBe(1)
})

test('what the rules throw takes the record and their own writes back', async () => {
  const event = makeEvent(transfer('t1'), 'failed')
  onEventSays = () => {
    throw new Error('a bug')
  }
  expect(await send(event)).toMatchObject({ http: 503 })
  expect(await recorded()).toEqual([])
  expect(await rig.taken()).toEqual([])
  onEventSays = () => undefined
  expect(await send(event)).toMatchObject({ http: 200 })
  expect(await rig.taken()).toEqual(['event'])
})

test('the key of events does not sign requests', async () => {
  const token = await signRequestToken(transfer('t1'), { privateKey: keyOf('node-1-event') })
  const answer = await postForm(`${rig.url}/v2/check`, `${TOKEN_FIELD}=${token}`, { timeoutMs: 5_000 })
  expect(answer).toMatchObject({ http: 200 })
  expect(await rig.database.query({ text: 'select 1 from verdict_record' })).toEqual([])
})

test('a checker whose callers have no event key does not serve the path', () => {
  const router = new Router()
  const { database } = rig
  const log = createLogger({ level: 'silent', name: 'rig' })
  const metrics = createCheckerMetrics(new Registry())
  mountEventRoute(router, { callers: [], database, clock: systemClock, log, metrics })
  expect(router.match('/v2/event', 'POST').route).toBe(false)
})
