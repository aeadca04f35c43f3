import { afterEach, beforeEach, expect, test } from 'vitest'
import { confirm } from '../src/ledger/life-cycle.ts'
import { payment, startLimitsRig, type LimitsRig, type WrittenRule } from './limits-rig.ts'

// One payment signed again with the same nonce and a higher fee: checker-kit lets it through as a replacement of itself, limits count what is more.
const SLOT = ['nonce:ethereum:key20:aa:7']
const eth: WrittenRule = {
  id: 'eth',
  match: { asset: ['ETH'] },
  include_fee: true,
  window: { rolling: '24h' },
  // 100,000 wei.
  limit: '0.0000000000001',
}

let rig: LimitsRig
beforeEach(async () => {
  rig = await startLimitsRig()
})
afterEach(() => rig.testDatabase.drop())

const sign = (feeAtomic: bigint, id = 'one', more: object = {}): Promise<string> =>
  rig.ask([eth], { id, asset: 'ETH', amountAtomic: 1_000n, slots: SLOT, feeAtomic, ...more })

test('what the fee is more is counted, a lower one gives nothing back, and what is too much is refused', async () => {
  expect(await sign(21_000n)).toBe('approve')
  expect(await rig.used()).toEqual(['eth 22000'])
  expect(await sign(90_000n)).toBe('approve')
  expect(await rig.used()).toEqual(['eth 91000'])
  expect(await sign(5_000n)).toBe('approve')
  expect(await sign(90_000n)).toBe('approve')
  expect(await rig.used()).toEqual(['eth 91000'])
  expect(await sign(99_001n)).toBe('LIMIT_WINDOW')
  expect(await rig.used()).toEqual(['eth 91000'])
  expect(await sign(99_000n)).toBe('approve')
  expect(await rig.ask([eth], { asset: 'ETH', amountAtomic: 1n, slots: [], feeAtomic: 0n })).toBe('LIMIT_WINDOW')
})

test('all of it is given back when it is released, and other rules count all of it', async () => {
  await sign(21_000n)
  await rig.testDatabase.advance(3_600_000)
  await sign(50_000n)
  const other: WrittenRule = { ...eth, id: 'other', window: { rolling: '48h' } }
  expect(await rig.ask([eth, other], { id: 'two', asset: 'ETH', amountAtomic: 1n, slots: [], feeAtomic: 0n })).toBe(
    'approve',
  )
  expect(await rig.used()).toEqual(['eth 51001', 'other 51001'])
  await rig.release(payment({ id: 'one', amountAtomic: 1_000n }))
  expect(await rig.used()).toEqual(['eth 1', 'other 1'])
})

test('beside a payment that it excludes only the larger of the two counts', async () => {
  await sign(21_000n)
  expect(await sign(60_000n, 'replacement')).toBe('approve')
  expect(await rig.used()).toEqual(['eth 61000'])
  expect(await sign(50_000n)).toBe('approve')
  expect(await rig.used()).toEqual(['eth 61000'])
  expect(await sign(70_000n)).toBe('approve')
  expect(await rig.used()).toEqual(['eth 71000'])
  await rig.release(payment({ id: 'one', amountAtomic: 1_000n }))
  expect(await rig.used()).toEqual(['eth 61000'])
  await rig.release(payment({ id: 'replacement', amountAtomic: 1_000n }))
  expect(await rig.used()).toEqual([])
})

test('what is final already is not counted anew', async () => {
  await sign(21_000n)
  const { businessKey } = payment({ id: 'one', amountAtomic: 1_000n })
  expect(await rig.inTransaction((tx) => confirm(tx, businessKey, { why: 'seen' }))).toBe(true)
  expect(await sign(60_000n)).toBe('approve')
  expect(await rig.used()).toEqual(['eth 22000'])
})

test('another caller who asks for the same payment is not charged for it', async () => {
  const perCaller: WrittenRule = { ...eth, id: 'caller', per: ['caller', 'asset'] }
  const options = { id: 'one', asset: 'ETH', amountAtomic: 1_000n, slots: SLOT }
  expect(await rig.ask([perCaller], options)).toBe('approve')
  const question = { ...payment({ ...options, feeAtomic: 90_000n }), caller: 'node-2' }
  await rig.claim([perCaller], question)
  expect(await rig.used()).toEqual(['caller 22000'])
})
