import { afterEach, beforeEach, expect, test } from 'vitest'
import { confirm } from '../src/ledger/life-cycle.ts'
import {
  outcomeOf,
  OTHER,
  payment,
  startLimitsRig,
  type LimitsRig,
  type PaymentOptions,
  type WrittenRule,
} from './limits-rig.ts'

// Who replaces whom is told by the bytes alone: the same nonce of the same account, or an output that both spend.
const DAY_MS = 24 * 3_600_000
const NONCE = ['nonce:ethereum:key20:aa:7']

let rig: LimitsRig
beforeEach(async () => {
  rig = await startLimitsRig()
})
afterEach(() => rig.testDatabase.drop())

const day: WrittenRule = { id: 'day', window: { rolling: '24h' }, limit: '0.00013' }
const count: WrittenRule = { id: 'count', measure: 'count', window: { rolling: '24h' }, limit: '1' }
const ask = (rules: readonly WrittenRule[], options: PaymentOptions): Promise<string> =>
  rig.ask(rules, { slots: NONCE, ...options })
const confirmed = (id: string): Promise<boolean> =>
  rig.inTransaction((tx) => confirm(tx, payment({ id, amountAtomic: 0n }).businessKey, { why: 'seen in a block' }))

test('L24: a speed-up with the same amount costs nothing and is no second payment', async () => {
  expect(await ask([day, count], { amountAtomic: 100n })).toBe('approve')
  expect(await ask([day, count], { amountAtomic: 100n })).toBe('approve')
  expect(await rig.used()).toEqual(['count 1', 'day 100'])
})

test('L25: of a larger amount, what is more has to fit', async () => {
  expect(await ask([day], { amountAtomic: 100n })).toBe('approve')
  expect(await ask([day], { amountAtomic: 150n })).toBe('LIMIT_WINDOW')
  expect(await ask([day], { amountAtomic: 130n })).toBe('approve')
  expect(await rig.used()).toEqual(['day 130'])
})

test('L26: another destination is charged in full, the wallet only for what is more', async () => {
  const perDestination: WrittenRule = {
    id: 'destination',
    per: ['destination', 'asset'],
    window: { rolling: '24h' },
    limit: '0.0001',
  }
  expect(await ask([day, perDestination], { amountAtomic: 100n })).toBe('approve')
  expect(await ask([day, perDestination], { amountAtomic: 101n, to: OTHER })).toBe('LIMIT_WINDOW')
  expect(await ask([day, perDestination], { amountAtomic: 100n, to: OTHER })).toBe('approve')
  // The old destination stays charged until one of the two is final.
  expect(await rig.used()).toEqual(['day 100', 'destination 100', 'destination 100'])
})

test('L27: another nonce, another account, an original that is final or released: a payment of its own, counted in full', async () => {
  expect(await ask([day], { id: 'original', amountAtomic: 100n })).toBe('approve')
  expect(await ask([day], { amountAtomic: 100n, slots: ['nonce:ethereum:key20:aa:8'] })).toBe('LIMIT_WINDOW')
  expect(await ask([day], { amountAtomic: 100n, slots: ['nonce:ethereum:key20:bb:7'] })).toBe('LIMIT_WINDOW')
  expect(await ask([day], { amountAtomic: 100n, slots: [] })).toBe('LIMIT_WINDOW')
  await confirmed('original')
  expect(await ask([day], { amountAtomic: 100n })).toBe('LIMIT_WINDOW')
  expect(await rig.used()).toEqual(['day 100'])
})

test('L28: a drop that was approved gives the original back when it is final, and not before', async () => {
  await ask([day], { id: 'original', amountAtomic: 100n })
  expect(await ask([day], { id: 'drop', amountAtomic: 0n })).toBe('approve')
  expect(await rig.used()).toEqual(['day 100'])
  expect(await confirmed('drop')).toBe(true)
  expect(await rig.used()).toEqual([])
  expect(await confirmed('original')).toBe(false)
})

test('L29: payments that share an output: the largest counts on each counter, and an output more is charged', async () => {
  const perDestination: WrittenRule = {
    id: 'destination',
    per: ['destination', 'asset'],
    window: { rolling: '24h' },
    limit: '0.0001',
  }
  const rules = [day, perDestination]
  expect(await ask(rules, { amountAtomic: 60n, slots: ['output:a:0', 'output:b:0'] })).toBe('approve')
  const more = { amountAtomic: 60n, also: [{ to: OTHER, amountAtomic: 30n }] }
  expect(await ask(rules, { ...more, slots: ['output:b:0', 'output:c:1'] })).toBe('approve')
  expect(await rig.used()).toEqual(['day 90', 'destination 30', 'destination 60'])
})

test('a chain of shared outputs is no group: the first and the third could both be final', async () => {
  expect(await ask([day], { amountAtomic: 40n, slots: ['output:a:0', 'output:b:0'] })).toBe('approve')
  expect(await ask([day], { amountAtomic: 40n, slots: ['output:b:0', 'output:c:0'] })).toBe('approve')
  expect(await ask([day], { amountAtomic: 40n, slots: ['output:a:0', 'output:z:0'] })).toBe('approve')
  expect(await rig.used()).toEqual(['day 80'])
})

test('a replacement that was refused jointly gives its part back, and the original stays', async () => {
  await ask([day], { id: 'original', amountAtomic: 100n })
  const larger = payment({ amountAtomic: 120n, slots: NONCE })
  expect(outcomeOf(await rig.claim([day], larger))).toBe('approve')
  await rig.release(larger)
  expect(await rig.used()).toEqual(['day 100'])
  await rig.release(payment({ id: 'original', amountAtomic: 0n }))
  expect(await rig.used()).toEqual([])
})

test('the original that is released first leaves the replacement counted', async () => {
  await ask([day], { id: 'original', amountAtomic: 120n })
  await ask([day], { amountAtomic: 100n })
  await rig.release(payment({ id: 'original', amountAtomic: 0n }))
  expect(await rig.used()).toEqual(['day 100'])
})

test('a replacement counts at its own time: an original that left the window does not let it ride free', async () => {
  await ask([day], { amountAtomic: 100n })
  await rig.testDatabase.advance(DAY_MS)
  expect(await ask([day], { amountAtomic: 100n })).toBe('approve')
  expect(await rig.used()).toEqual(['day 100'])
  await rig.testDatabase.advance(DAY_MS - 1)
  expect(await rig.ask([day], { amountAtomic: 31n })).toBe('LIMIT_WINDOW')
})

const [O1, O2, O3] = ['output:a:0', 'output:b:0', 'output:c:0']
const resign = (slots: readonly string[]): Promise<string> => ask([day], { id: 'r', amountAtomic: 100n, slots })

test('signed again over other outputs, it excludes only what both signatures exclude', async () => {
  expect(await resign([O1, O2])).toBe('approve')
  expect(await resign([O2, O3])).toBe('approve')
  // The second signature and one that spends the first output could both be final.
  expect(await ask([day], { amountAtomic: 100n, slots: [O1] })).toBe('LIMIT_WINDOW')
  expect(await ask([day], { amountAtomic: 30n, slots: [O1] })).toBe('approve')
  expect(await rig.used()).toEqual(['day 130'])
  // The first signature and one that spends the third, too.
  expect(await ask([day], { amountAtomic: 1n, slots: [O3] })).toBe('LIMIT_WINDOW')
  // What both spend excludes as before.
  expect(await ask([day], { amountAtomic: 100n, slots: [O2] })).toBe('approve')
  expect(await rig.used()).toEqual(['day 130'])
})

test('what is counted as one with another payment is not signed again without what they share', async () => {
  expect(await resign([O1, O2])).toBe('approve')
  expect(await ask([day], { id: 'b', amountAtomic: 100n, slots: [O1] })).toBe('approve')
  expect(await resign([O2, O3])).toBe('SECOND_SIGNATURE')
  expect(await rig.used()).toEqual(['day 100'])
  // With it, it is; from then on the other output excludes nobody.
  expect(await resign([O1, O3])).toBe('approve')
  expect(await ask([day], { amountAtomic: 31n, slots: [O2] })).toBe('LIMIT_WINDOW')
  expect(await rig.used()).toEqual(['day 100'])
  await confirmed('b')
  expect(await rig.used()).toEqual(['day 100'])
})

test('bytes that have nothing in common with those of before are a second payment', async () => {
  expect(await resign([O1, O2])).toBe('approve')
  expect(await resign([O2, O3])).toBe('approve')
  expect(await resign([O1, O3])).toBe('SECOND_SIGNATURE')
  expect(await resign([O3])).toBe('SECOND_SIGNATURE')
  expect(await resign([O1, O2])).toBe('approve')
})

test('what was counted before its bytes were known excludes nothing, and is signed over whatever bytes', async () => {
  expect(await resign([])).toBe('approve')
  expect(await resign([O1])).toBe('approve')
  expect(await ask([day], { amountAtomic: 31n, slots: [O1] })).toBe('LIMIT_WINDOW')
})

test('signed again and excluded by another at once: counted twice, or not signed again', async () => {
  const rule = await rig.use({ rules: [{ ...day, per: ['wallet', 'asset'] }] })
  const seen = new Set<string>()
  for (let round = 0; round < 30; round += 1) {
    const [o1, o2, o3] = [O1, O2, O3].map((output) => `${output} ${String(round)}`) as [string, string, string]
    const wallet = `hot-${String(round)}`
    const sign = (id: string, amountAtomic: bigint, slots: readonly string[]) =>
      rig.claimBy(rule, payment({ id: `${id}-${String(round)}`, wallet, amountAtomic, slots })).then(outcomeOf)
    await sign('r', 60n, [o1, o2])
    const both = [() => sign('r', 60n, [o2, o3]), () => sign('b', 50n, [o1])]
    const [first, other] = await Promise.all((round % 2 === 0 ? both : both.toReversed()).map((run) => run()))
    const [r, b] = round % 2 === 0 ? [first, other] : [other, first]
    expect(b).toBe('approve')
    const [row] = await rig.database.query<{ used: string }>({
      text: 'select used::text from counter where dimensions like $1',
      values: [`%"${wallet}"%`],
    })
    expect([`approve 110`, 'SECOND_SIGNATURE 60']).toContain(`${String(r)} ${row?.used ?? ''}`)
    seen.add(String(r))
  }
  expect([...seen].toSorted()).toEqual(['SECOND_SIGNATURE', 'approve'])
})
