import { ConfigError } from '@callback-quorum/service'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { activateRules } from '../src/ledger/activate-rules.ts'
import { confirm } from '../src/ledger/life-cycle.ts'
import { NO_PRICES } from '../src/prices/index.ts'
import {
  ASSETS,
  LOG,
  outcomeOf,
  payment,
  rulesOf,
  startLimitsRig,
  type LimitsRig,
  type WrittenRule,
} from './limits-rig.ts'

const DAY_MS = 24 * 3_600_000

let rig: LimitsRig
beforeEach(async () => {
  rig = await startLimitsRig()
})
afterEach(() => rig.testDatabase.drop())

const day: WrittenRule = { id: 'day', window: { rolling: '24h' }, limit: '0.001' }
const tx: WrittenRule = { id: 'tx', window: 'tx', limit: '0.001' }

describe('L38: a change of rules starts nothing from zero', () => {
  test('a lower limit refuses the next payment at once', async () => {
    await rig.claim([day], payment({ amountAtomic: 700n }))
    expect(await rig.ask([{ ...day, limit: '0.0005' }], { amountAtomic: 1n })).toBe('LIMIT_WINDOW')
    expect(await rig.used()).toEqual(['day 700'])
  })

  test('a longer window is counted from the ledger', async () => {
    await rig.claim([day], payment({ amountAtomic: 700n }))
    await rig.testDatabase.advance(2 * DAY_MS)
    await rig.claim([day], payment({ amountAtomic: 200n }))
    const week: WrittenRule = { ...day, window: { rolling: '168h' } }
    expect(await rig.ask([week], { amountAtomic: 101n })).toBe('LIMIT_WINDOW')
    expect(await rig.ask([week], { amountAtomic: 100n })).toBe('approve')
    await rig.testDatabase.advance(5 * DAY_MS)
    expect(await rig.ask([week], { amountAtomic: 700n })).toBe('approve')
  })

  test('other dimensions, another measure, another match: each is counted from the ledger', async () => {
    await rig.claim([day], payment({ amountAtomic: 600n, wallet: 'hot-1' }))
    await rig.claim([day], payment({ amountAtomic: 300n, wallet: 'hot-2' }))
    await rig.use({ rules: [{ ...day, per: ['asset'] }] })
    expect(await rig.used()).toEqual(['day 900'])
    await rig.use({ rules: [tx, { ...day, measure: 'count', limit: '5' }] })
    expect(await rig.used()).toEqual(['day 1', 'day 1'])
    await rig.use({ rules: [{ ...day, match: { wallet: ['hot-2'] } }] })
    expect(await rig.used()).toEqual(['day 300'])
  })

  test('a rule that was away for a while knows what happened meanwhile, and counts nothing twice', async () => {
    await rig.claim([tx, day], payment({ amountAtomic: 300n }))
    await rig.claim([tx], payment({ amountAtomic: 400n }))
    await rig.use({ rules: [tx, day] })
    expect(await rig.used()).toEqual(['day 700'])
  })

  test('what is released is given back to counters that were made later', async () => {
    const first = payment({ amountAtomic: 300n })
    await rig.claim([tx], first)
    await rig.use({ rules: [tx, day] })
    expect(await rig.used()).toEqual(['day 300'])
    await rig.release(first)
    expect(await rig.used()).toEqual([])
  })

  test('what was confirmed while a rule was away counts on it again', async () => {
    const paid = payment({ amountAtomic: 600n })
    await rig.claim([tx, day], paid)
    await rig.use({ rules: [tx] })
    await rig.inTransaction((sql) => confirm(sql, paid.businessKey, { why: 'seen' }))
    await rig.use({ rules: [tx, day] })
    expect(await rig.used()).toEqual(['day 600'])
    await rig.use({ rules: [tx] })
    await rig.use({ rules: [tx, day] })
    expect(await rig.used()).toEqual(['day 600'])
  })

  test('and so does what was confirmed in place of another payment, beside a later one of the same nonce', async () => {
    const [first, second] = [300n, 500n].map((amountAtomic) => payment({ amountAtomic, slots: ['nonce:a:1'] }))
    if (first === undefined || second === undefined) throw new Error('two payments')
    await rig.claim([tx, day], first)
    await rig.claim([tx, day], second)
    await rig.use({ rules: [tx] })
    await rig.inTransaction((sql) => confirm(sql, first.businessKey, { why: 'seen' }))
    const third = payment({ amountAtomic: 200n, slots: ['nonce:a:1'] })
    await rig.claim([tx], third)
    await rig.use({ rules: [tx, day] })
    expect(await rig.used()).toEqual(['day 500'])
    await rig.release(third)
    expect(await rig.used()).toEqual(['day 300'])
  })

  test('what was confirmed while a rule of outstanding payments was away is outstanding no more', async () => {
    const pending: WrittenRule = { id: 'pending', kind: 'outstanding', measure: 'count', limit: '1' }
    const paid = payment({ amountAtomic: 1n })
    await rig.claim([tx, pending], paid)
    await rig.use({ rules: [tx] })
    await rig.inTransaction((sql) => confirm(sql, paid.businessKey, { why: 'seen' }))
    expect(await rig.ask([tx, pending], { amountAtomic: 1n })).toBe('approve')
    expect(await rig.used()).toEqual(['pending 1'])
  })

  test('payments that replace one another are counted once', async () => {
    await rig.claim([tx], payment({ amountAtomic: 300n, slots: ['nonce:a:1'] }))
    await rig.claim([tx], payment({ amountAtomic: 400n, slots: ['nonce:a:1'] }))
    await rig.use({ rules: [tx, day] })
    expect(await rig.used()).toEqual(['day 400'])
  })

  test('corrections go along with a counter whose window changes', async () => {
    await rig.claim([day], payment({ amountAtomic: 100n }))
    await rig.database.query({ text: 'select limits_adjust(rule_id, shape, dimensions, 500, null) from counter' })
    await rig.use({ rules: [{ ...day, window: { rolling: '48h' } }] })
    expect(await rig.used()).toEqual(['day 600'])
  })
})

test('a process with older rules decides nothing, and the same version with other rules does not start', async () => {
  const older = await rig.use({ rules: [day] })
  await rig.use({ rules: [{ ...day, limit: '0.0005' }] })
  const asked = payment({ amountAtomic: 1n })
  expect(outcomeOf(await rig.claimBy(older, asked))).toBe('unable RULES_SUPERSEDED')
  const start = (version: number, limit: string): Promise<void> =>
    activateRules(rig.database, rulesOf({ rules: [{ ...day, limit }] }, version), 'rules.yaml', {
      assets: ASSETS,
      prices: NO_PRICES,
      log: LOG,
    })
  await expect(start(1, '0.001')).rejects.toThrow(ConfigError)
  await expect(start(2, '0.0007')).rejects.toMatchObject({
    problems: [expect.stringMatching(/version: is 2, .* expected a version above it/)],
  })
  await expect(start(2, '0.0005')).resolves.toBeUndefined()
})

describe('L39', () => {
  test('no rule that applies', async () => {
    expect(await rig.ask([{ ...tx, match: { wallet: ['cold-1'] } }], { amountAtomic: 1n })).toBe('NO_APPLICABLE_RULE')
  })

  test('a rule that only counts, or only watches, is no limit', async () => {
    expect(
      await rig.ask([{ id: 'count', measure: 'count', window: { rolling: '1h' }, limit: '9' }], { amountAtomic: 1n }),
    ).toBe('NO_APPLICABLE_RULE')
    expect(await rig.ask([{ ...day, mode: 'shadow' }], { amountAtomic: 1n })).toBe('NO_APPLICABLE_RULE')
  })

  test('a shadow rule that is breached counts and refuses nothing, and is told', async () => {
    const rules: WrittenRule[] = [tx, { ...day, mode: 'shadow' }]
    await rig.claim(rules, payment({ amountAtomic: 900n }))
    const judgement = await rig.claim(rules, payment({ amountAtomic: 900n }))
    expect(judgement).toMatchObject({ outcome: 'approve', evidence: { shadow: [{ code: 'LIMIT_WINDOW' }] } })
    expect(await rig.used()).toEqual(['day 1800'])
    expect(await rig.registry.getSingleMetricAsString('callback_quorum_limits_refusals_total')).toContain(
      'code="LIMIT_WINDOW",rule="day",mode="shadow"} 1',
    )
  })

  test('a message passes only by a rule that counts messages', async () => {
    const message = { ...payment({ amountAtomic: 0n }), operation: 'message' as const, outputs: [] }
    expect(outcomeOf(await rig.claim([tx], message))).toBe('NO_APPLICABLE_RULE')
    const counted: WrittenRule = {
      id: 'messages',
      match: { operation: ['message'] },
      measure: 'count',
      window: { rolling: '1h' },
      limit: '1',
    }
    expect(outcomeOf(await rig.claim([tx, counted], message))).toBe('approve')
    const second = { ...payment({ amountAtomic: 0n }), operation: 'message' as const, outputs: [] }
    expect(outcomeOf(await rig.claim([tx, counted], second))).toBe('LIMIT_COUNT')
  })
})

test.each([
  ['without a wallet', { wallet: undefined }, 'WALLET_MISSING'],
  ['without a known asset', { asset: undefined }, 'ASSET_MISSING'],
  ['without a known amount', { totalAtomic: undefined }, 'AMOUNT_MISSING'],
  [
    'that calls a contract',
    { operation: 'contract-call', contract: { address: '0x00', calldata: '0xa9059cbb' } },
    'CALLDATA_UNDECODED',
  ],
] as const)('a request %s is refused', async (_, change, code) => {
  const question: object = Object.fromEntries(
    Object.entries({ ...payment({ amountAtomic: 1n }), ...change }).filter(([, value]) => value !== undefined),
  )
  expect(outcomeOf(await rig.claim([tx], question as ReturnType<typeof payment>))).toContain(code)
})

test('a destination that cannot be read is refused by a limit per destination: two spellings would be two counters', async () => {
  const known = payment({ amountAtomic: 1n })
  const unread = { ...known, outputs: [{ addressText: 'somebody', amountAtomic: 1n, own: false }] }
  const rules: WrittenRule[] = [tx, { id: 'destination', per: ['destination', 'asset'], window: 'tx', limit: '1' }]
  expect(outcomeOf(await rig.claim(rules, unread))).toBe('DIMENSION_MISSING')
  expect(outcomeOf(await rig.claim(rules, known))).toBe('approve')
})
