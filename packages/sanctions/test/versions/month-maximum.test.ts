import { expect, test } from 'vitest'
import type { ListSource } from '../../src/versions/list-source.ts'
import { listOf } from './small-lists.ts'
import { GATES, HOUR_MS, openVersionsRig, refreshed, type VersionsRig } from './versions-rig.ts'

const DAY_MS = 24 * HOUR_MS

async function opened(rows: number): Promise<{ readonly rig: VersionsRig; readonly source: ListSource }> {
  const rig = await openVersionsRig()
  await rig.deliver(listOf(rows))
  const source = rig.source({ gates: { ...GATES, codeShrinkPercent: 100 } })
  await source.start()
  return { rig, source }
}

const next = async (rig: VersionsRig, source: ListSource, rows: number): Promise<string> => {
  await rig.deliver(listOf(rows))
  return refreshed(source)
}

test('many small shrinks do not add up to a large one within 30 days', async () => {
  const { rig, source } = await opened(20)
  await rig.advance(DAY_MS)
  expect(await next(rig, source, 18)).toBe('activated')
  await rig.advance(29 * DAY_MS)
  // 11 % less than the day before, 20 % less than what screened within the month.
  expect(await next(rig, source, 16)).toBe('quarantined')
  expect([source.active()?.index.rows, source.active()?.index.heldRows]).toEqual([18, 2])
})

test('what screened longer ago than 30 days is no measure any more', async () => {
  const { rig, source } = await opened(20)
  await rig.advance(DAY_MS)
  expect(await next(rig, source, 18)).toBe('activated')
  await rig.advance(30 * DAY_MS + 1)
  expect(await next(rig, source, 16)).toBe('activated')
})

test('a shrink that people accepted is the measure from then on', async () => {
  const { rig, source } = await opened(20)
  const sha = await rig.deliver(listOf(10))
  expect(await refreshed(source)).toBe('quarantined')
  await rig.database.transaction((tx) => rig.actions.activateQuarantined(tx, 'ofac-sdn', sha, 'ann and bob'))
  await rig.advance(1_000)
  expect(await next(rig, source, 9)).toBe('activated')
  expect(await next(rig, source, 8)).toBe('quarantined')
})
