import { canonicalizeAddress } from '@callback-quorum/chains'
import type { Question } from '@callback-quorum/checker-kit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { codesOf, outputTo, paymentTo, questionOf } from '../asking.ts'
import { CLEAN } from '../rule-under-test.ts'
import { ASSETS, startDeskRig, type DeskRig } from './desk-rig.ts'
import { indexOfRows, rowOf } from './listed-rows.ts'

const LISTED = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'
const ETH = ASSETS.asset('ETH')
const ETHEREUM = ASSETS.chain('ethereum')

let rig: DeskRig
beforeEach(async () => {
  rig = await startDeskRig({ index: await indexOfRows([rowOf(LISTED)]) })
  await rig.decide({
    kind: 'override',
    address: LISTED,
    organisation: 'acme',
    wallet: 'W1',
    reason: 'up to a hundred',
    case_ref: 'case 17',
    licence_ref: 'GL-2026-1',
    expires_at: await rig.inMs(86_400_000),
    max_amount_atomic: '100',
    asset: 'ETH',
  })
})
afterEach(() => rig.testDatabase.drop())

const paying = async (amount: bigint | undefined, more: Partial<Question> = {}): Promise<readonly string[]> => {
  const { amountAtomic: _, ...output } = outputTo(ETHEREUM, LISTED)
  const outputs = [{ ...output, ...(amount !== undefined && { amountAtomic: amount }) }]
  const asset = ETH === undefined ? {} : { asset: ETH }
  return codesOf(
    await rig.claim(questionOf({ ...paymentTo(ETHEREUM, LISTED), ...asset, wallet: 'W1', outputs, ...more })),
  )
}

test('the maximum of one payment is inclusive', async () => {
  expect(await paying(99n)).toEqual([])
  expect(await paying(100n)).toEqual([])
  expect(await paying(101n)).toEqual(['SANCTIONS_MATCH'])
})

test('it counts all destinations, and also one of our own that is the listed one', async () => {
  const to = (address: string, amountAtomic: bigint, own = false) => ({
    ...outputTo(ETHEREUM, address),
    amountAtomic,
    own,
  })
  expect(await paying(0n, { outputs: [to(LISTED, 60n), to(CLEAN, 41n)] })).toEqual(['SANCTIONS_MATCH'])
  expect(await paying(0n, { outputs: [to(LISTED, 60n), to(CLEAN, 41n, true)] })).toEqual([])
  expect(await paying(0n, { outputs: [to(LISTED, 101n, true)] })).toEqual(['SANCTIONS_MATCH'])
})

test('it is not met by an amount that is not known, or of another asset', async () => {
  expect(await paying(undefined)).toEqual(['SANCTIONS_MATCH'])
  const usdt = ASSETS.asset('USDT-ETHEREUM')
  expect(await paying(1n, { ...(usdt !== undefined && { asset: usdt }) })).toEqual(['SANCTIONS_MATCH'])
})

test('it is measured on the bytes where they were decoded', async () => {
  const listed = { key: canonicalizeAddress('evm', 'mainnet', LISTED).key, text: LISTED }
  const bound = (amountAtomic: bigint, isUnlimited = false): Partial<Question> => ({
    binding: {
      decoded: { form: 'evm-1559', toSign: [{ hash: '00', scheme: 'ecdsa' }], effects: [] },
      outflows: [
        {
          effect: 'transfer',
          ...(ETH !== undefined && { asset: ETH }),
          holding: { kind: 'coin' },
          to: listed,
          amountAtomic,
          isUnlimited,
          own: false,
          at: 'transaction',
        },
      ],
      isOwn: () => false,
      slots: [],
    },
  })
  expect(await paying(1n, bound(100n))).toEqual([])
  expect(await paying(1n, bound(101n))).toEqual(['SANCTIONS_MATCH'])
  expect(await paying(1n, bound(1n, true))).toEqual(['SANCTIONS_MATCH'])
})
