import { describe, expect, test } from 'vitest'
import type { CompareConfig } from '../../src/compare/compare-config.ts'
import { ASSETS, CUSTOMER, payment } from '../lookup-rig.ts'
import { compareIntent } from '../../src/compare/compare-intent.ts'
import { readPayment } from '../../src/compare/payment.ts'
import { compared, intentOf, MAP, NOW, paying, RECORD, RULES } from './records.ts'

const OTHER = '0x8b45b84e2cf29e5f826797df7e1aa93fc71a2bfe'
const compare = (change: Partial<CompareConfig>): { compare: CompareConfig } => ({
  compare: { ...RULES.compare, ...change },
})

describe('an amount', () => {
  const usdt = (amount: unknown): string =>
    compared({ ...RECORD, asset: 'USDT-ERC20', amount }, payment({ asset: 'USDT-ETHEREUM', amountAtomic: 7_000_000n }))

  test.each(['7', '7.0', '7.000000', '7.0000000000'])('%s is seven', (amount) => {
    expect(usdt(amount)).toBe('equal')
  })

  test.each([
    ['with an exponent', '7e0'],
    ['with an exponent and a sign', '70E-1'],
    ['with a plus', '+7'],
    ['with a minus', '-7'],
    ['with a comma', '7,0'],
    ['with separated thousands', '7_000'],
    ['with a space before', ' 7'],
    ['with a space after', '7 '],
    ['with a line end', '7\n'],
    ['with leading zeros', '007'],
    ['without a whole part', '.5'],
    ['without a fraction after its point', '7.'],
    ['with two points', '7.0.0'],
    ['in hex', '0x7'],
    ['that is NaN', 'NaN'],
    ['that is Infinity', 'Infinity'],
    ['in full-width digits', '７'],
    ['in Arabic digits', '٧'],
    ['with more decimals than the asset', '7.0000001'],
    ['of 100 kB', '7'.repeat(100_000)],
    ['with 100 kB of zeros behind', `7.${'0'.repeat(100_000)}`],
    ['beyond 256 bits', '9'.repeat(80)],
    ['that is empty', ''],
    ['that is null', null],
    ['that is a number', 7],
    ['that is true', true],
    ['that is a list', ['7']],
    ['that is an object', { value: '7' }],
  ])('%s cannot be read', (_, amount) => {
    expect(usdt(amount)).toBe('FIELD_INVALID')
  })

  test('that is missing cannot be read', () => {
    const { amount: _, ...record } = RECORD
    expect(compared(record, payment())).toBe('FIELD_INVALID')
  })

  test('may be a number only where the mapping says so, and then every digit counts', () => {
    const map = { ...MAP, amount: { at: '/amount', allow_number: true } }
    const of = (digits: string): string =>
      compared(
        `{"state":"approved","asset":"ETH","amount":${digits},"address":"${CUSTOMER}","valid_until":"2026-11-21T13:00:00Z"}`,
        payment({ amountAtomic: 9_007_199_254_740_993_000_000_000_000_000_001n }),
        { map },
      )
    expect(of('9007199254740993.000000000000000001')).toBe('equal')
    expect(of('9007199254740993.000000000000000002')).toBe('AMOUNT_MISMATCH')
    expect(of('9007199254740993000000000000000001e-18')).toBe('FIELD_INVALID')
    expect(of('-1')).toBe('FIELD_INVALID')
  })

  test.each([
    ['equal', { op: 'equal' }, 100n, [100n], [99n, 101n]],
    ['at most', { op: 'at_most' }, 100n, [0n, 1n, 100n], [101n]],
    ['within half a unit', { op: 'within', by: '0.5' }, 100n, [50n, 100n, 150n], [49n, 151n]],
    ['within more than there is', { op: 'within', by: '2' }, 100n, [0n, 300n], [301n]],
    ['within 10 bps', { op: 'within_bps', by: 10 }, 1_999n, [1_998n, 2_000n], [1_997n, 2_001n]],
    ['within 10 bps of too little', { op: 'within_bps', by: 10 }, 999n, [999n], [998n, 1_000n]],
  ] as const)('compared %s', (_, amount, expected, allowed, refused) => {
    // Two decimals, so that half a unit is fifty.
    const asset = { ...ASSETS.asset('ETH')!, decimals: 2 }
    const text = `${String(expected / 100n)}.${String(expected % 100n).padStart(2, '0')}`
    const of = (amountAtomic: bigint): string =>
      compared({ ...RECORD, amount: text }, { ...payment({ amountAtomic }), asset }, compare({ amount }))
    expect(allowed.map(of)).toEqual(allowed.map(() => 'equal'))
    expect(refused.map(of)).toEqual(refused.map(() => 'AMOUNT_MISMATCH'))
  })

  test('is never approved by a tolerance finer than the asset', () => {
    const record = { ...RECORD, asset: 'USDT-ERC20', amount: '7' }
    const question = payment({ asset: 'USDT-ETHEREUM', amountAtomic: 7_000_000n })
    const amount = { op: 'within', by: '0.0000001' } as const
    expect(compared(record, question, compare({ amount }))).toBe('AMOUNT_MISMATCH')
    expect(
      compared(
        { ...record, payments: [record] },
        paying(question, [{ amountAtomic: 7_000_000n }, {}]),
        compare({ amount }),
      ),
    ).toBe('AMOUNT_MISMATCH')
  })
})

describe('an initiator', () => {
  const map = { ...MAP, initiator: { at: '/operator' } }
  const by = (id?: string) => ({ ...payment(), ...(id === undefined ? {} : { initiator: { id, type: 'API' } }) })
  const equal = { map, ...compare({ initiator: { op: 'equal' } }) }
  const mapped = {
    map,
    ...compare({ initiator: { op: 'mapped', table: 'operators.yaml' } }),
    operators: { idsOf: new Map([['alice', ['key-1', 'key-2']]]), digest: '' },
  }

  test.each([
    ['the same id', equal, 'key-1', 'key-1', 'equal'],
    ['another id', equal, 'key-1', 'key-2', 'INITIATOR_MISMATCH'],
    ['another case', equal, 'key-1', 'KEY-1', 'INITIATOR_MISMATCH'],
    ['no initiator in the request', equal, 'key-1', undefined, 'INITIATOR_MISMATCH'],
    ['none in the record', equal, null, 'key-1', 'FIELD_INVALID'],
    ['none on either side', equal, null, undefined, 'FIELD_INVALID'],
    ['a name of the table', mapped, 'alice', 'key-2', 'equal'],
    ['an id of somebody else', mapped, 'alice', 'key-3', 'INITIATOR_MISMATCH'],
    ['a name outside the table', mapped, 'bob', 'key-1', 'INITIATOR_MISMATCH'],
    ['a name outside the table that is the id', mapped, 'key-1', 'key-1', 'INITIATOR_MISMATCH'],
    ['a name that objects have', mapped, 'constructor', 'key-1', 'INITIATOR_MISMATCH'],
    ['a table that was not loaded', { ...mapped, operators: undefined }, 'alice', 'key-1', 'INITIATOR_MISMATCH'],
  ])('%s', (_, rules, operator, id, code) => {
    expect(compared({ ...RECORD, operator }, by(id), rules)).toBe(code)
  })
})

describe('a source', () => {
  const rules = { map: { ...MAP, source: { at: '/from' } }, ...compare({ source: { op: 'equal' } }) }
  test.each([
    ['the wallet of the request', 'hot-1', [], 'equal'],
    ['its one address, spelled otherwise', CUSTOMER.toLowerCase(), [CUSTOMER], 'equal'],
    ['another wallet', 'hot-2', [CUSTOMER], 'SOURCE_MISMATCH'],
    ['another address', OTHER, [CUSTOMER], 'SOURCE_MISMATCH'],
    ['an address, where the request names none', CUSTOMER, [], 'SOURCE_MISMATCH'],
    ['one of two addresses that would both pay', CUSTOMER, [CUSTOMER, OTHER], 'SOURCE_MISMATCH'],
    ['nothing', null, [CUSTOMER], 'FIELD_INVALID'],
  ])('that is %s', (_, from, sources, code) => {
    expect(compared({ ...RECORD, from }, { ...payment(), sources }, rules)).toBe(code)
  })
})

describe('a tag', () => {
  const xrp = { asset: 'XRP', amountAtomic: 1_000_000n, to: 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66' }
  const record = { ...RECORD, asset: 'XRP', amount: '1', address: xrp.to }
  test.each([
    ['the same', '123', '123', 'equal'],
    ['none on either side', null, undefined, 'equal'],
    ['an empty one and none', '', undefined, 'equal'],
    ['another', '123', '124', 'TAG_MISMATCH'],
    ['only in the record', '123', undefined, 'TAG_MISMATCH'],
    ['only in the request', null, '123', 'TAG_MISMATCH'],
    ['with a zero in front', '0123', '123', 'TAG_MISMATCH'],
    ['with a space', '123 ', '123', 'TAG_MISMATCH'],
    ['a number that the mapping does not allow', 123, '123', 'FIELD_INVALID'],
    ['a list', ['123'], '123', 'FIELD_INVALID'],
  ])('%s', (_, memo, tag, code) => {
    expect(compared({ ...record, memo }, payment({ ...xrp, ...(tag === undefined ? {} : { tag }) }))).toBe(code)
  })

  test('may be a number where the mapping says so', () => {
    const map = { ...MAP, tag: { at: '/memo', allow_number: true } }
    expect(compared({ ...record, memo: 123 }, payment({ ...xrp, tag: '123' }), { map })).toBe('equal')
    expect(compared({ ...record, memo: 123 }, payment({ ...xrp, tag: '124' }), { map })).toBe('TAG_MISMATCH')
    expect(compared({ ...record, memo: -123 }, payment({ ...xrp, tag: '-123' }), { map })).toBe('FIELD_INVALID')
  })
})

describe('a destination', () => {
  test.each([
    [
      'cashaddr and legacy',
      'BCH',
      'bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a',
      '1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu',
      'equal',
    ],
    ['EIP-55 and lower case', 'ETH', CUSTOMER, CUSTOMER.toLowerCase(), 'equal'],
    ['a look-alike', 'ETH', CUSTOMER, '0x8B45b84e2cF29E5F826797dF7e1Aa93FC61a2bfd', 'DESTINATION_MISMATCH'],
  ])('%s', (_, asset, address, to, code) => {
    const { decimals } = ASSETS.asset(asset)!
    const question = payment({ asset, to, amountAtomic: 10n ** BigInt(decimals) })
    expect(compared({ ...RECORD, asset, amount: '1', address }, question)).toBe(code)
  })

  test.each([
    ['no address', '0x12'],
    ['empty', ''],
    ['a name', 'alice.eth'],
    ['of another chain', '1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu'],
    ['of 100 kB', `0x${'0'.repeat(100_000)}`],
  ])('that is %s cannot be read', (_, address) => {
    expect(compared({ ...RECORD, address }, payment())).toBe('FIELD_INVALID')
  })
})

test('all differences are reported at once, and no public text holds a value of either side', () => {
  const record = {
    ...RECORD,
    state: 'held',
    asset: 'BTC',
    amount: '1.25',
    address: OTHER,
    memo: 'm-1',
    valid_until: '2026-11-21T11:00:00Z',
  }
  const read = readPayment(payment(), RULES)
  if ('code' in read) throw new Error('a payment')
  const comparisons = compareIntent(intentOf(record), read, RULES, ASSETS, NOW)
  expect(comparisons.map(({ objection }) => objection?.code)).toEqual([
    'INTENT_STATUS',
    'ASSET_MISMATCH',
    'AMOUNT_MISMATCH',
    'DESTINATION_MISMATCH',
    'TAG_MISMATCH',
    'INTENT_EXPIRED',
  ])
  const texts = comparisons.map(({ objection }) => objection?.text ?? '').join()
  for (const value of ['held', 'BTC', '1.25', OTHER, CUSTOMER, 'm-1', '2026']) expect(texts).not.toContain(value)
})

test('what is shown of a long field is cut, at a whole character', () => {
  const read = readPayment(payment(), RULES)
  if ('code' in read) throw new Error('a payment')
  const state = `a${'🂡'.repeat(50_000)}`
  const [status] = compareIntent(intentOf({ ...RECORD, state }), read, RULES, ASSETS, NOW)
  expect(status?.actual?.length).toBeLessThan(600)
  expect(status?.actual?.isWellFormed()).toBe(true)
  expect(status?.objection?.code).toBe('INTENT_STATUS')
})

// One public key hash: P2PKH, and P2WPKH by BIP-173.
const [P2PKH, P2WPKH] = ['1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu', 'bc1qw6syq5aa5z5ghkj3w7ux59wrk204txrn9k4rmm']

describe('a destination in another script of the same key', () => {
  const btc = (to: string) => payment({ asset: 'BTC', amountAtomic: 150_000_000n, to })
  const record = (address: string): object => ({ ...RECORD, asset: 'BTC', address })

  test('is another destination, alone and in a batch', () => {
    for (const [recorded, paid] of [
      [P2PKH, P2WPKH],
      [P2WPKH, P2PKH],
    ] as const) {
      expect(compared(record(recorded), btc(recorded))).toBe('equal')
      expect(compared(record(recorded), btc(paid))).toBe('DESTINATION_MISMATCH')
      const payments = [record(recorded), record(recorded)]
      const batch = { map: { ...MAP, outputs: { at: '/payments' } } }
      const both = paying(btc(paid), [
        { to: paid, amountAtomic: 150_000_000n },
        { to: recorded, amountAtomic: 150_000_000n },
      ])
      expect(compared({ ...RECORD, asset: 'BTC', payments }, both, batch)).toBe('OUTPUTS_MISMATCH')
    }
  })

  test('is the same in upper case and in a payment URI', () => {
    expect(compared(record(P2WPKH.toUpperCase()), btc(`bitcoin:${P2WPKH}`))).toBe('equal')
  })
})
