import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { assetOf, OTHER, payment, startLimitsRig, type LimitsRig, type WrittenRule } from './limits-rig.ts'

// Numbers such as L01 are those of the domain's acceptance table for limits. Amounts are atomic units of USDT (6 decimals) unless said.
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let rig: LimitsRig
beforeEach(async () => {
  rig = await startLimitsRig()
})
afterEach(() => rig.testDatabase.drop())

const day: WrittenRule = { id: 'day', window: { rolling: '24h' }, limit: '0.001' }
const at = (text: string): Promise<void> => rig.testDatabase.setClock(Date.parse(text))

test('L01: a limit per transaction is inclusive', async () => {
  const rules: WrittenRule[] = [{ id: 'tx', window: 'tx', limit: '0.001' }]
  expect(await rig.ask(rules, { amountAtomic: 1000n })).toBe('approve')
  expect(await rig.ask(rules, { amountAtomic: 1001n })).toBe('LIMIT_TX')
})

test('L02 to L04: a rolling window holds what it held, until an entry is exactly as old as the window', async () => {
  expect(await rig.ask([day], { amountAtomic: 600n })).toBe('approve')
  await rig.testDatabase.advance(HOUR_MS)
  expect(await rig.ask([day], { amountAtomic: 400n })).toBe('approve')
  const refused = await rig.claim([day], payment({ amountAtomic: 1n }))
  expect(refused).toMatchObject({
    outcome: 'reject',
    objections: [{ code: 'LIMIT_WINDOW', evidence: { used: '1000', remaining: '0' } }],
  })
  await rig.testDatabase.advance(DAY_MS - HOUR_MS - 1)
  expect(await rig.ask([day], { amountAtomic: 600n })).toBe('LIMIT_WINDOW')
  await rig.testDatabase.advance(1)
  expect(await rig.ask([day], { amountAtomic: 601n })).toBe('LIMIT_WINDOW')
  expect(await rig.ask([day], { amountAtomic: 600n })).toBe('approve')
})

describe('calendar windows', () => {
  const berlin: WrittenRule = { id: 'berlin', window: { calendar: 'day', tz: 'Europe/Berlin' }, limit: '0.001' }

  test('L05: a day ends at local midnight, and a rolling rule beside it holds over midnight', async () => {
    await at('2026-03-10T22:59:59.900Z')
    expect(await rig.ask([berlin], { amountAtomic: 1000n })).toBe('approve')
    expect(await rig.ask([berlin], { amountAtomic: 1n })).toBe('LIMIT_WINDOW')
    await at('2026-03-10T23:00:00.000Z')
    expect(await rig.ask([berlin, { ...day, id: 'rolling' }], { amountAtomic: 1000n })).toBe('LIMIT_WINDOW')
    expect(await rig.ask([berlin], { amountAtomic: 1000n })).toBe('approve')
  })

  test.each([
    ['the 23 hours of 2026-03-29', '2026-03-28T23:00:00Z', '2026-03-29T21:59:59Z', '2026-03-29T22:00:00Z'],
    ['the 25 hours of 2026-10-25', '2026-10-24T22:00:00Z', '2026-10-25T22:59:59Z', '2026-10-25T23:00:00Z'],
  ])('L06: %s are one day', async (_, begin, end, next) => {
    await at(begin)
    expect(await rig.ask([berlin], { amountAtomic: 600n })).toBe('approve')
    await at(end)
    expect(await rig.ask([berlin], { amountAtomic: 401n })).toBe('LIMIT_WINDOW')
    expect(await rig.ask([berlin], { amountAtomic: 400n })).toBe('approve')
    await at(next)
    expect(await rig.ask([berlin], { amountAtomic: 1000n })).toBe('approve')
  })

  test.each([
    ['monday', '2026-03-08T23:59:59Z', '2026-03-09T00:00:00Z'],
    ['sunday', '2026-03-07T23:59:59Z', '2026-03-08T00:00:00Z'],
  ] as const)('a week that begins on %s', async (start, end, next) => {
    const week: WrittenRule = { id: 'week', window: { calendar: 'week', week_start: start }, limit: '0.001' }
    await at(end)
    expect(await rig.ask([week], { amountAtomic: 1000n })).toBe('approve')
    expect(await rig.ask([week], { amountAtomic: 1n })).toBe('LIMIT_WINDOW')
    await at(next)
    expect(await rig.ask([week], { amountAtomic: 1000n })).toBe('approve')
  })

  test('a month of 28 days', async () => {
    const month: WrittenRule = { id: 'month', window: { calendar: 'month', tz: 'UTC' }, limit: '0.001' }
    await at('2026-02-01T00:00:00Z')
    expect(await rig.ask([month], { amountAtomic: 1000n })).toBe('approve')
    await at('2026-02-28T23:59:59Z')
    expect(await rig.ask([month], { amountAtomic: 1n })).toBe('LIMIT_WINDOW')
    await at('2026-03-01T00:00:00Z')
    expect(await rig.ask([month], { amountAtomic: 1n })).toBe('approve')
  })

  test('where clocks go back over midnight, the day that ended is not over twice', async () => {
    // Azores: 2026-10-25 01:00 summer time becomes 00:00, so that the hour after midnight comes twice.
    const azores: WrittenRule = { id: 'azores', window: { calendar: 'day', tz: 'Atlantic/Azores' }, limit: '0.001' }
    await at('2026-10-25T00:30:00Z')
    expect(await rig.ask([azores], { amountAtomic: 600n })).toBe('approve')
    await at('2026-10-25T00:59:59Z')
    expect(await rig.ask([azores], { amountAtomic: 401n })).toBe('LIMIT_WINDOW')
  })
})

test('L07: a count per hour', async () => {
  const hourly: WrittenRule[] = [
    { id: 'tx', window: 'tx', limit: '1' },
    { id: 'hourly', measure: 'count', window: { rolling: '1h' }, limit: '3' },
  ]
  for (let times = 0; times < 3; times += 1) expect(await rig.ask(hourly, { amountAtomic: 1n })).toBe('approve')
  expect(await rig.ask(hourly, { amountAtomic: 1n })).toBe('LIMIT_COUNT')
  await rig.testDatabase.advance(HOUR_MS)
  expect(await rig.ask(hourly, { amountAtomic: 1n })).toBe('approve')
})

test('a count of outputs counts each destination', async () => {
  const rules: WrittenRule[] = [
    { id: 'tx', window: 'tx', limit: '1' },
    { id: 'outputs', measure: 'count', count_unit: 'output', window: { rolling: '1h' }, limit: '3' },
  ]
  const two = { amountAtomic: 1n, also: [{ to: OTHER, amountAtomic: 1n }] }
  expect(await rig.ask(rules, two)).toBe('approve')
  expect(await rig.ask(rules, two)).toBe('LIMIT_COUNT')
  expect(await rig.ask(rules, { amountAtomic: 1n })).toBe('approve')
})

test('L08: a limit for ever holds over a restart and over another display name', async () => {
  const ever: WrittenRule = { id: 'ever', name: 'Old name', window: 'lifetime', limit: '0.005' }
  expect(await rig.ask([ever], { amountAtomic: 5000n })).toBe('approve')
  await rig.testDatabase.advance(3000 * DAY_MS)
  const again = await rig.testDatabase.open()
  expect((await again.query({ text: 'select used from counter' }))[0]).toEqual({ used: '5000' })
  expect(await rig.ask([{ ...ever, name: 'New name' }], { amountAtomic: 1n })).toBe('LIMIT_LIFETIME')
})

describe('counters are those of the dimensions', () => {
  test('L09 and L10: each wallet by itself, or all of an organisation', async () => {
    expect(await rig.ask([day], { amountAtomic: 1000n, wallet: 'hot-1' })).toBe('approve')
    expect(await rig.ask([day], { amountAtomic: 1000n, wallet: 'hot-2' })).toBe('approve')
    const org: WrittenRule[] = [{ ...day, id: 'org', per: ['organisation', 'asset'], limit: '0.003' }]
    expect(await rig.ask(org, { amountAtomic: 600n, wallet: 'hot-1' })).toBe('approve')
    expect(await rig.ask(org, { amountAtomic: 401n, wallet: 'hot-2' })).toBe('LIMIT_WINDOW')
  })

  test.each([
    [
      'USDT-ETHEREUM',
      '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
      '0x8b45b84e2cf29e5f826797df7e1aa93fc71a2bfd',
      OTHER,
    ],
    [
      'BCH',
      'bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a',
      '1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu',
      '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa',
    ],
  ])('L11: one destination of %s in two spellings shares one counter', async (asset, one, same, other) => {
    const limit = asset === 'BCH' ? '0.00001' : '0.001'
    const rules: WrittenRule[] = [{ ...day, id: 'destination', per: ['destination', 'asset'], limit }]
    expect(await rig.ask(rules, { asset, amountAtomic: 600n, to: one })).toBe('approve')
    expect(await rig.ask(rules, { asset, amountAtomic: 600n, to: same })).toBe('LIMIT_WINDOW')
    expect(await rig.ask(rules, { asset, amountAtomic: 600n, to: other })).toBe('approve')
  })

  test('L12: an initiator that used its limit up stops no other one, a request without one is refused, and all count together', async () => {
    const rules: WrittenRule[] = [
      { ...day, id: 'initiator', per: ['initiator', 'asset'] },
      { ...day, id: 'all', per: ['asset'], limit: '0.002' },
    ]
    expect(await rig.ask(rules, { amountAtomic: 1000n, initiator: 'key-a' })).toBe('approve')
    expect(await rig.ask(rules, { amountAtomic: 1n, initiator: 'key-a' })).toBe('LIMIT_WINDOW')
    expect(await rig.ask(rules, { amountAtomic: 1n })).toBe('DIMENSION_MISSING')
    expect(await rig.ask(rules, { amountAtomic: 1000n, initiator: 'key-b' })).toBe('approve')
    expect(await rig.ask(rules, { amountAtomic: 1n, initiator: 'key-c' })).toBe('LIMIT_WINDOW')
  })

  test('groups of wallets and of destinations are one counter each', async () => {
    const rule = await rig.use({
      wallet_groups: { hot: ['hot-1', 'hot-2'] },
      destination_groups: { exchange: [{ chain: assetOf('ETH').chain.id, address: OTHER }] },
      rules: [
        { ...day, id: 'hot', match: { wallet_group: ['hot'] }, per: ['wallet-group', 'asset'] },
        { id: 'rest', window: 'tx', limit: '1' },
        {
          ...day,
          id: 'exchange',
          match: { destination_group: ['exchange'] },
          per: ['destination-group', 'asset'],
          limit: '0.0005',
        },
      ],
    })
    const codes = async (options: Parameters<typeof payment>[0]): Promise<unknown> => {
      const judgement = await rig.claimBy(rule, payment(options))
      return judgement.outcome === 'reject'
        ? judgement.objections.map(({ evidence }) => evidence?.['rule'])
        : judgement.outcome
    }
    expect(await codes({ amountAtomic: 600n, wallet: 'hot-1' })).toBe('approve')
    expect(await codes({ amountAtomic: 600n, wallet: 'hot-2' })).toEqual(['hot'])
    expect(await codes({ amountAtomic: 600n, wallet: 'cold' })).toBe('approve')
    expect(await codes({ amountAtomic: 501n, wallet: 'cold', to: OTHER })).toEqual(['exchange'])
  })
})

test('the fee of the coin counts where a rule includes it', async () => {
  const rules = (include_fee: boolean): WrittenRule[] => [
    { id: 'eth', match: { asset: ['ETH'] }, include_fee, window: 'tx', limit: '0.000000000000021' },
  ]
  const eth = { asset: 'ETH', amountAtomic: 1n, slots: [] }
  expect(await rig.ask(rules(false), eth)).toBe('approve')
  expect(await rig.ask(rules(true), eth)).toBe('LIMIT_TX')
  expect(await rig.ask(rules(true), { asset: 'ETH', amountAtomic: 1n })).toBe('FEE_MISSING')
})

test('at least so long between two payments of a wallet', async () => {
  const rules: WrittenRule[] = [
    { id: 'tx', window: 'tx', limit: '1' },
    { id: 'spacing', kind: 'min-interval', interval: '60s' },
  ]
  expect(await rig.ask(rules, { amountAtomic: 1n })).toBe('approve')
  await rig.testDatabase.advance(59_999)
  expect(await rig.ask(rules, { amountAtomic: 1n })).toBe('MIN_INTERVAL')
  expect(await rig.ask(rules, { amountAtomic: 1n, wallet: 'hot-2' })).toBe('approve')
  await rig.testDatabase.advance(1)
  expect(await rig.ask(rules, { amountAtomic: 1n })).toBe('approve')
})

test('a refused payment moves no counter, and all refusals are told', async () => {
  await rig.claim([day], payment({ amountAtomic: 600n }))
  expect(await rig.ask([{ id: 'tx', window: 'tx', limit: '0.0001' }, day], { amountAtomic: 500n })).toBe(
    'LIMIT_TX LIMIT_WINDOW',
  )
  expect(await rig.used()).toEqual(['day 600'])
})
