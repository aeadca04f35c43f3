import type { Account, AddressKey, Effect } from '@callback-quorum/chains'
import type { Binding, Outflow, Question } from '@callback-quorum/checker-kit'
import { describe, expect, test } from 'vitest'
import { readPayments } from '../src/read-payments.ts'
import { assetOf, payment } from './limits-rig.ts'

const account = (digits: string): Account => ({
  key: `key20:${digits.repeat(20)}` as AddressKey,
  text: `0x${digits.repeat(20)}`,
})
const USDT = assetOf('USDT-ETHEREUM')
const ETH = assetOf('ETH')

const outflow = (parts: Partial<Outflow>): Outflow => ({
  effect: 'transfer',
  asset: USDT,
  holding: { kind: 'coin' },
  to: account('11'),
  amountAtomic: 100n,
  isUnlimited: false,
  own: false,
  at: 'transaction',
  ...parts,
})

/** A question whose bytes were bound; the description beside it says 1 atomic unit, which must not matter any more. */
function bound(outflows: readonly Outflow[], effects: readonly Effect[] = [], message?: true): Question {
  const decoded: Binding['decoded'] = {
    form: 'evm-1559',
    toSign: [{ hash: '00', scheme: 'ecdsa' }],
    effects,
    ...(message === true && { message: { standard: 'eip-191', text: 'hello' } }),
  }
  return { ...payment({ amountAtomic: 1n }), binding: { decoded, outflows, isOwn: () => false, slots: [] } }
}

const codesOf = (question: Question, letPass: Parameters<typeof readPayments>[1] = []): readonly string[] => {
  const payments = readPayments(question, letPass)
  return 'objections' in payments ? payments.objections.map(({ code }) => code) : []
}

describe('what the bytes move is what is counted', () => {
  test('per asset and per destination, whatever the description says', () => {
    const payments = readPayments(
      bound([
        outflow({}),
        outflow({ amountAtomic: 50n, to: account('22') }),
        outflow({ amountAtomic: 7n }),
        outflow({ asset: ETH, amountAtomic: 3n }),
      ]),
      [],
    )
    if ('objections' in payments) throw new Error('nothing is missing')
    expect(payments.map(({ asset, totalAtomic }) => [asset.id, totalAtomic])).toEqual([
      ['USDT-ETHEREUM', 157n],
      ['ETH', 3n],
    ])
    expect([...payments[0].byDestination.values()]).toEqual([107n, 50n])
  })

  test('an allowance counts as if it were used; what goes to ourselves does not', () => {
    const payments = readPayments(
      bound([outflow({ effect: 'allowance' }), outflow({ own: true, amountAtomic: 9n })]),
      [],
    )
    if ('objections' in payments) throw new Error('nothing is missing')
    expect(payments.map(({ totalAtomic }) => totalAtomic)).toEqual([100n])
  })

  test('a transaction that moves nothing is still a payment of nothing', () => {
    const payments = readPayments(bound([]), [])
    if ('objections' in payments) throw new Error('nothing is missing')
    expect(payments.map(({ asset, totalAtomic }) => [asset.id, totalAtomic])).toEqual([['USDT-ETHEREUM', 0n]])
  })
})

describe('what cannot be counted is refused', () => {
  const unknown: Effect = { effect: 'unknown', detail: 'a function that is not known', at: 'transaction' }
  const power: Effect = { effect: 'power', power: 'ownership', at: 'transaction' }
  const { asset: _, ...unlisted } = outflow({})
  test.each([
    ['an effect that is not understood', bound([], [unknown]), 'CALLDATA_UNDECODED'],
    ['a power', bound([], [power]), 'POWER_UNCOUNTED'],
    ['an asset that the registry does not have', bound([unlisted]), 'ASSET_MISSING'],
    ['an allowance without end', bound([outflow({ effect: 'allowance', isUnlimited: true })]), 'ALLOWANCE_UNLIMITED'],
    ['a message', bound([], [], true), 'NO_APPLICABLE_RULE'],
  ])('%s', (_name, question, code) => {
    expect(codesOf(question)).toEqual([code])
  })

  test('a power that the operator lets pass, because another checker judges it, is no objection', () => {
    expect(codesOf(bound([], [power]), ['ownership'])).toEqual([])
    expect(codesOf(bound([], [power]), ['upgrade'])).toEqual(['POWER_UNCOUNTED'])
  })
})
