import { canonicalizeAddress } from '@callback-quorum/chains'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { followAddressBook } from '../src/ledger/destinations.ts'
import { CUSTOMER, OTHER, startLimitsRig, type LimitsRig, type WrittenRule } from './limits-rig.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const PLACE = `ethereum\n${canonicalizeAddress('evm', 'mainnet', CUSTOMER).key}`
const START_MS = Date.UTC(2026, 0, 1)

let rig: LimitsRig
beforeEach(async () => {
  rig = await startLimitsRig({ listed: new Set([PLACE]) })
})
afterEach(() => rig.testDatabase.drop())

const tx: WrittenRule = { id: 'tx', window: 'tx', limit: '1000' }
let digest = 0
const list = (...whitelistedAtMs: readonly number[]): Promise<void> =>
  followAddressBook(
    rig.database,
    whitelistedAtMs.map((ms) => ({ place: PLACE, whitelistedAt: new Date(ms) })),
    String((digest += 1)),
  )

describe('new destinations', () => {
  const cool: WrittenRule = { id: 'new', kind: 'new-destination', cooldown: '24h' }

  test('L36: listed 23 h 59 min ago is too new, 24 h ago is not; taken off and put back, it is new again', async () => {
    await list(START_MS - 24 * HOUR_MS + MINUTE_MS)
    expect(await rig.ask([tx, cool], { amountAtomic: 1n })).toBe('DEST_COOLDOWN')
    await rig.testDatabase.advance(MINUTE_MS)
    expect(await rig.ask([tx, cool], { amountAtomic: 1n })).toBe('approve')
    await list()
    expect(await rig.ask([tx, cool], { amountAtomic: 1n })).toBe('DEST_COOLDOWN')
    await rig.testDatabase.advance(HOUR_MS)
    // Put back with its old date.
    await list(START_MS - 24 * HOUR_MS + MINUTE_MS)
    expect(await rig.ask([tx, cool], { amountAtomic: 1n })).toBe('DEST_COOLDOWN')
    await rig.testDatabase.advance(24 * HOUR_MS)
    expect(await rig.ask([tx, cool], { amountAtomic: 1n })).toBe('approve')
  })

  test('one that is not listed is refused', async () => {
    expect(await rig.ask([tx, cool], { amountAtomic: 1n, to: OTHER })).toBe('DEST_COOLDOWN')
    await rig.testDatabase.advance(1000 * HOUR_MS)
    expect(await rig.ask([tx, cool], { amountAtomic: 1n, to: OTHER })).toBe('DEST_COOLDOWN')
  })

  test('or waits since it was first asked about, although that was refused', async () => {
    const rules: WrittenRule[] = [tx, { ...cool, unlisted: 'first-sight' }]
    expect(await rig.ask(rules, { amountAtomic: 1n, to: OTHER })).toBe('DEST_COOLDOWN')
    await rig.testDatabase.advance(24 * HOUR_MS - 1)
    expect(await rig.ask(rules, { amountAtomic: 1n, to: OTHER })).toBe('DEST_COOLDOWN')
    await rig.testDatabase.advance(1)
    expect(await rig.ask(rules, { amountAtomic: 1n, to: OTHER })).toBe('approve')
  })

  test('is capped in number and amount for a while after its cool-down, and no longer', async () => {
    await list(START_MS - 24 * HOUR_MS)
    const rules: WrittenRule[] = [tx, { ...cool, probation: { for: '24h', count: '1', amount: '0.001' } }]
    expect(await rig.ask(rules, { amountAtomic: 1001n })).toBe('DEST_NEW_CAP')
    expect(await rig.ask(rules, { amountAtomic: 1000n })).toBe('approve')
    expect(await rig.ask(rules, { amountAtomic: 0n })).toBe('DEST_NEW_CAP')
    await rig.testDatabase.advance(24 * HOUR_MS - 1)
    expect(await rig.ask(rules, { amountAtomic: 0n })).toBe('DEST_NEW_CAP')
    await rig.testDatabase.advance(1)
    expect(await rig.ask(rules, { amountAtomic: 999_000n })).toBe('approve')
  })
})

describe('schedules', () => {
  const at = (text: string): Promise<void> => rig.testDatabase.setClock(Date.parse(text))
  const office: WrittenRule = {
    id: 'office',
    kind: 'schedule',
    tz: 'Europe/Berlin',
    open: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '20:00' }],
    holidays: ['2026-12-25'],
  }

  test.each([
    ['a Friday at 19:59:59', '2026-03-06T18:59:59Z', 'approve'],
    ['the same at 20:00:00', '2026-03-06T19:00:00Z', 'OUTSIDE_SCHEDULE'],
    ['at 08:00:00', '2026-03-06T07:00:00Z', 'approve'],
    ['just before', '2026-03-06T06:59:59Z', 'OUTSIDE_SCHEDULE'],
    ['in summer, an hour earlier by UTC', '2026-07-03T06:00:00Z', 'approve'],
    ['a Saturday', '2026-03-07T11:00:00Z', 'OUTSIDE_SCHEDULE'],
    ['a holiday that is a Friday', '2026-12-25T11:00:00Z', 'OUTSIDE_SCHEDULE'],
  ])('L37: %s', async (_, time, outcome) => {
    await at(time)
    expect(await rig.ask([tx, office], { amountAtomic: 1n })).toBe(outcome)
  })

  const night: WrittenRule = {
    id: 'night',
    kind: 'schedule',
    tz: 'UTC',
    open: [{ days: ['fri'], from: '22:00', to: '06:00' }],
    holidays: [],
  }
  test.each([
    ['before it begins', '2026-03-06T21:59:59Z', 'OUTSIDE_SCHEDULE'],
    ['on its evening', '2026-03-06T22:00:00Z', 'approve'],
    ['on the morning after', '2026-03-07T05:59:59Z', 'approve'],
    ['when it ends', '2026-03-07T06:00:00Z', 'OUTSIDE_SCHEDULE'],
    ['on the evening of the day after', '2026-03-07T22:00:00Z', 'OUTSIDE_SCHEDULE'],
  ])('hours over midnight belong to the day on which they begin: %s', async (_, time, outcome) => {
    await at(time)
    expect(await rig.ask([tx, night], { amountAtomic: 1n })).toBe(outcome)
  })

  test('a day until 24:00', async () => {
    const all: WrittenRule = {
      id: 'all',
      kind: 'schedule',
      tz: 'UTC',
      open: [{ days: ['thu'], from: '00:00', to: '24:00' }],
    }
    await at('2026-01-01T23:59:59.999Z')
    expect(await rig.ask([tx, all], { amountAtomic: 1n })).toBe('approve')
    await at('2026-01-02T00:00:00Z')
    expect(await rig.ask([tx, all], { amountAtomic: 1n })).toBe('OUTSIDE_SCHEDULE')
  })
})
