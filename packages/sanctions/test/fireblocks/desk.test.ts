import { afterEach, beforeEach, expect, test } from 'vitest'
import { codesOf } from '../asking.ts'
import { startDeskRig, type DeskRig } from '../desk/desk-rig.ts'
import { indexOfRows, rowOf } from '../desk/listed-rows.ts'
import { account, CLEAN, LAZARUS, transfer, whitelisting } from './workspace.ts'

const DAY_MS = 24 * 3_600_000

let rig: DeskRig
beforeEach(async () => {
  rig = await startDeskRig({ index: await indexOfRows([rowOf(LAZARUS)]) })
})
afterEach(() => rig.testDatabase.drop())

const claimed = async (question: Parameters<DeskRig['claim']>[0]): Promise<readonly string[]> =>
  codesOf(await rig.claim(question))

test('a block of our own on one chain stops what is whitelisted there, and no other chain of the same account', async () => {
  expect(await claimed(whitelisting(CLEAN))).toEqual([])
  await rig.decide({
    kind: 'block',
    address: CLEAN,
    scope: 'polygon',
    reason: 'fraud',
    source_ref: 'case 9',
    review_at: await rig.inMs(DAY_MS),
  })
  expect(await claimed(whitelisting(CLEAN, 'POL'))).toEqual(['INTERNAL_BLOCK'])
  expect(await claimed(whitelisting(CLEAN, 'ETH'))).toEqual([])
  expect(await claimed(account('EXCHANGE', [['ETH', CLEAN]]))).toEqual([])
  const both = account('EXCHANGE', [
    ['ETH', CLEAN],
    ['POL', CLEAN],
  ])
  expect(await claimed(both)).toEqual(['INTERNAL_BLOCK'])
})

test('an override lets one vault account pay, or one wallet be whitelisted into, and neither the other', async () => {
  const override = async (wallet: string, more: object = {}): Promise<unknown> =>
    rig.decide({
      kind: 'override',
      address: LAZARUS,
      organisation: 'acme',
      wallet,
      reason: 'release of funds',
      case_ref: 'case 17',
      licence_ref: 'GL-2026-1',
      expires_at: await rig.inMs(30 * DAY_MS),
      ...more,
    })
  await override('VAULT:0')
  expect(await claimed(transfer('tx-approval', [LAZARUS]))).toEqual([])
  expect(await claimed(transfer('tx-signing', [LAZARUS]))).toEqual([])
  expect(await claimed(transfer('tx-signing', [LAZARUS], { wallet: 'VAULT:1' }))).toEqual(['SANCTIONS_MATCH'])
  expect(await claimed(whitelisting(LAZARUS))).toEqual(['SANCTIONS_MATCH'])
  // A whitelisting moves nothing, so that no maximum can hold for it.
  await override('UNMANAGED_WALLET:w-1', { asset: 'ETH', max_amount_atomic: '1' })
  expect(await claimed(whitelisting(LAZARUS))).toEqual(['SANCTIONS_MATCH'])
  await override('UNMANAGED_WALLET:w-1')
  expect(await claimed(whitelisting(LAZARUS))).toEqual([])
  const { configChange, ...rest } = whitelisting(LAZARUS)
  if (configChange === undefined) throw new Error('a whitelisting is a change')
  const into = (walletId: string) => ({ ...rest, configChange: { ...configChange, walletId } })
  expect(await claimed(into('w-2'))).toEqual(['SANCTIONS_MATCH'])
  expect(await claimed(account('EXCHANGE', [['ETH', LAZARUS]]))).toEqual(['SANCTIONS_MATCH'])
})
