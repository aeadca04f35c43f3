import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { confirm, countAgain, release, releaseByEvent } from '../src/ledger/life-cycle.ts'
import { outcomeOf, payment, startLimitsRig, type LimitsRig, type WrittenRule } from './limits-rig.ts'

const DAY_MS = 24 * 3_600_000

let rig: LimitsRig
beforeEach(async () => {
  rig = await startLimitsRig()
})
afterEach(() => rig.testDatabase.drop())

const day: WrittenRule = { id: 'day', window: { rolling: '24h' }, limit: '0.001' }
const stateOf = async (id: string): Promise<unknown> =>
  (
    await rig.database.query({
      text: 'select state from reservation where business_key = $1 order by reservation_id desc limit 1',
      values: [`cobo:acme:${id}`],
    })
  )[0]

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

test('L19 and L20: silence releases nothing, neither what is held nor what is committed', async () => {
  const held = payment({ id: 'held', amountAtomic: 500n })
  const committed = payment({ id: 'committed', amountAtomic: 500n })
  const ever: WrittenRule = { id: 'ever', window: 'lifetime', limit: '0.001' }
  await rig.claim([ever], held)
  await rig.claim([ever], committed)
  await rig.commit(committed)
  await rig.testDatabase.advance(7 * DAY_MS)
  expect(await rig.ask([ever], { amountAtomic: 1n })).toBe('LIMIT_LIFETIME')
  expect(await stateOf('held')).toEqual({ state: 'held' })
  expect(await stateOf('committed')).toEqual({ state: 'committed' })
})

test('L21: what was released on evidence and is seen all the same counts again, above the limit if need be', async () => {
  const paid = payment({ id: 'paid', amountAtomic: 700n })
  await rig.claim([day], paid)
  await rig.commit(paid)
  expect(await rig.inTransaction((tx) => releaseByEvent(tx, paid.businessKey, 'failed'))).toBe(true)
  expect(await rig.inTransaction((tx) => releaseByEvent(tx, paid.businessKey, 'failed'))).toBe(false)
  expect(await rig.ask([day], { amountAtomic: 900n })).toBe('approve')
  expect(await rig.inTransaction((tx) => countAgain(tx, paid.businessKey, 'succeeded'))).toBe(true)
  expect(await rig.inTransaction((tx) => countAgain(tx, paid.businessKey, 'succeeded'))).toBe(false)
  expect(await rig.used()).toEqual(['day 1600'])
  expect(await rig.ask([day], { amountAtomic: 1n })).toBe('LIMIT_WINDOW')
})

describe('L22: a confirmation with what was really used', () => {
  const actual = async (amount: bigint): Promise<boolean> => {
    const rule = JSON.parse(
      JSON.stringify((await rig.database.query<{ rule: object }>({ text: 'select rule from active_rule' }))[0]?.rule),
    ) as Parameters<typeof confirm>[2]['charges'] extends readonly (infer C)[] | undefined
      ? C extends { limit: infer L }
        ? L
        : never
      : never
    const [counter] = await rig.database.query<{ dimensions: string }>({ text: 'select dimensions from counter' })
    return rig.inTransaction((tx) =>
      confirm(tx, payment({ id: 'paid', amountAtomic: 0n }).businessKey, {
        charges: [{ limit: rule, dimensions: counter?.dimensions ?? '', amount, limitAmount: 0n }],
        why: 'seen in a block',
      }),
    )
  }

  test.each([
    ['less gives the rest back', 400n, 'day 400'],
    ['nothing, because it failed on its chain, gives all back', 0n, undefined],
    ['more is counted, above the limit if need be', 1400n, 'day 1400'],
  ])('%s', async (_, amount, line) => {
    const paid = payment({ id: 'paid', amountAtomic: 700n })
    await rig.claim([day], paid)
    await rig.commit(paid)
    await rig.testDatabase.advance(1000)
    expect(await actual(amount)).toBe(true)
    expect(await actual(amount)).toBe(false)
    expect(await rig.used()).toEqual(line === undefined ? [] : [line])
    // It stands where it stood in its window.
    await rig.testDatabase.advance(DAY_MS - 1000)
    expect(await rig.ask([day], { amountAtomic: 1000n })).toBe('approve')
  })
})

test('L23: a release after the entry has left its window takes nothing twice', async () => {
  const old = payment({ amountAtomic: 1000n })
  await rig.claim([day], old)
  await rig.testDatabase.advance(2 * DAY_MS)
  await rig.claim([day], payment({ amountAtomic: 300n }))
  await rig.release(old)
  expect(await rig.used()).toEqual(['day 300'])
})

test('what is outstanding counts until it is confirmed or released', async () => {
  const rules: WrittenRule[] = [
    { id: 'tx', window: 'tx', limit: '1' },
    { id: 'pending', kind: 'outstanding', measure: 'count', limit: '2' },
  ]
  const [one, two] = [payment({ amountAtomic: 1n }), payment({ amountAtomic: 1n })]
  await rig.claim(rules, one)
  await rig.claim(rules, two)
  expect(await rig.ask(rules, { amountAtomic: 1n })).toBe('MAX_PENDING')
  await rig.inTransaction((tx) => confirm(tx, one.businessKey, { why: 'seen' }))
  expect(await rig.ask(rules, { amountAtomic: 1n })).toBe('approve')
  expect(await rig.ask(rules, { amountAtomic: 1n })).toBe('MAX_PENDING')
  await rig.inTransaction((tx) => release(tx, two.businessKey, 'test'))
  expect(await rig.ask(rules, { amountAtomic: 1n })).toBe('approve')
})

describe('corrections', () => {
  const adjust = async (amount: string): Promise<unknown> => {
    const rows = await rig.database.query<{ done: string }>({
      text: 'select limits_adjust(a.rule_id, a.shape, c.dimensions, $1, null) as done from active_rule a join counter c using (rule_id, shape)',
      values: [amount],
    })
    return rows[0]?.done
  }

  test('less is taken from what counts, at its own place, and never below nothing', async () => {
    const first = payment({ amountAtomic: 600n })
    await rig.claim([day], first)
    await rig.testDatabase.advance(1000)
    await rig.claim([day], payment({ amountAtomic: 300n }))
    expect(await adjust('-500')).toBe('-500')
    expect(await rig.used()).toEqual(['day 400'])
    // Released afterwards, it gives back what is left of it and not what was taken away before.
    await rig.release(first)
    expect(await rig.used()).toEqual([])
    expect(await adjust('-1')).toBe('0')
    await rig.testDatabase.advance(2 * DAY_MS)
    expect(await rig.ask([day], { amountAtomic: 1000n })).toBe('approve')
  })

  test('more counts from now on', async () => {
    await rig.claim([day], payment({ amountAtomic: 1n }))
    expect(await adjust('900')).toBe('900')
    expect(await rig.ask([day], { amountAtomic: 100n })).toBe('LIMIT_WINDOW')
    await rig.testDatabase.advance(DAY_MS)
    expect(await rig.ask([day], { amountAtomic: 1000n })).toBe('approve')
  })
})

describe('an exception', () => {
  const grant = (amount: string): Promise<unknown> =>
    rig.database.query({
      text: `with p as (insert into proposal (kind, body, reason, proposed_by, proposed_at, state, decided_by, decided_at)
                        values ('exception', '{}', 'test', 'a', clock_now(), 'applied', 'b', clock_now()) returning proposal_id)
             insert into limit_exception (proposal_id, rule_id, dimensions, amount, remaining, expires_at)
             select p.proposal_id, c.rule_id, c.dimensions, $1, $1, clock_now() + interval '1 hour' from p, counter c`,
      values: [amount],
    })

  test('allows its amount once, and is given back with the payment that used it', async () => {
    await rig.claim([day], payment({ amountAtomic: 900n }))
    await grant('500')
    const above = payment({ amountAtomic: 400n })
    expect(outcomeOf(await rig.claim([day], above))).toBe('approve')
    expect(outcomeOf(await rig.claim([day], above))).toBe('approve')
    // 300 of the exception are used.
    expect(await rig.ask([day], { amountAtomic: 201n })).toBe('LIMIT_WINDOW')
    await rig.release(above)
    expect(await rig.ask([day], { amountAtomic: 600n })).toBe('approve')
    expect(await rig.ask([day], { amountAtomic: 1n })).toBe('LIMIT_WINDOW')
  })

  test('ends with its time', async () => {
    await rig.claim([day], payment({ amountAtomic: 900n }))
    await grant('500')
    await rig.testDatabase.advance(3_600_000)
    expect(await rig.ask([day], { amountAtomic: 101n })).toBe('LIMIT_WINDOW')
  })
})
