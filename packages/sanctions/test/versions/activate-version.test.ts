import { setImmediate as nextTurn } from 'node:timers/promises'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { listedAddress } from '../../src/rules/listed-address.ts'
import { activateVersion } from '../../src/versions/activate-version.ts'
import { chainOf, judge, outputTo, paymentTo, questionOf } from '../asking.ts'
import { V0304, V0321 } from '../lists.ts'
import { listOf } from './small-lists.ts'
import { GATES, openVersionsRig, OPEN_GATES, refreshed } from './versions-rig.ts'

const POLICY = { delistingHold: 'ack', reportOnlyListIds: new Set<string>() } as const
const ETH = chainOf('evm', 'ETH')

test('nothing is done when another version screens than the one that was compared, or when this one no longer waits', async () => {
  const rig = await openVersionsRig()
  await rig.deliver(listOf(3))
  const source = rig.source({ gates: GATES })
  await source.start()
  await rig.deliver(listOf(1))
  expect(await refreshed(source)).toBe('quarantined')
  const versions = await rig.database.query<{ version_id: bigint; sha256: string }>({
    text: 'select version_id, sha256 from list_version order by version_id',
  })
  const [old, waiting] = versions
  if (old === undefined || waiting === undefined) throw new Error('two versions were expected')
  const stand = (): Promise<unknown> =>
    rig.database.query({
      text: `select s.active_version, s.revision, (select count(*) from list_activation) as activations,
               (select string_agg(state, ' ' order by version_id) from list_version) as states from list_source s`,
    })
  const before = await stand()
  const activate = (version: typeof old, gatedAgainst: bigint | undefined): Promise<string> =>
    rig.database.transaction((tx) =>
      activateVersion(tx, {
        source: 'ofac-sdn',
        version: version.version_id,
        sha256: version.sha256,
        gatedAgainst,
        rows: [],
        added: [],
        removals: [],
        policy: POLICY,
        by: 'system',
      }),
    )
  expect(await activate(waiting, undefined)).toBe('raced')
  expect(await activate(waiting, waiting.version_id)).toBe('raced')
  expect(await activate(old, old.version_id)).toBe('raced')
  expect(await stand()).toEqual(before)
  expect(await activate(waiting, old.version_id)).toBe('activated')
})

test('every decision while a version takes over stands on one version alone', async () => {
  const rig = await openVersionsRig()
  const v0304 = await rig.deliver(await readFile(V0304))
  const source = rig.source({ gates: OPEN_GATES, policy: { ...POLICY, delistingHold: 'none' } })
  await source.start()
  const v0321 = await rig.deliver(await readFile(V0321))
  // Two delisted addresses and one that stays, in one payment.
  const addresses = [
    '0x12D66f87A04A9E220743712cE6d9bB1B5616B8Fc',
    '0x47CE0C6eD5B0Ce3d3A51fdb1C52DC66a7c3c2936',
    '0xdcbEfFBECcE100cCE9E4b153C4e15cB885643193',
  ]
  const question = questionOf({ chain: ETH, outputs: addresses.map((address) => outputTo(ETH, address)) })
  const rule = listedAddress({ lists: [source], sameKey: 'reject', addressChecksum: 'reject' })
  const seen = new Map<string, number>()
  const { result } = await source.refresh()
  const refresh = { isOver: false }
  void result.then(() => (refresh.isOver = true))
  for (let after = 0; after < 3; after += refresh.isOver ? 1 : 0) {
    const { evidence } = await judge(rule, question, new Date(rig.nowMs()))
    const [list] = evidence?.['lists'] as readonly { versionSha: string }[]
    const screened = evidence?.['screened'] as readonly { matches: readonly { versionSha: string }[] }[]
    const matches = screened.map((subject) => subject.matches.map(({ versionSha }) => versionSha === list?.versionSha))
    const what = `${String(list?.versionSha)} ${JSON.stringify(matches)}`
    seen.set(what, (seen.get(what) ?? 0) + 1)
    await nextTurn()
  }
  expect(await result).toBe('activated')
  expect([...seen.keys()]).toEqual([`${v0304} [[true],[true],[true]]`, `${v0321} [[],[],[true]]`])
})

test('a replica that is behind says so in its verdict', async () => {
  const rig = await openVersionsRig()
  await rig.deliver(listOf(3))
  const source = rig.source()
  await source.start()
  const ask = (atMs: number): Promise<unknown> =>
    judge(
      listedAddress({ lists: [source], sameKey: 'reject', addressChecksum: 'reject' }),
      paymentTo(ETH, '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'),
      new Date(atMs),
    )
  expect(await ask(rig.nowMs() + 60_000)).toMatchObject({ outcome: 'approve' })
  expect(await ask(rig.nowMs() + 60_001)).toMatchObject({ outcome: 'unable', code: 'LIST_BEHIND' })
})
