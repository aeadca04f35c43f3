import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { limitRule, outcomeOf, payment, startLimitsRig, type LimitsRig } from './limits-rig.ts'

// Numbers such as L01 are those of the domain's acceptance table for limits. Amounts are atomic units of USDT (6 decimals) unless said.
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let rig: LimitsRig
beforeEach(async () => {
  rig = await startLimitsRig()
})
afterEach(() => rig.testDatabase.drop())

const day = limitRule({ id: 'day', window: { rolling: DAY_MS }, limit: '0.001' })
const ask = async (rules: Parameters<LimitsRig['claim']>[0], ...options: Parameters<typeof payment>): Promise<string> =>
  outcomeOf(await rig.claim(rules, payment(...options)))

test('L01: a limit per transaction is inclusive', async () => {
  const rules = [limitRule({ limit: '0.001' })]
  expect(await ask(rules, { amountAtomic: 1000n })).toBe('approve')
  expect(await ask(rules, { amountAtomic: 1001n })).toBe('LIMIT_TX')
})

test('L02 to L04: a rolling window holds what it held, until an entry is exactly as old as the window', async () => {
  expect(await ask([day], { amountAtomic: 600n })).toBe('approve')
  await rig.testDatabase.advance(HOUR_MS)
  expect(await ask([day], { amountAtomic: 400n })).toBe('approve')
  const refused = await rig.claim([day], payment({ amountAtomic: 1n }))
  expect(refused).toMatchObject({
    outcome: 'reject',
    objections: [{ code: 'LIMIT_WINDOW', evidence: { used: '1000', remaining: '0' } }],
  })
  await rig.testDatabase.advance(DAY_MS - HOUR_MS - 1)
  expect(await ask([day], { amountAtomic: 600n })).toBe('LIMIT_WINDOW')
  await rig.testDatabase.advance(1)
  expect(await ask([day], { amountAtomic: 601n })).toBe('LIMIT_WINDOW')
  expect(await ask([day], { amountAtomic: 600n })).toBe('approve')
})

test('L09 and L10: counters are those of the dimensions', async () => {
  const perWallet = [day]
  expect(await ask(perWallet, { amountAtomic: 1000n, wallet: 'hot-1' })).toBe('approve')
  expect(await ask(perWallet, { amountAtomic: 1000n, wallet: 'hot-2' })).toBe('approve')
  const perOrganisation = [
    limitRule({ id: 'org', per: ['organisation', 'asset'], window: { rolling: DAY_MS }, limit: '0.001' }),
  ]
  expect(await ask(perOrganisation, { amountAtomic: 600n, wallet: 'hot-1' })).toBe('approve')
  expect(await ask(perOrganisation, { amountAtomic: 600n, wallet: 'hot-2' })).toBe('LIMIT_WINDOW')
})

test('L11: one destination in two spellings shares one counter', async () => {
  const perDestination = [
    limitRule({ id: 'destination', per: ['destination', 'asset'], window: { rolling: DAY_MS }, limit: '0.001' }),
  ]
  expect(await ask(perDestination, { amountAtomic: 600n, to: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd' })).toBe(
    'approve',
  )
  expect(await ask(perDestination, { amountAtomic: 600n, to: '0x8b45b84e2cf29e5f826797df7e1aa93fc71a2bfd' })).toBe(
    'LIMIT_WINDOW',
  )
  expect(await ask(perDestination, { amountAtomic: 600n, to: '0x0f76f604fd7762bd94b48ca2523f69ab9665c97f' })).toBe(
    'approve',
  )
})

test('L12: an initiator that used its limit up does not stop another one, and a request without one is refused', async () => {
  const perInitiator = [
    limitRule({ id: 'initiator', per: ['initiator', 'asset'], window: { rolling: DAY_MS }, limit: '0.001' }),
  ]
  expect(await ask(perInitiator, { amountAtomic: 1000n, initiator: 'key-a' })).toBe('approve')
  expect(await ask(perInitiator, { amountAtomic: 1n, initiator: 'key-a' })).toBe('LIMIT_WINDOW')
  expect(await ask(perInitiator, { amountAtomic: 1000n, initiator: 'key-b' })).toBe('approve')
  expect(await ask(perInitiator, { amountAtomic: 1n })).toBe('DIMENSION_MISSING')
})

test(
  'L13: of 60 payments of a tenth of the limit at once on a counter that does not exist yet, exactly ten pass',
  { timeout: 60_000 },
  async () => {
    for (let round = 0; round < 5; round += 1) {
      const rules = [limitRule({ id: `cold-${String(round)}`, window: { rolling: DAY_MS }, limit: '0.0001' })]
      const outcomes = await Promise.all(Array.from({ length: 60 }, () => ask(rules, { amountAtomic: 10n })))
      expect(outcomes.filter((outcome) => outcome === 'approve')).toHaveLength(10)
      expect(outcomes.filter((outcome) => outcome === 'LIMIT_WINDOW')).toHaveLength(50)
      expect(await rig.used()).toContain(`cold-${String(round)} 100`)
    }
  },
)

test(
  'L14: rules in different order on the same counters never lock each other out, and the sums are exact',
  { timeout: 60_000 },
  async () => {
    const names = ['one', 'two', 'three']
    const rules = names.map((id) => limitRule({ id, window: { rolling: DAY_MS }, limit: '1' }))
    const orders = [rules, rules.toReversed(), [...rules.slice(1), ...rules.slice(0, 1)]]
    const outcomes = await Promise.all(
      Array.from({ length: 120 }, (_, index) => ask(orders[index % 3] ?? rules, { amountAtomic: 3n })),
    )
    expect(new Set(outcomes)).toEqual(new Set(['approve']))
    expect(await rig.used()).toEqual(['one 360', 'three 360', 'two 360'])
  },
)

test('L15: the same transaction asked five times is counted once', async () => {
  const same = payment({ amountAtomic: 700n })
  for (let times = 0; times < 5; times += 1) expect(outcomeOf(await rig.claim([day], same))).toBe('approve')
  expect(await rig.used()).toEqual(['day 700'])
  expect(await rig.claim([day], same)).toMatchObject({ outcome: 'approve', evidence: { replayed: true } })
})

test('L18: a release gives back what was taken, once, and the transaction can be taken anew', async () => {
  const first = payment({ amountAtomic: 700n })
  await rig.claim([day], first)
  await rig.claim([day], payment({ amountAtomic: 100n }))
  await rig.release(first)
  await rig.release(first)
  expect(await rig.used()).toEqual(['day 100'])
  expect(outcomeOf(await rig.claim([day], first))).toBe('approve')
  expect(await rig.used()).toEqual(['day 800'])
})

test('L19 and L20: silence releases nothing while the window holds', async () => {
  await rig.claim([day], payment({ amountAtomic: 1000n }))
  await rig.testDatabase.advance(DAY_MS - 1)
  expect(await ask([day], { amountAtomic: 1n })).toBe('LIMIT_WINDOW')
})

test('L23: a release after the entry has left its window takes nothing twice', async () => {
  const old = payment({ amountAtomic: 1000n })
  await rig.claim([day], old)
  await rig.testDatabase.advance(2 * DAY_MS)
  await rig.claim([day], payment({ amountAtomic: 300n }))
  await rig.release(old)
  expect(await rig.used()).toEqual(['day 300'])
})

test('a refused payment moves no counter', async () => {
  await rig.claim([day], payment({ amountAtomic: 600n }))
  expect(await ask([limitRule({ id: 'tx', limit: '0.0001' }), day], { amountAtomic: 200n })).toBe('LIMIT_TX')
  expect(await ask([limitRule({ id: 'tx', limit: '0.0001' }), day], { amountAtomic: 500n })).toBe(
    'LIMIT_TX LIMIT_WINDOW',
  )
  expect(await rig.used()).toEqual(['day 600'])
})

test('L38: a limit lowered below what is used refuses the next payment at once', async () => {
  await rig.claim([day], payment({ amountAtomic: 700n }))
  expect(await ask([{ ...day, limit: '0.0005' }], { amountAtomic: 1n })).toBe('LIMIT_WINDOW')
})

test('L33: 100 USDT are 100 USDT with 6 decimals and with 18', async () => {
  const both = [limitRule({ id: 'usdt', match: { asset: ['USDT-TRON', 'USDT-BSC'] }, limit: '100' })]
  const tron = { asset: 'USDT-TRON', to: 'TEDv9wo5epcVi7pW3rEZUa7wbtPuAKZCer' }
  expect(await ask(both, { ...tron, amountAtomic: 100_000_000n })).toBe('approve')
  expect(await ask(both, { ...tron, amountAtomic: 100_000_001n })).toBe('LIMIT_TX')
  expect(await ask(both, { asset: 'USDT-BSC', amountAtomic: 100_000_000_000_000_000_000n })).toBe('approve')
  expect(await ask(both, { asset: 'USDT-BSC', amountAtomic: 100_000_000_000_000_000_001n })).toBe('LIMIT_TX')
})

test('L34: the largest amount of a chain is counted exactly', async () => {
  const max = 2n ** 256n - 1n
  const rules = [
    limitRule({
      id: 'huge',
      window: { rolling: DAY_MS },
      limit: '115792089237316195423570985008687907853269984665640564039457.584007913129639935',
    }),
  ]
  expect(await ask(rules, { asset: 'ETH', amountAtomic: max })).toBe('approve')
  expect(await rig.used()).toEqual([`huge ${String(max)}`])
  expect(await ask(rules, { asset: 'ETH', amountAtomic: 1n })).toBe('LIMIT_WINDOW')
})

describe('what cannot be limited is refused', () => {
  test('a destination that cannot be read, by a limit per destination only: two spellings would be two counters', async () => {
    const known = payment({ amountAtomic: 1n })
    const unread = { ...known, outputs: [{ addressText: 'somebody', amountAtomic: 1n, own: false }] }
    const perDestination = limitRule({ id: 'destination', per: ['destination', 'asset'] })
    expect(outcomeOf(await rig.claim([limitRule({}), perDestination], unread))).toBe('DIMENSION_MISSING')
    expect(outcomeOf(await rig.claim([limitRule({}), perDestination], known))).toBe('approve')
  })

  test('L39: a payment that no rule is for', async () => {
    expect(await ask([limitRule({ match: { wallet: ['cold-1'] } })], { amountAtomic: 1n })).toBe('NO_APPLICABLE_RULE')
  })
  test.each([
    ['without a wallet', { wallet: undefined }, 'WALLET_MISSING'],
    ['without a known asset', { asset: undefined }, 'ASSET_MISSING'],
    ['without a known amount', { totalAtomic: undefined }, 'AMOUNT_MISSING'],
    ['that signs a message', { operation: 'message' }, 'NO_APPLICABLE_RULE'],
    [
      'that calls a contract',
      { operation: 'contract-call', contract: { address: '0x00', calldata: '0xa9059cbb' } },
      'CALLDATA_UNDECODED',
    ],
  ] as const)('a request %s', async (_, change, code) => {
    const question = Object.fromEntries(
      Object.entries({ ...payment({ amountAtomic: 1n }), ...change }).filter(([, value]) => value !== undefined),
    )
    expect(outcomeOf(await rig.claim([limitRule({})], question as ReturnType<typeof payment>))).toContain(code)
  })
})
