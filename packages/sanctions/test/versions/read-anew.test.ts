import { expect, test } from 'vitest'
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
