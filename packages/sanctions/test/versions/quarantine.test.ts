import { readFile } from 'node:fs/promises'
import type { Judgement } from '@callback-quorum/checker-kit'
import { AdminFault } from '@callback-quorum/service'
import { beforeEach, describe, expect, test } from 'vitest'
import { listedAddress } from '../../src/rules/listed-address.ts'
import type { ListSource } from '../../src/versions/list-source.ts'
import { advancedXml, detail, sha256 } from '../advanced-xml.ts'
import { chainOf, codesOf, judge, paymentTo } from '../asking.ts'
import { V0304, V0321 } from '../lists.ts'
import { GATES, HOUR_MS, openVersionsRig, refreshed, standing, type VersionsRig } from './versions-rig.ts'

const TORNADO = '0x12D66f87A04A9E220743712cE6d9bB1B5616B8Fc'
const SEMENOV = '0xdcbEfFBECcE100cCE9E4b153C4e15cB885643193'
const ETH = chainOf('evm', 'ETH')
const OFAC = { ...GATES, rowsMin: 500 }

let rig: VersionsRig
let source: ListSource
let [v0304, v0321] = ['', '']

beforeEach(async () => {
  rig = await openVersionsRig()
})

const ask = (address: string): Promise<Judgement> =>
  judge(
    listedAddress({ lists: [source], sameKey: 'reject', addressChecksum: 'reject' }),
    paymentTo(ETH, address),
    new Date(rig.nowMs()),
  )
const versionOf = (judgement: Judgement): unknown =>
  (judgement.evidence?.['lists'] as readonly { versionSha: string }[])[0]?.versionSha
const act = (name: 'activateQuarantined' | 'refuseQuarantined', sha: string): Promise<void> =>
  rig.database.transaction((tx) => rig.actions[name](tx, 'ofac-sdn', sha, 'ann and bob'))
const acknowledge = (sha: string): Promise<number> =>
  rig.database.transaction((tx) => rig.actions.acknowledgeRemovals(tx, 'ofac-sdn', sha, 'ann and bob'))
const statusOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof AdminFault ? error.status : error),
  )
const stateOf = async (sha: string): Promise<string | undefined> =>
  (
    await rig.database.query<{ state: string }>({
      text: 'select state from list_version where sha256 = $1',
      values: [sha],
    })
  )[0]?.state

describe('the delisting of 2025-03-21', () => {
  beforeEach(async () => {
    v0304 = await rig.deliver(await readFile(V0304))
    source = rig.source({ gates: OFAC })
    await source.start()
    await rig.advance(HOUR_MS)
    v0321 = await rig.deliver(await readFile(V0321))
  })

  test('[S18] is quarantined by the gates of the specification, and the old version serves and ages', async () => {
    const checkedAtMs = source.active()?.checkedAtMs
    expect(await refreshed(source)).toBe('quarantined')
    expect([source.active()?.index.versionSha, source.active()?.checkedAtMs]).toEqual([v0304, checkedAtMs])
    const [stored] = await rig.database.query({
      text: 'select state, findings from list_version where sha256 = $1',
      values: [v0321],
    })
    expect(stored).toEqual({
      state: 'quarantined',
      findings: [
        { gate: 'code_shrunk', against: 'active', code: 'ETH', rows: 63, before: 153 },
        { gate: 'code_shrunk', against: 'month', code: 'ETH', rows: 63, before: 153 },
      ],
    })
    expect(rig.lines.filter((line) => line.includes('list_quarantined'))).toHaveLength(1)
    expect(await rig.registry.metrics()).toContain('callback_quorum_sanctions_list_quarantined{source="ofac-sdn"} 1')
    // Delivered again: nothing new, and nobody is alarmed twice.
    await rig.advance(24 * HOUR_MS)
    await rig.deliver(await readFile(V0321))
    expect([await refreshed(source), standing(source, rig.nowMs())]).toEqual(['quarantined', 'stale'])
    expect(rig.lines.filter((line) => line.includes('list_quarantined'))).toHaveLength(1)
  })

  test('[S16] ends the block of a delisted address only after its removal was acknowledged', async () => {
    await refreshed(source)
    const before = await ask(TORNADO)
    expect([codesOf(before), versionOf(before)]).toEqual([['SANCTIONS_MATCH'], v0304])
    await act('activateQuarantined', v0321)
    await source.sync()
    const held = await ask(TORNADO)
    expect([codesOf(held), versionOf(held)]).toEqual([['SANCTIONS_MATCH'], v0321])
    expect(source.active()?.index.find(TORNADO, [])).toMatchObject([
      { row: { partyId: '39796', removedBy: v0321 }, versionSha: v0321 },
    ])
    expect(source.active()?.index).toMatchObject({ rows: 627, heldRows: 90 })
    expect(await acknowledge(v0321)).toBe(90)
    await source.sync()
    const after = await ask(TORNADO)
    expect([codesOf(after), versionOf(after)]).toEqual([[], v0321])
    expect(await rig.registry.metrics()).toContain('callback_quorum_sanctions_list_removals_held{source="ofac-sdn"} 0')
  })

  test('[S17] leaves an address that another party still has blocked throughout', async () => {
    expect(codesOf(await ask(SEMENOV))).toEqual(['SANCTIONS_MATCH'])
    await refreshed(source)
    await act('activateQuarantined', v0321)
    await acknowledge(v0321)
    await source.sync()
    expect(codesOf(await ask(SEMENOV))).toEqual(['SANCTIONS_MATCH'])
    expect(source.active()?.index.find(SEMENOV, [])).toMatchObject([{ row: { partyId: '44718' } }])
  })

  test('is as old as its own last delivery when people activate it', async () => {
    await refreshed(source)
    await rig.advance(5 * HOUR_MS)
    await act('activateQuarantined', v0321)
    await source.sync()
    expect(source.active()?.checkedAtMs).toBe(rig.nowMs() - 5 * HOUR_MS)
  })

  test('can be refused; it stays so when it is delivered again, and cannot be activated any more', async () => {
    await refreshed(source)
    await act('refuseQuarantined', v0321)
    await rig.deliver(await readFile(V0321), new Date(rig.nowMs() + 1))
    expect(await refreshed(source)).toBe('refused')
    expect(await statusOf(act('activateQuarantined', v0321))).toBe(409)
    expect([await stateOf(v0321), source.active()?.index.versionSha]).toEqual(['refused', v0304])
  })

  test('cannot be activated or acknowledged where there is nothing to', async () => {
    expect(await statusOf(act('activateQuarantined', v0321))).toBe(404)
    expect(await statusOf(act('activateQuarantined', v0304))).toBe(409)
    expect(await statusOf(acknowledge(v0304))).toBe(409)
    expect(await statusOf(acknowledge(v0321))).toBe(404)
    const other = rig.database.transaction((tx) => rig.actions.activateQuarantined(tx, 'other', v0304, 'ann'))
    expect(await statusOf(other)).toBe(404)
  })

  test('[S30] is 90 removals of one party and no addition', async () => {
    await refreshed(source)
    await act('activateQuarantined', v0321)
    const rows = await rig.database.query({
      text: `select state, row->>'partyId' as party, row->>'code' as code, count(*)::int as n from list_removal group by 1, 2, 3`,
    })
    expect(rows).toEqual([{ state: 'held', party: '39796', code: 'ETH', n: 90 }])
  })
})

describe('a version in quarantine', () => {
  const XBT = [
    '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h',
    '1H939dom7i4WDLCKyGbXUp3fs9CSTNRzgL',
    '18Y8VPic2pZsvyLaYVdSLQdCuT2nAJJ3hd',
  ]
  const listOf = (count: number, day: string): string =>
    advancedXml(
      XBT.slice(0, count).map((text, position) => ({ party: String(position), detail: detail(text) })),
      { day },
    )
  const addresses = (): unknown => source.active()?.index.rows

  beforeEach(async () => {
    await rig.deliver(listOf(2, '10'))
    source = rig.source({ gates: GATES })
    await source.start()
    await rig.deliver(listOf(1, '11'))
    await refreshed(source)
  })

  test('is not activated by people once another one screens, since they saw another difference', async () => {
    const waiting = sha256(listOf(1, '11'))
    await rig.deliver(listOf(3, '12'))
    expect([await refreshed(source), addresses()]).toEqual(['activated', 3])
    expect(await statusOf(act('activateQuarantined', waiting))).toBe(409)
    // Delivered again it is compared anew, with what screens now; by itself it never gets out.
    await rig.deliver(listOf(1, '11'))
    expect(await refreshed(source)).toBe('quarantined')
    const [{ findings } = {}] = await rig.database.query<{ findings: readonly { gate: string }[] }>({
      text: 'select findings from list_version where sha256 = $1',
      values: [waiting],
    })
    expect(findings?.map(({ gate }) => gate)).toEqual(['shrunk', 'shrunk', 'older_issue', 'quarantined_before'])
    expect(await statusOf(act('activateQuarantined', waiting))).toBe('done')
    await source.sync()
    expect(source.active()?.index).toMatchObject({ rows: 1, heldRows: 2 })
  })

  test('does not get out by itself when the version it was too small for is gone', async () => {
    await rig.database.transaction((tx) => rig.actions.refuseQuarantined(tx, 'ofac-sdn', sha256(listOf(1, '11')), 'a'))
    const looser = rig.source({ gates: { ...GATES, shrinkPercent: 100 } })
    await looser.start()
    expect(await refreshed(looser)).toBe('refused')
    expect(addresses()).toBe(2)
  })

  test('is a rollback when it screened before, even of the same day', async () => {
    await rig.deliver(listOf(3, '10'))
    expect(await refreshed(source)).toBe('activated')
    await rig.advance(1_000)
    const first = await rig.deliver(listOf(2, '10'))
    expect([await refreshed(source), addresses(), await stateOf(first)]).toEqual(['quarantined', 3, 'quarantined'])
  })

  test('is not made by a file that is older news than the last check', async () => {
    await rig.deliver(listOf(3, '10'))
    expect(await refreshed(source)).toBe('activated')
    const first = await rig.deliver(listOf(2, '10'), new Date(rig.nowMs() - HOUR_MS))
    expect([await refreshed(source), addresses(), await stateOf(first)]).toEqual(['outdated', 3, 'superseded'])
  })
})
