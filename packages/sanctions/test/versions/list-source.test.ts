import { readFile, writeFile } from 'node:fs/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { openFileDelivery } from '../../src/delivery/file-delivery.ts'
import type { ListSource } from '../../src/versions/list-source.ts'
import { advancedXml, detail, sha256, type ListedPart } from '../advanced-xml.ts'
import { NOW } from '../asking.ts'
import { unParty, unXml } from '../formats/name-lists.ts'
import { V0304, V0321 } from '../lists.ts'
import {
  failures,
  GATES,
  HOUR_MS,
  openVersionsRig,
  refreshed,
  resultsOf,
  standing,
  type VersionsRig,
} from './versions-rig.ts'

const ONE: readonly ListedPart[] = [{ party: '1', detail: detail('12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h') }]
const TWO: readonly ListedPart[] = [...ONE, { party: '2', detail: detail('1H939dom7i4WDLCKyGbXUp3fs9CSTNRzgL') }]

let rig: VersionsRig
beforeEach(async () => {
  rig = await openVersionsRig()
})

async function started(options: Parameters<VersionsRig['source']>[0] = {}): Promise<ListSource> {
  const source = rig.source(options)
  await source.start()
  return source
}

describe('the first version', () => {
  test('becomes active with its bytes, counts and the time of its check', async () => {
    const text = advancedXml(ONE)
    const sha = await rig.deliver(text, new Date(rig.nowMs() - HOUR_MS))
    const source = await started()
    expect(source.active()).toMatchObject({
      checkedAtMs: rig.nowMs() - HOUR_MS,
      isStarter: false,
      index: { versionSha: sha, rows: 1 },
    })
    const [stored] = await rig.database.query({
      text: `select v.state, v.rows, v.raw_packed, v.raw_bytes, s.revision, a.by, a.replaced, f.result, (select count(*) from first_seen) as seen
             from list_version v join list_source s on s.active_version = v.version_id join list_activation a using (version_id)
               join list_refresh f on f.sha256 = v.sha256`,
    })
    expect(stored).toEqual({
      state: 'active',
      rows: 1,
      raw_packed: true,
      raw_bytes: BigInt(text.length),
      revision: 1n,
      by: 'system',
      replaced: null,
      result: 'activated',
      seen: 1n,
    })
    expect(await resultsOf(rig.metrics)).toEqual({ activated: 1 })
  })

  test('a list of names may have no address today, and takes its first one at once, where its floor is nothing', async () => {
    const format = { format: 'un-consolidated' } as const
    const name = unParty('ENTITY', 'e1', 'Listed.')
    await rig.deliver(unXml('', name))
    const strict = rig.source({ name: 'strict', format, gates: GATES })
    await strict.start()
    expect([strict.active(), failures(rig.lines)]).toEqual([undefined, ['ERR_SANCTIONS_LIST_EMPTY']])
    const source = await started({ format, gates: { ...GATES, rowsMin: 0 } })
    expect(source.active()).toMatchObject({ index: { rows: 0 } })
    const address = unParty('ENTITY', 'e2', 'Bitcoin 12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h')
    await rig.deliver(unXml('', name + address))
    await refreshed(source)
    expect(source.active()).toMatchObject({ index: { rows: 1 } })
    await rig.deliver(unXml('', ''))
    await refreshed(source)
    expect(source.active()).toMatchObject({ index: { rows: 1 } })
  })

  test('[S21] without a file there is no list, and nothing throws', async () => {
    const source = await started()
    expect([source.active(), standing(source, rig.nowMs()), failures(rig.lines)]).toEqual([
      undefined,
      'absent',
      ['ERR_SANCTIONS_LIST_UNREADABLE'],
    ])
    expect(await resultsOf(rig.metrics)).toEqual({ failed: 1 })
  })

  test('other bytes than the configuration names are refused, whatever the manifest says', async () => {
    const sha = await rig.deliver(advancedXml(ONE))
    const refused = await started({ sha256: sha256('another') })
    expect(refused.active()).toBeUndefined()
    expect(failures(rig.lines)).toEqual(['ERR_SANCTIONS_LIST_HASH'])
    await rig.advance(HOUR_MS)
    expect((await started({ sha256: sha })).active()).toBeDefined()
  })

  test('without a single address is refused, and nothing of it is stored but its beginning', async () => {
    await rig.deliver(advancedXml([]))
    expect((await started()).active()).toBeUndefined()
    const rows = await rig.database.query<{ head: Buffer; code: string }>({
      text: 'select head, code from list_refresh',
    })
    expect(rows.map(({ code, head }) => [code, head.toString().slice(0, 5)])).toEqual([
      ['ERR_SANCTIONS_LIST_EMPTY', '<?xml'],
    ])
    expect(await rig.database.query({ text: 'select from list_version' })).toEqual([])
  })
})

describe('a second version', () => {
  test('replaces the active one as a whole', async () => {
    await rig.deliver(await readFile(V0304))
    const source = await started()
    const before = source.active()
    await rig.deliver(await readFile(V0321))
    expect(await refreshed(source)).toBe('activated')
    expect([before?.index.rows, source.active()?.index.rows]).toEqual([717, 627])
    expect(await resultsOf(rig.metrics)).toEqual({ activated: 2 })
  })

  test('of the same bytes renews the age and nothing else', async () => {
    const sha = await rig.deliver(advancedXml(ONE))
    const source = await started()
    const before = source.active()
    await rig.advance(HOUR_MS)
    await rig.deliver(advancedXml(ONE))
    expect(await refreshed(source)).toBe('unchanged')
    expect(source.active()?.index).toBe(before?.index)
    expect([source.active()?.checkedAtMs, source.active()?.index.versionSha]).toEqual([rig.nowMs(), sha])
    expect(await resultsOf(rig.metrics)).toEqual({ activated: 1, unchanged: 1 })
    expect(await rig.database.query({ text: 'select from list_refresh' })).toHaveLength(1)
  })

  test('[S20] reading the file again never makes the list younger', async () => {
    await rig.deliver(advancedXml(ONE))
    const source = await started()
    await rig.advance(23 * HOUR_MS)
    expect(await refreshed(source)).toBe('unchanged')
    expect([source.active()?.checkedAtMs, standing(source, rig.nowMs())]).toEqual([NOW.getTime(), 'fresh'])
    await rig.advance(HOUR_MS + 1_000)
    expect(await refreshed(source)).toBe('unchanged')
    expect(standing(source, rig.nowMs())).toBe('stale')
  })

  test('with a manifest that is older than the last check does not set the clock back', async () => {
    await rig.deliver(advancedXml(ONE))
    const source = await started()
    await rig.deliver(advancedXml(ONE), new Date(rig.nowMs() - 10 * HOUR_MS))
    expect(await refreshed(source)).toBe('unchanged')
    expect(source.active()?.checkedAtMs).toBe(NOW.getTime())
  })

  const BROKEN: readonly (readonly [defect: string, spoil: (good: string) => string, code: string])[] = [
    ['cut at 60 %', (good) => good.slice(0, good.length * 0.6), 'ERR_SANCTIONS_LIST_MALFORMED'],
    ['without its end', (good) => good.replace('</Sanctions>', ''), 'ERR_SANCTIONS_LIST_MALFORMED'],
    ['HTML', () => '<html><body>maintenance</body></html>', 'ERR_SANCTIONS_LIST_MALFORMED'],
    ['without address types', () => advancedXml([], { types: { '25': 'Gender' } }), 'ERR_SANCTIONS_LIST_STRUCTURE'],
    ['empty of addresses', () => advancedXml([]), 'ERR_SANCTIONS_LIST_EMPTY'],
  ]
  test.each(BROKEN)('[S19] that is %s leaves the old one serving and ageing', async (_, spoil, code) => {
    await rig.deliver(advancedXml(ONE))
    const source = await started()
    const before = source.active()
    await rig.advance(HOUR_MS)
    await rig.deliver(spoil(advancedXml(TWO)))
    expect(await refreshed(source)).toBe('failed')
    expect(before).toBeDefined()
    expect(source.active()?.index).toBe(before?.index)
    expect(source.active()?.checkedAtMs).toBe(NOW.getTime())
    expect([failures(rig.lines), await resultsOf(rig.metrics)]).toEqual([[code], { activated: 1, failed: 1 }])
    expect(standing(source, rig.nowMs() + 23 * HOUR_MS + 1)).toBe('stale')
  })

  test('of which only the file has arrived waits for its manifest', async () => {
    await rig.deliver(advancedXml(ONE))
    const source = await started()
    await writeFile(rig.file, advancedXml(TWO))
    expect([await refreshed(source), source.active()?.index.rows]).toEqual(['failed', 1])
    await rig.deliver(advancedXml(TWO))
    expect([await refreshed(source), source.active()?.index.rows]).toEqual(['activated', 2])
  })

  test('[S22] with a new code is taken, and the code is announced', async () => {
    await rig.deliver(advancedXml(ONE))
    const source = await started()
    const types = Object.fromEntries(
      ['XBT', 'ETH', 'FOO'].map((code, position) => [String(344 + position), `Digital Currency Address - ${code}`]),
    )
    const value = 'f'.repeat(40)
    await rig.deliver(advancedXml([...ONE, { party: '2', type: '346', detail: detail(value) }], { types }))
    expect(await refreshed(source)).toBe('activated')
    expect(source.active()?.index).toMatchObject({ rows: 2, codes: ['XBT', 'ETH', 'FOO'] })
    expect(source.active()?.index.find(value, [])).toMatchObject([{ strength: 'L3', row: { code: 'FOO' } }])
    expect(rig.lines.filter((line) => line.includes('"new_code"'))).toEqual([expect.stringContaining('["FOO"]')])
    expect((await rig.metrics.newCodes.get()).values).toMatchObject([{ value: 1 }])
  })
})

test('the same failure is one row of the record in an hour, another one is another row', async () => {
  const source = await started()
  await refreshed(source)
  await refreshed(source)
  await rig.deliver('<html/>')
  await refreshed(source)
  await rig.advance(HOUR_MS + 1)
  await refreshed(source)
  const rows = await rig.database.query<{ code: string }>({ text: 'select code from list_refresh order by refresh_id' })
  expect(rows.map(({ code }) => code)).toEqual([
    'ERR_SANCTIONS_LIST_UNREADABLE',
    'ERR_SANCTIONS_LIST_MALFORMED',
    'ERR_SANCTIONS_LIST_MALFORMED',
  ])
})

test('a manifest of a file that nobody could read is not needed to see that there is none', async () => {
  const delivery = openFileDelivery({
    file: rig.directory,
    manifest: 'none',
    directory: rig.directory,
    clock: rig.time,
  })
  const source = await started({ delivery })
  expect([source.active(), failures(rig.lines)]).toEqual([undefined, ['ERR_SANCTIONS_LIST_UNREADABLE']])
})
