import type { Effect } from '@callback-quorum/chains'
import type { Question } from '@callback-quorum/checker-kit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { approvalOf, signingOf, withoutAddresses } from './fireblocks-payments.ts'
import { CUSTOMER, OTHER, outcomeOf, payment, startLimitsRig, type LimitsRig, type WrittenRule } from './limits-rig.ts'

// What a Co-signer does not say: who started a payment, and before it is signed for the address of a vault account that is paid.
const day: WrittenRule = { id: 'day', window: { rolling: '24h' }, limit: '0.001' }
const DIMENSION = 'DIMENSION_MISSING'
const one = { id: 'one', amountAtomic: 600n } as const
const bytes = { slots: ['nonce:7'], feeAtomic: 21_000n } as const
const known = 'ethereum\nkey20:8b45b84e2cf29e5f826797df7e1aa93fc71a2bfd'

let rig: LimitsRig
beforeEach(async () => {
  rig = await startLimitsRig({ listed: new Set([known]) })
})
afterEach(() => rig.testDatabase.drop())

const ask = async (rules: readonly WrittenRule[], question: Question): Promise<string> =>
  outcomeOf(await rig.claim(rules, question))
const askWith = async (rules: readonly WrittenRule[], question: Question): Promise<string> => {
  const groups = { exchange: [{ chain: 'ethereum', address: OTHER }] }
  return outcomeOf(await rig.claimBy(await rig.use({ destination_groups: groups, rules: [...rules] }), question))
}

describe('a rule that needs a destination', () => {
  const needing: readonly (readonly [string, WrittenRule])[] = [
    ['counts by destination', { ...day, id: 'rule', per: ['destination', 'asset'] }],
    ['counts by its group', { ...day, id: 'rule', per: ['destination-group', 'asset'] }],
    ['is about unlisted ones', { ...day, id: 'rule', match: { destination: 'unlisted' } }],
    ['is about listed ones', { ...day, id: 'rule', match: { destination: 'listed' } }],
    ['is about a group', { ...day, id: 'rule', match: { destination_group: ['exchange'] } }],
    ['lets new ones wait', { id: 'rule', kind: 'new-destination', cooldown: '1h', unlisted: 'first-sight' }],
    ['lets unlisted ones wait', { id: 'rule', kind: 'new-destination', cooldown: '1h', unlisted: 'refuse' }],
    ['caps new ones', { id: 'rule', kind: 'new-destination', cooldown: '1h', probation: { for: '1h', count: '1' } }],
  ]
  test.each(needing)('%s: refuses an approval without one', async (_, rule) => {
    expect(await askWith([day, rule], withoutAddresses(approvalOf(one)))).toBe(DIMENSION)
    expect(
      await askWith(
        [day, { ...rule, match: { ...rule.match, wallet: ['VAULT:1'] } }],
        withoutAddresses(approvalOf(one)),
      ),
    ).toBe('approve')
  })
  test('and says so without refusing where it is in shadow mode', async () => {
    for (const [, rule] of needing) {
      const said = await rig.claimBy(
        await rig.use({
          destination_groups: { exchange: [{ chain: 'ethereum', address: OTHER }] },
          rules: [day, { ...rule, mode: 'shadow' }],
        }),
        withoutAddresses(approvalOf(one)),
      )
      expect(said).toMatchObject({ outcome: 'approve', evidence: { shadow: [{ code: DIMENSION }] } })
    }
  })
  test('is asked at the signature, which knows it', async () => {
    const listed: WrittenRule = { ...day, id: 'listed', match: { destination: 'listed' } }
    expect(await ask([day, listed], signingOf({ ...one, ...bytes }))).toBe('approve')
    expect(await rig.used()).toEqual(['day 600', 'listed 600'])
  })
})

test('destinations that are not named are counted each by itself, and once they are signed for as what they are', async () => {
  const outputs: WrittenRule = {
    id: 'outputs',
    measure: 'count',
    count_unit: 'output',
    window: { rolling: '24h' },
    limit: '2',
  }
  const many = { ...one, also: [{ to: CUSTOMER, amountAtomic: 1n }] }
  expect(await ask([day, outputs], withoutAddresses(approvalOf(many)))).toBe('approve')
  expect(await rig.used()).toEqual(['day 601', 'outputs 2'])
  expect(await ask([day, outputs], signingOf({ ...many, ...bytes }))).toBe('approve')
  expect(await rig.used()).toEqual(['day 601', 'outputs 1'])
})

test('what goes to a vault account of ours is held at the approval, and given back when its address shows that', async () => {
  expect(await ask([day], withoutAddresses(approvalOf(one)))).toBe('approve')
  expect(await rig.used()).toEqual(['day 600'])
  const signing = signingOf({ ...one, ...bytes })
  if (signing.binding === undefined) throw new Error('it is bound')
  const outflows = signing.binding.outflows.map((outflow) => ({ ...outflow, own: true }))
  expect(await ask([day], { ...signing, binding: { ...signing.binding, outflows } })).toBe('approve')
  expect(await rig.used()).toEqual([])
})

describe('a rule about who starts payments', () => {
  const bobs: WrittenRule = { ...day, id: 'bob', match: { initiator: ['bob'] }, limit: '0.0001' }
  test('refuses what nobody is said to have started, where all else speaks for it', async () => {
    expect(await ask([day, bobs], approvalOf(one))).toBe(DIMENSION)
    expect(await ask([day, bobs], signingOf({ ...one, ...bytes }))).toBe(DIMENSION)
    expect(await ask([day, { ...day, id: 'each', per: ['initiator', 'asset'] }], approvalOf(one))).toBe(DIMENSION)
    const ofNode: WrittenRule = { ...bobs, match: { initiator: ['bob'], caller: ['node'] } }
    expect(await ask([day, ofNode], approvalOf(one))).toBe('approve')
    expect(await ask([day, ofNode], payment({ amountAtomic: 1n, initiator: 'carol' }))).toBe('approve')
    expect(await ask([day, ofNode], payment({ amountAtomic: 101n, initiator: 'bob' }))).toBe('LIMIT_WINDOW')
  })
})

describe('what an approval shows beside a transfer', () => {
  const call = (calldata: string): Question => {
    const question = approvalOf({
      ...one,
      asset: 'ETH',
      amountAtomic: 0n,
      to: '0xdAC17F958D2ee523a2206206994597C13D831ec7',
    })
    const address = '0xdAC17F958D2ee523a2206206994597C13D831ec7'
    return { ...question, operation: 'contract-call', contract: { address, calldata, valueAtomic: 0n } }
  }
  const word = (hex: string): string => hex.padStart(64, '0')
  const transfer = `a9059cbb${word(CUSTOMER.slice(2).toLowerCase())}${word((600).toString(16))}`
  const usdt: WrittenRule = { ...day, match: { asset: ['USDT-ETHEREUM'] } }

  test('is call data, counted by what it moves, as its signature will be', async () => {
    expect(await ask([usdt], call(transfer))).toBe('approve')
    expect(await rig.used()).toEqual(['day 600'])
    const moved = signingOf({ ...one, ...bytes })
    expect(await ask([usdt], { ...moved, operation: 'contract-call' })).toBe('approve')
    expect(await rig.used()).toEqual(['day 600'])
  })
  test.each([
    ['a function that is not known', '12345678', 'CALLDATA_UNDECODED'],
    [
      'an allowance without end',
      `095ea7b3${word(CUSTOMER.slice(2).toLowerCase())}${'f'.repeat(64)}`,
      'ALLOWANCE_UNLIMITED',
    ],
    ['control that changes hands', `f2fde38b${word(CUSTOMER.slice(2).toLowerCase())}`, 'POWER_UNCOUNTED'],
    ['more than the limit', `${transfer.slice(0, -3)}fff`, 'LIMIT_WINDOW'],
  ])('%s is refused', async (_, calldata, code) => {
    expect(await ask([usdt], call(calldata))).toBe(code)
  })

  const message = { ...approvalOf(one), operation: 'message' } as const
  const allowance: Effect = {
    effect: 'allowance',
    holding: { kind: 'coin' },
    spender: { key: payment(one).outputs[0]?.address?.key ?? raise(), text: CUSTOMER },
    mode: 'set',
    amountAtomic: 5n,
    isUnlimited: false,
    at: 'message',
  }
  const shown = (effects: readonly Effect[]): Question => ({
    ...message,
    shownMessage: {
      form: 'eip-712',
      toSign: [{ hash: '00', scheme: 'ecdsa' }],
      effects,
      message: { standard: 'eip-712' },
    },
  })
  const messages: WrittenRule = {
    id: 'messages',
    match: { operation: ['message'] },
    measure: 'count',
    window: { rolling: '24h' },
    limit: '1',
  }
  test('is a message, which a rule must count, with what it allows', async () => {
    expect(await ask([day], message)).toBe('NO_APPLICABLE_RULE')
    expect(await ask([messages], message)).toBe('approve')
    expect(await ask([messages], shown([allowance]))).toBe('NO_APPLICABLE_RULE')
    const coins: WrittenRule = { ...day, match: { asset: ['ETH'] } }
    expect(await ask([messages, coins], { ...shown([allowance]), businessKey: payment(one).businessKey })).toBe(
      'LIMIT_COUNT',
    )
  })
  test.each(['raw', 'other'] as const)('the operation %s, which no rule limits, is refused', async (operation) => {
    expect(await ask([day], { ...message, operation })).toContain('NO_APPLICABLE_RULE')
  })
})

function raise(): never {
  throw new Error('a payment has an address')
}
