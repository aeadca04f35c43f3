import { expect, test, vi } from 'vitest'
import type { FormatOptions } from '../../src/formats/format.ts'
import { openVersionsRig, refreshed } from './versions-rig.ts'

const CSV = ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa,12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h,one', ''].join('\n')
const column = (address: number): FormatOptions => ({ format: 'plain', columns: { address, party: 3 } })
const [FIRST, SECOND] = ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h']

test('a version is read anew from its raw bytes when the parser is told something else, and what it no longer finds is held', async () => {
  const rig = await openVersionsRig()
  await rig.deliver(CSV)
  const source = rig.source({ format: column(1) })
  await source.start()
  const listed = (address: string, of = source): readonly unknown[] =>
    (of.active()?.index.find(address, []) ?? []).map(({ row }) => row.removedBy ?? 'listed')
  expect([listed(FIRST), listed(SECOND)]).toEqual([['listed'], []])
  const sha = source.active()?.index.versionSha
  await source.stop()

  const other = (await rig.replica()).source({ format: column(2) })
  await other.start()
  expect(other.active()?.index).toMatchObject({ versionSha: sha, rows: 1, heldRows: 1 })
  expect([listed(FIRST, other), listed(SECOND, other)]).toEqual([[sha], ['listed']])
  // A replica with the former options still runs, and holds as well; the two do not take turns.
  const former = (await rig.replica()).source({ format: column(1) })
  await former.start()
  await other.sync()
  expect(listed(FIRST, former)).toEqual(['listed', sha])
  const [{ removals, readings } = {}] = await rig.database.query<{ removals: number; readings: number }>({
    text: `select (select count(*)::int from list_removal) as removals,
             (select count(distinct reading)::int from list_bytes where part = 'rows') as readings`,
  })
  expect([removals, readings]).toEqual([1, 2])
  expect(await refreshed(other)).toBe('unchanged')
})

test('when the raw bytes cannot be read any more the stored rows stand', async () => {
  const rig = await openVersionsRig()
  await rig.deliver(CSV)
  const source = rig.source({ format: column(1) })
  await source.start()
  const other = (await rig.replica()).source({ format: { format: 'ofac-advanced' } })
  await other.start()
  expect(other.active()?.index.find(FIRST, [])).toHaveLength(1)
})

test('a version that no longer screens holds nothing when it is read anew', async () => {
  const rig = await openVersionsRig()
  await rig.deliver(CSV)
  const source = rig.source({ format: column(1) })
  await source.start()
  await rig.deliver(`${CSV}${CSV.replaceAll('one', 'two')}`)
  expect(await refreshed(source)).toBe('activated')
  await source.stop()
  // Telling of both activations reads both versions, the former one too.
  const told: string[] = []
  const other = (await rig.replica()).source({
    format: column(2),
    pollIntervalMs: 20,
    onActivated: ({ versionSha }) => {
      told.push(versionSha)
      return Promise.resolve()
    },
  })
  await other.start()
  await vi.waitFor(() => expect(told).toHaveLength(2), { timeout: 25_000 })
  const held = await rig.database.query<{ sha256: string }>({
    text: 'select sha256 from list_removal join list_version on version_id = removed_by',
  })
  expect(new Set(held.map(({ sha256 }) => sha256))).toEqual(new Set([told[1]]))
  expect(held).toHaveLength(2)
}, 60_000)
