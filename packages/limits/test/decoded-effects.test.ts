import type { Account, AddressKey, Effect, PowerName } from '@callback-quorum/chains'
import type { Binding, Outflow, Question } from '@callback-quorum/checker-kit'
import { describe, expect, test } from 'vitest'
import { readFacts } from '../src/facts/read-facts.ts'
import { assetOf, ASSETS, payment } from './limits-rig.ts'

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
  return {
    ...payment({ amountAtomic: 1n }),
    ...(message === true && { operation: 'message' }),
    binding: { decoded, outflows, isOwn: () => false, slots: [] },
  }
}

const listed = (key: AddressKey): boolean => key === account('22').key
const read = (question: Question, letPass: readonly PowerName[] = []): ReturnType<typeof readFacts> =>
  readFacts(question, {
    assets: ASSETS,
    addresses: {
      allowListed: (key) => (listed(key) ? { whitelistedAt: new Date(0) } : undefined),
      ownerOf: () => undefined,
    },
    letPass,
  })
const codesOf = (question: Question, letPass?: readonly PowerName[]): readonly string[] => {
  const facts = read(question, letPass)
  return 'objections' in facts ? facts.objections.map(({ code }) => code) : []
}
const partsOf = (question: Question): readonly unknown[] => {
  const facts = read(question)
  if ('objections' in facts) throw new Error('nothing is missing')
  return facts.facts.parts.map(({ asset, destination, listed: isListed, amount }) => [
    asset,
    destination,
    isListed,
    amount,
  ])
}

describe('what the bytes move is what is counted', () => {
  test('every movement with its destination, whatever the description says', () => {
    expect(
      partsOf(
        bound([
          outflow({}),
          outflow({ amountAtomic: 50n, to: account('22') }),
          outflow({ asset: ETH, amountAtomic: 3n }),
          outflow({ amountAtomic: 9n, own: true }),
        ]),
      ),
    ).toEqual([
      ['USDT-ETHEREUM', account('11').key, false, '100'],
      ['USDT-ETHEREUM', account('22').key, true, '50'],
      ['ETH', account('11').key, false, '3'],
    ])
  })

  test('nothing at all is still asked of the asset that the request is about', () => {
    expect(partsOf(bound([]))).toEqual([['USDT-ETHEREUM', undefined, false, '0']])
  })

  test('a message that nothing proves to be what is signed is counted by what it says, and never called bound', () => {
    const question = bound([outflow({})], [], true)
    const { binding } = question
    if (binding === undefined) throw new Error('it is bound')
    const unproven: Question = { ...question, binding: { ...binding, isUnproven: true } }
    expect(partsOf(unproven)).toEqual(partsOf(question))
    expect([read(question), read(unproven)]).toMatchObject([{ facts: { bound: true } }, { facts: { bound: false } }])
  })

  test('what is burnt has no destination', () => {
    const { to: _, ...burnt } = outflow({ effect: 'burn' })
    expect(partsOf(bound([burnt]))).toEqual([['USDT-ETHEREUM', undefined, false, '100']])
  })
})

describe('what has no amount that a limit could count is refused', () => {
  const power: Effect = { effect: 'power', power: 'ownership', at: 'transaction' }
  const unknown: Effect = { effect: 'unknown', detail: 'a function that is not known', at: 'transaction' }
  const { asset: _, ...unregistered } = outflow({})

  test.each<[string, Question, string]>([
    ['an effect that is not understood', bound([], [unknown]), 'CALLDATA_UNDECODED'],
    ['a power', bound([], [power]), 'POWER_UNCOUNTED'],
    ['an allowance without end', bound([outflow({ isUnlimited: true })]), 'ALLOWANCE_UNLIMITED'],
    ['an asset that nobody registered', bound([unregistered]), 'ASSET_MISSING'],
  ])('%s', (_name, question, code) => {
    expect(codesOf(question)).toEqual([code])
  })

  test('a power passes where the rules say that somebody else judges it, and no other one', () => {
    expect(codesOf(bound([], [power]), ['ownership'])).toEqual([])
    expect(codesOf(bound([], [{ ...power, power: 'upgrade' }]), ['ownership'])).toEqual(['POWER_UNCOUNTED'])
  })

  test('a message moves nothing, and is left to rules that count messages', () => {
    expect(partsOf(bound([], [], true))).toEqual([[undefined, undefined, false, '0']])
  })
})
