import { afterEach, beforeEach, expect, test } from 'vitest'
import { rulesOf, startLimitsRig, type LimitsRig, type WrittenFile } from './limits-rig.ts'

// limits_decide itself, asked with something missing: what is not there must never read as nothing asked for.
const FILE: WrittenFile = { rules: [{ id: 'day', window: { rolling: '24h' }, limit: '0.001' }] }
const CHARGE = {
  n: 0,
  rule: 'day',
  shape: 's',
  dimensions: '[]',
  window: { kind: 'rolling', span_ms: 86_400_000 },
  amount: '400',
  limit: '1000',
  shadow: false,
}
type Answer = { readonly outcome: string; readonly closed: readonly object[] }

let rig: LimitsRig
beforeEach(async () => {
  rig = await startLimitsRig()
  await rig.use(FILE)
})
afterEach(() => rig.testDatabase.drop())

async function decide(charges: readonly object[] | null, gates: readonly object[] | null = []): Promise<Answer> {
  const [row] = await rig.database.query<{ answer: Answer }>({
    text: `select limits_decide('cobo:acme:a', $1, '{}', $2, $3, '{}') as answer`,
    values: [rulesOf(FILE, 1).digest, charges && JSON.stringify(charges), gates && JSON.stringify(gates)],
  })
  if (row === undefined) throw new Error('a function call has one row')
  return row.answer
}
const taken = () => rig.database.query({ text: 'select from reservation union all select from entry' })

test('a complete charge is taken', async () => {
  expect(await decide([CHARGE])).toMatchObject({ outcome: 'reserved' })
})

test.each([
  ['no list of charges', null, []],
  ['no charge', [], []],
  ['no list of gates', [CHARGE], null],
])('%s: nobody can say', async (_, charges, gates) => {
  await expect(decide(charges, gates)).rejects.toThrow(/a decision needs charges and gates/)
  expect(await taken()).toEqual([])
})

test.each([
  ['no amount', { amount: null }],
  ['an amount below 0', { amount: '-1' }],
  ['no limit', { limit: null }],
  ['no window', { window: null }],
  ['a window of no kind', { window: {} }],
  ['no amount per transaction', { amount: null, window: { kind: 'tx' } }],
  ['no limit per transaction', { limit: null, window: { kind: 'tx' } }],
  ['no amount, in shadow', { amount: null, shadow: true }],
])('a charge with %s, beside one that is complete: nobody can say', async (_, without) => {
  await expect(decide([CHARGE, { ...CHARGE, n: 1, rule: 'e', ...without }])).rejects.toThrow(
    /the charge of e has an amount/,
  )
  expect(await taken()).toEqual([])
})

test.each([{}, { schedule: null }, { not_before: null }, { schedule: {} }, { schedule: { zone: 'UTC', open: [] } }])(
  'a gate %j is closed',
  async (gate) => {
    expect(await decide([CHARGE], [{ n: 0, shadow: false, ...gate }])).toMatchObject({
      outcome: 'refused',
      closed: [{ n: 0 }],
    })
    expect(await taken()).toEqual([])
  },
)

test('a charge and a gate that do not say that they only report, decide', async () => {
  const { shadow, ...silent } = CHARGE
  expect(shadow).toBe(false)
  expect(await decide([{ ...silent, amount: '1001' }])).toMatchObject({ outcome: 'refused' })
  expect(await decide([silent], [{ n: 0, not_before: 'infinity' }])).toMatchObject({ outcome: 'refused' })
})
