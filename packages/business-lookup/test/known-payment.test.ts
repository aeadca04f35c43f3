import type { Judgement } from '@callback-quorum/checker-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Connector } from '../src/index.ts'
import { BATCH_MAP, connectorOf, paying, RECORD, type Paid } from './compare/records.ts'
import { CUSTOMER, outcomeOf, payment, QUERY, startLookupRig, type LookupRig } from './lookup-rig.ts'

// Numbers such as B01 are those of the domain's acceptance table for the business lookup.
let rig: LookupRig
beforeAll(async () => {
  rig = await startLookupRig()
})
afterAll(() => rig.close())
beforeEach(async () => {
  const payouts = await rig.business.open()
  await payouts.query({ text: 'delete from withdrawal' })
  await rig.database.query({ text: 'truncate claim, claim_holder, platform_said' })
})

const ask = async (...options: Parameters<typeof payment>): Promise<string> =>
  outcomeOf(await rig.judge(payment(...options)))

test('B01: a payment that is equal in every field is approved, with every comparison as evidence', async () => {
  await rig.add({})
  const judgement = await rig.judge(payment())
  expect(judgement).toMatchObject({ outcome: 'approve', evidence: { reference: 'WD-1' } })
  // prettier-ignore
  expect(judgement.evidence?.['comparisons']).toEqual([
    { field: 'reference', comparator: 'equal', expected: 'WD-1', actual: 'WD-1', ok: true },
    { field: 'status', comparator: 'in', expected: 'approved or ready', actual: 'approved', ok: true },
    { field: 'asset', comparator: 'equal', expected: 'ETH', actual: 'ETH', ok: true },
    { field: 'amount', comparator: 'equal', expected: '1.5', actual: '1500000000000000000', ok: true },
    { field: 'destination', comparator: 'same_address', expected: CUSTOMER, actual: CUSTOMER, ok: true },
    { field: 'tag', comparator: 'equal', expected: null, actual: null, ok: true },
    { field: 'expires_at', comparator: 'after', expected: '2026-11-21 13:00:00+00', actual: '2026-11-21T12:00:00.000Z', ok: true },
  ])
})

test('B02: amounts are compared by value, exactly', async () => {
  await rig.add({ asset: 'USDT-ERC20', amount: '100.00' })
  expect(await ask({ asset: 'USDT-ETHEREUM', amountAtomic: 100_000_000n })).toBe('approve')
  expect(await ask({ asset: 'USDT-ETHEREUM', amountAtomic: 100_000_001n })).toBe('AMOUNT_MISMATCH')
})

test('B03: the same symbol on another chain is another asset', async () => {
  await rig.add({ asset: 'USDT-ERC20', amount: '100', address: CUSTOMER })
  expect(
    await ask({ asset: 'USDT-TRON', amountAtomic: 100_000_000n, to: 'TEDv9wo5epcVi7pW3rEZUa7wbtPuAKZCer' }),
  ).toContain('ASSET_MISMATCH')
})

test('B04: another spelling is the same destination: EIP-55 or not, cashaddr or legacy', async () => {
  await rig.add({ address: CUSTOMER.toLowerCase() })
  expect(await ask()).toBe('approve')
  const bch = { asset: 'BCH', amountAtomic: 150_000_000n, to: '1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu' }
  await rig.add({ reference: 'WD-2', asset: 'BCH', address: 'bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a' })
  expect(await ask({ ...bch, reference: 'WD-2' })).toBe('approve')
})

test('B05: a look-alike with the same six first and last characters is another destination', async () => {
  await rig.add({ address: CUSTOMER })
  const poisoned = `${CUSTOMER.slice(0, 20)}0${CUSTOMER.slice(21)}`.toLowerCase()
  expect(poisoned).not.toBe(CUSTOMER.toLowerCase())
  expect(await ask({ to: poisoned })).toBe('DESTINATION_MISMATCH')
})

test('B06: the tag must be the same, and be there', async () => {
  const xrp = { asset: 'XRP', amountAtomic: 1_000_000n, to: 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66' }
  await rig.add({ asset: 'XRP', amount: '1', address: xrp.to, memo: '123' })
  expect(await ask({ ...xrp, tag: '123' })).toBe('approve')
  expect(await ask({ ...xrp, tag: '124' })).toBe('TAG_MISMATCH')
  expect(await ask(xrp)).toBe('TAG_MISMATCH')
  await rig.add({ reference: 'WD-2', asset: 'XRP', amount: '1', address: xrp.to })
  expect(await ask({ ...xrp, reference: 'WD-2', tag: '123' })).toBe('TAG_MISMATCH')
  expect(await ask({ ...xrp, reference: 'WD-2' })).toBe('approve')
})

test.each(['pending', 'cancelled', 'APPROVED', 'something new'])('B07: the state %s is not approved', async (state) => {
  await rig.add({ state })
  expect(await ask()).toBe('INTENT_STATUS')
})

test.each([
  ['one second ago', '2026-11-21 11:59:59+00', 'INTENT_EXPIRED'],
  ['this very moment', '2026-11-21T12:00:00Z', 'INTENT_EXPIRED'],
  ['missing', null, 'FIELD_INVALID'],
  ['without a zone', '2026-11-21 13:00:00', 'FIELD_INVALID'],
  ['no time', 'tomorrow', 'FIELD_INVALID'],
])('B08: an expiry %s', async (_, validUntil, code) => {
  await rig.add({ validUntil })
  expect(await ask()).toBe(code)
})

test('B09: a reference that is absent or not of the agreed form never reaches the business system', async () => {
  const asked: string[] = []
  const connector: Connector = {
    kind: 'sql',
    lookUp: ({ reference }) => {
      asked.push(reference)
      return Promise.resolve({ found: 'none' })
    },
    problems: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  }
  const judge = async (...options: Parameters<typeof payment>): Promise<string> =>
    outcomeOf(await rig.judge(payment(...options), { connector }))
  expect(await judge({ reference: null })).toBe('REF_MISSING')
  expect(await judge({ reference: '' })).toBe('REF_MISSING')
  expect(await judge({ reference: null, description: 'please pay WD-1 now' })).toBe('REF_INVALID')
  expect(await judge({ reference: "WD-1' OR 1=1" })).toBe('REF_INVALID')
  expect(await judge({ reference: '../admin' })).toBe('REF_INVALID')
  expect(asked).toEqual([])
})

test.each([
  ['another spelling', 'where $1::text is not null and reference is not null limit 2', 'wd-1', 'REF_MISMATCH'],
  ['a space behind it', 'where rtrim(reference) = $1 limit 2', 'WD-1 ', 'REF_MISMATCH'],
  ['no reference', "where reference = '' and $1::text is not null limit 2", '', 'FIELD_INVALID'],
])('a record with %s is not the payment that was asked for', async (_, where, reference, code) => {
  await rig.add({ reference })
  const query = QUERY.replace('where reference = $1 limit 2', where)
  expect(outcomeOf(await rig.judge(payment(), { query }))).toBe(code)
})

test('B12: two rows of one reference are ambiguous', async () => {
  await rig.add({})
  await rig.add({})
  expect(await ask()).toBe('REF_AMBIGUOUS')
})

describe('B20 and B24: what the business system does not say is never an approval', () => {
  test.each([
    [
      'is slower than the statement timeout',
      `select pg_sleep(3)::text as state, $1 as asset, null as amount, null as address, null as memo, null as valid_until`,
    ],
    ['has no such table', QUERY.replace('withdrawal', 'elsewhere')],
    ['would have to write', `with w as (insert into withdrawal (reference) values ($1) returning *) select * from w`],
  ])('a query that %s', async (_, query) => {
    await rig.add({})
    expect(outcomeOf(await rig.judge(payment(), { query }))).toBe('unable CONNECTOR_UNAVAILABLE')
  })

  test.each([
    ['an exponent', '15e-1'],
    ['a comma', '1,5'],
    ['a sign', '+1.5'],
    ['nothing', ''],
    ['more decimals than the asset has', '1.5000000000000000001'],
    ['not a number', 'NaN'],
  ])('an amount with %s', async (_, amount) => {
    await rig.add({ amount })
    expect(await ask()).toBe('FIELD_INVALID')
  })

  test('an asset code that is not configured, and an address that is none', async () => {
    await rig.add({ asset: 'constructor', address: '0x12' })
    expect(await ask()).toBe('FIELD_INVALID FIELD_INVALID')
    const judgement = await rig.judge(payment())
    expect(judgement).toMatchObject({
      objections: [
        { text: expect.stringContaining('asset') as string },
        { text: expect.stringContaining('destination') as string },
      ],
    })
  })
})

describe('B19: a batch', () => {
  const OTHER = '0x8b45b84e2cf29e5f826797df7e1aa93fc71a2bfe'
  const intents = [
    { address: CUSTOMER, amount: '1' },
    { address: CUSTOMER, amount: '2' },
    { address: OTHER, amount: '1' },
  ]
  const record = { ...RECORD, payments: intents }
  const one = { to: CUSTOMER, amountAtomic: 10n ** 18n }
  const two = { to: CUSTOMER, amountAtomic: 2n * 10n ** 18n }
  const other = { to: OTHER, amountAtomic: 10n ** 18n }
  const judge = (outputs: readonly Paid[]): Promise<Judgement> =>
    rig.judge(paying(payment(), outputs), { connector: connectorOf(record, BATCH_MAP), rules: { map: BATCH_MAP } })

  test('in another order is approved', async () => {
    expect(outcomeOf(await judge([other, two, one]))).toBe('approve')
  })

  test.each([
    ['one extra output', [one, two, other, other], [], [3]],
    ['one output missing', [one, other], [1], []],
    ['two equal payments but one intent', [one, one, two, other], [], [1]],
  ])('with %s is refused, and the evidence says who is alone', async (_, outputs, intended, requested) => {
    const judgement = await judge(outputs)
    expect(outcomeOf(judgement)).toBe('OUTPUTS_MISMATCH')
    expect(judgement).toMatchObject({
      objections: [
        {
          evidence: {
            left_over: {
              business_system: intended.map((index) => ({ index })),
              request: requested.map((index) => ({ index })),
            },
          },
        },
      ],
    })
  })
})

test('a request that pays two destinations, or does something else, is no payment of a reference', async () => {
  await rig.add({})
  const one = payment()
  expect(outcomeOf(await rig.judge({ ...one, outputs: [...one.outputs, ...one.outputs] }))).toBe('OUTPUTS_MISMATCH')
  expect(outcomeOf(await rig.judge({ ...one, operation: 'message' }))).toBe('OUTPUTS_MISMATCH')
  expect(outcomeOf(await rig.judge({ ...one, outputs: one.outputs.map((output) => ({ ...output, own: true })) }))).toBe(
    'OUTPUTS_MISMATCH',
  )
})
