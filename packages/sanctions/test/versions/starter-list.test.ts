import { readFile } from 'node:fs/promises'
import { beforeEach, expect, test } from 'vitest'
import { openFileDelivery } from '../../src/delivery/file-delivery.ts'
import type { Delivery } from '../../src/delivery/delivery.ts'
import { STARTER_LIST } from '../../src/starter-list.ts'
import { listOf } from './small-lists.ts'
import { failures, GATES, HOUR_MS, openVersionsRig, refreshed, standing, type VersionsRig } from './versions-rig.ts'

let rig: VersionsRig
beforeEach(async () => {
  rig = await openVersionsRig()
})

const packaged = (): Delivery =>
  openFileDelivery({ file: STARTER_LIST.file, manifest: 'none', directory: rig.directory, clock: rig.time })

test('does not age where it is allowed, says loudly what it is, and never gets a time of a check', async () => {
  const source = rig.source({ delivery: packaged(), maxAgeMs: 'none', isStarterAllowed: true })
  await source.start()
  await rig.advance(10_000 * HOUR_MS)
  expect(await refreshed(source)).toBe('unchanged')
  expect(standing(source, rig.nowMs())).toBe('fresh')
  expect(source.active()).toMatchObject({ isStarter: true, index: { rows: 761, versionSha: STARTER_LIST.sha256 } })
  expect(source.active()?.checkedAtMs).toBeUndefined()
  expect(
    rig.lines.filter((line) => line.includes('STARTER LIST IN USE') && line.includes('"level":"warn"')),
  ).toHaveLength(1)
})

test('is refused where it is not allowed, also as a copy under another name with a fresh manifest', async () => {
  const direct = rig.source({ delivery: packaged(), maxAgeMs: 'none' })
  await direct.start()
  await rig.deliver(await readFile(STARTER_LIST.file))
  const copy = rig.source({ name: 'copy' })
  await copy.start()
  expect([direct.active(), copy.active(), failures(rig.lines)]).toEqual([
    undefined,
    undefined,
    ['ERR_SANCTIONS_STARTER_LIST', 'ERR_SANCTIONS_STARTER_LIST'],
  ])
})

test('no other list may be without age', async () => {
  await rig.deliver(listOf(2))
  const source = rig.source({ maxAgeMs: 'none', isStarterAllowed: true })
  await source.start()
  expect([source.active(), failures(rig.lines)]).toEqual([undefined, ['ERR_SANCTIONS_STARTER_LIST']])
})

test('that a database knows does not screen where it is not allowed, and is no measure for the list that replaces it', async () => {
  const demo = rig.source({ delivery: packaged(), maxAgeMs: 'none', isStarterAllowed: true })
  await demo.start()
  expect(demo.active()?.index.rows).toBe(761)
  const source = (await rig.replica()).source({ gates: GATES })
  await source.start()
  expect(source.active()).toBeUndefined()
  await rig.advance(HOUR_MS)
  await rig.deliver(listOf(3))
  expect(await refreshed(source)).toBe('activated')
  expect(source.active()).toMatchObject({ isStarter: false, index: { rows: 3, heldRows: 0 } })
})
