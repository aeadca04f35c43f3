import { AdminFault } from '@callback-quorum/service'
import { expect, test, vi } from 'vitest'
import type { Delivery } from '../../src/delivery/delivery.ts'
import { openFileDelivery } from '../../src/delivery/file-delivery.ts'
import { standingOf } from '../../src/list/list-reader.ts'
import { listOf, valueAt } from './small-lists.ts'
import { HOUR_MS, openVersionsRig, refreshed, standing } from './versions-rig.ts'

/** Publisher's server that is down, for a replica that must not need it. */
const DOWN: Delivery = { everyMs: HOUR_MS, fetch: () => Promise.reject(new Error('nobody answers')) }

test('a replica takes over what another one activated, and its age, without fetching', async () => {
  const rig = await openVersionsRig()
  const [a, b] = [rig, await rig.replica()]
  await rig.deliver(listOf(2))
  const source = a.source()
  await source.start()
  const other = b.source({ delivery: DOWN })
  await other.start()
  expect(other.active()).toMatchObject({ checkedAtMs: rig.nowMs(), index: { rows: 2 } })
  await rig.advance(HOUR_MS)
  await rig.deliver(listOf(3))
  expect(await refreshed(source)).toBe('activated')
  expect(other.active()?.index.rows).toBe(2)
  await other.sync()
  expect(other.active()).toMatchObject({ checkedAtMs: rig.nowMs(), index: { rows: 3 } })
  expect(other.active()?.index.canonicalSetSha).toBe(source.active()?.index.canonicalSetSha)
})

test('a replica notices by itself', async () => {
  const rig = await openVersionsRig()
  await rig.deliver(listOf(2))
  const source = rig.source()
  await source.start()
  const other = (await rig.replica()).source({ delivery: DOWN, pollIntervalMs: 20 })
  await other.start()
  await rig.deliver(listOf(3))
  await refreshed(source)
  await vi.waitFor(() => expect(other.active()?.index.rows).toBe(3), { timeout: 20_000 })
})

test('a replica that could not take over what the others have for a minute decides nothing, and not earlier', async () => {
  const rig = await openVersionsRig()
  await rig.deliver(listOf(2))
  const source = rig.source()
  await source.start()
  const other = (await rig.replica()).source({ delivery: DOWN })
  await other.start()
  await rig.advance(60_000)
  expect(standing(other, rig.nowMs())).toBe('fresh')
  await rig.advance(1)
  expect(standingOf(other, rig.nowMs())).toMatchObject({ state: 'behind', active: { index: { rows: 2 } } })
  await other.sync()
  expect(standing(other, rig.nowMs())).toBe('fresh')
})

test('a version whose stored rows cannot be read leaves a replica behind, with the version before', async () => {
  const rig = await openVersionsRig()
  await rig.deliver(listOf(2))
  const source = rig.source()
  await source.start()
  const other = (await rig.replica()).source({ delivery: DOWN })
  await other.start()
  await rig.deliver(listOf(3))
  await refreshed(source)
  await rig.database.query({ text: 'alter table list_bytes disable trigger all' })
  await rig.database.query({
    text: `update list_bytes b set bytes = 'spoiled' from list_source s where s.active_version = b.version_id and part = 'rows'`,
  })
  await expect(other.sync()).rejects.toMatchObject({ code: expect.stringContaining('ERR_SANCTIONS_LIST_') as string })
  expect(other.active()?.index.rows).toBe(2)
  await rig.advance(61_000)
  expect(standing(other, rig.nowMs())).toBe('behind')
})

test('one replica fetches at a time; another one that is told to says so', async () => {
  const rig = await openVersionsRig()
  const gate = Promise.withResolvers<undefined>()
  let fetches = 0
  const file = openFileDelivery({ file: rig.file, manifest: 'required', directory: rig.directory, clock: rig.time })
  const slow: Delivery = {
    everyMs: HOUR_MS,
    fetch: async (previous, stopping) => {
      fetches += 1
      await gate.promise
      return file.fetch(previous, stopping)
    },
  }
  await rig.deliver(listOf(2))
  const source = rig.source({ delivery: slow })
  const other = (await rig.replica()).source({ delivery: slow })
  const starting = source.start()
  await vi.waitFor(() => expect(fetches).toBe(1))
  await other.start()
  const refused = await other.refresh().catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(AdminFault)
  expect(refused).toMatchObject({ status: 409 })
  gate.resolve(undefined)
  await starting
  expect(fetches).toBe(1)
  await other.sync()
  expect([source.active()?.index.rows, other.active()?.index.rows]).toEqual([2, 2])
  expect(await refreshed(other)).toBe('unchanged')
})

test('a lease of a replica that died ends, and another one fetches', async () => {
  const rig = await openVersionsRig()
  await rig.deliver(listOf(2))
  const source = rig.source()
  await source.start()
  await rig.database.query({
    text: `update list_source set lease_holder = 'dead', lease_until = clock_now() + interval '15 minutes', next_refresh_at = clock_now()`,
  })
  await expect(source.refresh()).rejects.toMatchObject({ status: 409 })
  await rig.advance(15 * 60_000)
  expect(await refreshed(source)).toBe('unchanged')
})

test('after a restart the last good version serves without its publisher, held removals too, and is no younger', async () => {
  const rig = await openVersionsRig()
  const checkedAtMs = rig.nowMs()
  await rig.deliver(listOf(3))
  const source = rig.source()
  await source.start()
  await rig.deliver(listOf(2))
  await refreshed(source)
  await source.stop()
  await rig.advance(23 * HOUR_MS)
  const again = (await rig.replica()).source({ delivery: DOWN })
  await again.start()
  expect(again.active()).toMatchObject({ checkedAtMs, index: { rows: 2, heldRows: 1 } })
  expect(again.active()?.index.find(valueAt(2), [])).toMatchObject([{ strength: 'L3', row: { partyId: '3' } }])
  expect(standing(again, rig.nowMs())).toBe('fresh')
  await rig.advance(HOUR_MS + 1_000)
  await again.sync()
  expect(standing(again, rig.nowMs())).toBe('stale')
})

test('two replicas that fetch the same new version at once activate it once', async () => {
  const rig = await openVersionsRig()
  await rig.deliver(listOf(2))
  const source = rig.source()
  await source.start()
  const other = (await rig.replica()).source()
  await other.start()
  const sha = await rig.deliver(listOf(3))
  const [first] = [await source.refresh()]
  // As if the lease had run out under a process that was asleep.
  await rig.database.query({ text: 'update list_source set lease_holder = null, lease_until = null' })
  const second = await other.refresh()
  expect(new Set([await first.result, await second.result])).toEqual(new Set(['activated', 'unchanged']))
  const rows = await rig.database.query({
    text: 'select count(*)::int as n from list_activation join list_version using (version_id) where sha256 = $1',
    values: [sha],
  })
  expect(rows).toEqual([{ n: 1 }])
})
