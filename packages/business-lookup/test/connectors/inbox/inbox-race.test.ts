import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventOf, newReference, record, seen, startInboxRig, type InboxRig } from './inbox-rig.ts'

let rig: InboxRig
beforeAll(async () => {
  rig = await startInboxRig()
})
afterAll(() => rig.close())

const ROUNDS = 50
/** How much earlier one of the two starts, so that each of them is the first one in some rounds. */
const HEAD_STARTS_MS = [0, 1, 2, 4, 8]

test('a cancel that was acknowledged is never followed by a claim: 50 rounds of both at once', async () => {
  const rounds = { approved: 0, cancelledFirst: 0 }
  for (let round = 0; round < ROUNDS; round += 1) {
    const reference = newReference()
    const asked = { reference, organisation: 'acme' }
    await rig.put(reference, 1, record())
    const found = await rig.lookUp(reference)
    if (found.found !== 'one') throw new Error('it was stored')
    let acknowledged = false
    const headStartMs = HEAD_STARTS_MS[round % HEAD_STARTS_MS.length] ?? 0
    const cancelling = (async () => {
      if (round % 2 === 0) await sleep(headStartMs)
      expect(await rig.cancel(reference, 2)).toMatchObject({ status: 200, json: { result: 'cancelled' } })
      acknowledged = true
    })()
    const claiming = (async () => {
      if (round % 2 === 1) await sleep(headStartMs)
      return rig.database.transaction(async (tx) => {
        const acknowledgedBefore = acknowledged
        const stands = (await rig.inbox.confirm?.(asked, found.intent, tx)) === true
        if (acknowledgedBefore) expect(stands).toBe(false)
        // What a claim does with the rest of its transaction: while it lasts, no cancel is acknowledged.
        await tx.query({ text: 'select pg_sleep(0.01)' })
        if (stands) expect(acknowledged).toBe(false)
        return stands
      })
    })()
    const [stands] = await Promise.all([claiming, cancelling])
    rounds[stands ? 'approved' : 'cancelledFirst'] += 1
    expect(await rig.database.transaction((tx) => rig.inbox.confirm!(asked, found.intent, tx))).toBe(false)
  }
  // Neither order may be missing: the test would show nothing about it.
  expect(rounds.approved).toBeGreaterThan(0)
  expect(rounds.cancelledFirst).toBeGreaterThan(0)
})

test('a claim holds only for the very version that was compared', async () => {
  const reference = newReference()
  const asked = { reference, organisation: 'acme' }
  await rig.put(reference, 1, record())
  const found = await rig.lookUp(reference)
  if (found.found !== 'one') throw new Error('it was stored')
  const { intent } = found
  const confirm = (): Promise<boolean> => rig.database.transaction((tx) => rig.inbox.confirm!(asked, intent, tx))
  expect(await confirm()).toBe(true)
  const elsewhere = { ...asked, organisation: 'globex' }
  expect(await rig.database.transaction((tx) => rig.inbox.confirm!(elsewhere, intent, tx))).toBe(false)
  const changed = { ...intent, recordDigest: '00'.repeat(32) }
  expect(await rig.database.transaction((tx) => rig.inbox.confirm!(asked, changed, tx))).toBe(false)
  await rig.put(reference, 2, record({ state: 'on hold' }))
  expect(await confirm()).toBe(false)
})

test('a claim does not hold for a reference that became disputed, nor for a tombstone', async () => {
  const [disputed, cancelled] = [newReference(), newReference()]
  await rig.put(disputed, 2, record({ amount: '2' }))
  const before = await rig.lookUp(disputed)
  await rig.put(disputed, 1, record())
  await rig.cancel(cancelled, 1)
  const tombstone = await rig.lookUp(cancelled)
  for (const [reference, found] of [
    [disputed, before],
    [cancelled, tombstone],
  ] as const) {
    if (found.found !== 'one') throw new Error('it was stored')
    const asked = { reference, organisation: 'acme' }
    expect(await rig.database.transaction((tx) => rig.inbox.confirm!(asked, found.intent, tx))).toBe(false)
  }
})

test('B25: twenty duplicates at once are one row and one event', async () => {
  const [byEvent, byRest] = [newReference(), newReference()]
  const event = eventOf(byEvent, 1)
  const answers = await Promise.all(
    Array.from({ length: 20 }, async () => [await rig.event(event), await rig.put(byRest, 1, record())] as const),
  )
  for (const place of [0, 1] as const) {
    const results = answers.map((pair) => (pair[place].json as { result: string }).result)
    expect(results.filter((result) => result === 'stored')).toHaveLength(1)
    expect(results.filter((result) => result === 'repeated')).toHaveLength(19)
  }
  expect(await rig.rows(byEvent)).toEqual({ intents: 1, results: ['stored'] })
  expect(await rig.rows(byRest)).toEqual({ intents: 1, results: ['stored'] })
})

test('one id for twenty references at once is accepted for one of them', async () => {
  const references = Array.from({ length: 20 }, newReference)
  const answers = await Promise.all(references.map((reference) => rig.event(eventOf(reference, 1, { id: 'the-same' }))))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(19)
  const found = await Promise.all(references.map((reference) => rig.lookUp(reference)))
  expect(found.filter((each) => each.found === 'one')).toHaveLength(1)
})

test('two batches over the same references in opposite order do not stand in each other’s way', async () => {
  const references = Array.from({ length: 10 }, newReference)
  const headers = { 'content-type': 'application/cloudevents-batch+json' }
  const batch = (version: number, places: readonly string[]) =>
    rig.send('/v1/events', { body: places.map((reference) => eventOf(reference, version)), headers })
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => batch(index + 1, index % 2 === 0 ? references : references.toReversed())),
  )
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
  for (const reference of references) expect(seen(await rig.lookUp(reference))).toBe('approved 1.5 v8')
})

test('two listeners over one database are one inbox, and a restart keeps everything', async () => {
  const [reference, gone] = [newReference(), newReference()]
  const replica = await rig.open()
  const event = eventOf(reference, 1)
  await rig.event(event)
  await rig.cancel(gone, 1)
  expect(await rig.event(event, replica)).toMatchObject({ json: { result: 'repeated' } })
  expect(await rig.put(reference, 2, record({ amount: '2' }), replica)).toMatchObject({ status: 409 })
  expect(seen(await rig.lookUp(reference, replica))).toBe('approved 1.5 v1')
  expect(seen(await rig.lookUp(gone, replica))).toBe('cancelled by the inbox absent v-')

  await replica.close()
  const fresh = await rig.testDatabase.open()
  const restarted = await rig.open({ database: fresh })
  expect(await rig.event(event, restarted)).toMatchObject({ json: { result: 'repeated' } })
  expect(await rig.put(reference, 2, record({ amount: '2' }), restarted)).toMatchObject({ status: 409 })
  expect(seen(await rig.lookUp(reference, restarted))).toBe('approved 1.5 v1')
  expect(await rig.put(gone, 1, record(), restarted)).toMatchObject({ json: { result: 'cancelled' } })
})
