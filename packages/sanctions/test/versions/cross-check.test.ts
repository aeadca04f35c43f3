import { beforeEach, expect, test } from 'vitest'
import { join } from 'node:path'
import { openFileDelivery } from '../../src/delivery/file-delivery.ts'
import type { ListSource } from '../../src/versions/list-source.ts'
import { advancedXml, detail } from '../advanced-xml.ts'
import { failures, openVersionsRig, refreshed, type VersionsRig } from './versions-rig.ts'

/** Gaza Now, listed once as an EVM address and once as the TRON address of the same 20 bytes. */
const EVM = '0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF'
const TRON = 'TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW'
const BTC = '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'
const LTC = ['M8yFL6SFC6TreATegTyuSYkDfDRbisdpT3', '32m72D2HEycRqfBkaazZcuVpLWq9k3sYdt'] as const

let rig: VersionsRig
let mirrorFile: string
beforeEach(async () => {
  rig = await openVersionsRig()
  mirrorFile = join(rig.directory, 'mirror')
})

const list = (...values: readonly string[]): string =>
  advancedXml(values.map((value, position) => ({ party: String(position), detail: detail(value) })))

const compared = (): ListSource => rig.source({ crossCheck: { source: 'mirror', extrasPercent: 50 } })

async function mirror(...values: readonly string[]): Promise<void> {
  await rig.deliver(list(...values), undefined, mirrorFile)
  const { directory, time: clock } = rig
  const delivery = openFileDelivery({ file: mirrorFile, manifest: 'required', directory, clock })
  await rig.source({ name: 'mirror', delivery }).start()
}

const findings = async (): Promise<unknown> =>
  (
    await rig.database.query<{ findings: unknown }>({
      text: `select findings from list_version where source = 'ofac-sdn'`,
    })
  )[0]?.findings

test('the same addresses in other spellings and on other chains are the same', async () => {
  await mirror(TRON, LTC[1], BTC)
  await rig.deliver(list(EVM, LTC[0], BTC))
  const source = compared()
  await source.start()
  expect(source.active()?.index.rows).toBe(3)
})

test('the first version too waits when the other list has an address that it lacks', async () => {
  await mirror(EVM, BTC)
  await rig.deliver(list(BTC))
  const source = compared()
  await source.start()
  expect(source.active()).toBeUndefined()
  expect(await findings()).toEqual([
    {
      gate: 'cross_check_missing',
      source: 'mirror',
      missing: 1,
      some: ['key20:e950dc316b836e4eefb8308bf32bf7c72a1358ff'],
    },
  ])
})

test('extras are tolerated up to their share', async () => {
  await mirror(BTC)
  await rig.deliver(list(BTC, EVM))
  const source = compared()
  await source.start()
  expect(source.active()?.index.rows).toBe(2)
  await rig.deliver(list(BTC, EVM, LTC[0]))
  expect(await refreshed(source)).toBe('quarantined')
  expect(source.active()?.index.rows).toBe(2)
})

test('without the other list nothing is activated, and it is tried again', async () => {
  await rig.deliver(list(BTC))
  const source = compared()
  await source.start()
  expect([source.active(), failures(rig.lines)]).toEqual([undefined, ['ERR_SANCTIONS_REFERENCE_MISSING']])
  await mirror(BTC)
  expect(await refreshed(source)).toBe('activated')
})
