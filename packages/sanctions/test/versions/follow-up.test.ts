import { expect, test, vi } from 'vitest'
import type { Activated } from '../../src/versions/version-actions.ts'
import { listOf } from './small-lists.ts'
import { HOUR_MS, openVersionsRig, refreshed } from './versions-rig.ts'

test('every activation is told once over all replicas, with what it changed', async () => {
  const rig = await openVersionsRig()
  const told: Activated[] = []
  const onActivated = (activated: Activated): Promise<void> => {
    told.push(activated)
    return Promise.resolve()
  }
  await rig.deliver(listOf(2))
  const source = rig.source({ onActivated, pollIntervalMs: 20 })
  await source.start()
  const other = (await rig.replica()).source({ onActivated, pollIntervalMs: 20 })
  await other.start()
  await rig.advance(1_000)
  await rig.deliver(listOf(3))
  expect(await refreshed(source)).toBe('activated')
  await vi.waitFor(
    async () => {
      const open = await rig.database.query({ text: 'select from list_follow_up where done_at is null' })
      expect(open).toEqual([])
    },
    { timeout: 25_000 },
  )
  expect(
    told.map(({ source: name, versionSha, replacedSha, diff, index }) => [
      name,
      versionSha === index.versionSha,
      replacedSha === told[0]?.versionSha,
      diff.added.length,
      diff.removed.length,
    ]),
  ).toEqual([
    ['ofac-sdn', true, false, 2, 0],
    ['ofac-sdn', true, true, 1, 0],
  ])
})

test('what failed is told again, later', async () => {
  const rig = await openVersionsRig()
  let attempts = 0
  const onActivated = (): Promise<void> => {
    attempts += 1
    return attempts === 1 ? Promise.reject(new Error('the first time')) : Promise.resolve()
  }
  await rig.deliver(listOf(2))
  const source = rig.source({ onActivated, pollIntervalMs: 20 })
  await source.start()
  await vi.waitFor(() => expect(rig.lines.join()).toContain('is done again'), { timeout: 25_000 })
  expect(attempts).toBe(1)
  await rig.advance(HOUR_MS)
  await vi.waitFor(() => expect(attempts).toBe(2), { timeout: 25_000 })
})
