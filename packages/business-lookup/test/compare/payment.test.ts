import type { Question } from '@callback-quorum/checker-kit'
import { describe, expect, test } from 'vitest'
import { compareIntent } from '../../src/compare/compare-intent.ts'
import { readPayment } from '../../src/compare/payment.ts'
import type { RecordMap } from '../../src/record/record-map.ts'
import { ASSETS, CUSTOMER, payment } from '../lookup-rig.ts'
import { codesOf, compared, intentOf, MAP, NOW, paying, RECORD, RULES } from './records.ts'

const CALL_MAP: RecordMap = { ...MAP, calldata: { at: '/calldata', optional: true } }
const CALLDATA = 'a9059cbb00ff'
const rules = { map: CALL_MAP }

type Call = Question & { readonly contract: NonNullable<Question['contract']> }

const call = (valueAtomic = 1_500_000_000_000_000_000n, calldata = CALLDATA): Call => ({
  ...paying(payment(), [{ amountAtomic: valueAtomic }]),
  operation: 'contract-call',
  contract: { address: CUSTOMER, calldata, valueAtomic },
})

const refusal = (question: Question, map: RecordMap = MAP): string => {
  const read = readPayment(question, { map })
  return 'code' in read ? read.code : 'payment'
}

describe('a contract call', () => {
  test.each([
    ['the same bytes', `0x${CALLDATA}`],
    ['the same bytes in upper case', `0x${CALLDATA.toUpperCase()}`],
    // SHA-256 of the six bytes, by sha256sum.
    ['their digest', 'sha256:a4e50fbcfe7b478f2d849624d28082ed40a5f58187320ecd22102fa5087f4a82'],
  ])('is compared with %s', (_, calldata) => {
    expect(compared({ ...RECORD, calldata }, call(), rules)).toBe('equal')
  })

  test.each([
    ['other bytes', '0xa9059cbb00fe', 'CALLDATA_MISMATCH'],
    ['only the beginning of the bytes', '0xa9059cbb', 'CALLDATA_MISMATCH'],
    ['more bytes', `0x${CALLDATA}00`, 'CALLDATA_MISMATCH'],
    ['no bytes', '0x', 'CALLDATA_MISMATCH'],
    ['another digest', `sha256:${'0'.repeat(64)}`, 'CALLDATA_MISMATCH'],
    ['nothing', null, 'CALLDATA_MISMATCH'],
    ['half a byte', '0xa', 'FIELD_INVALID'],
    ['no 0x', CALLDATA, 'FIELD_INVALID'],
    ['a digest of another length', 'sha256:00', 'FIELD_INVALID'],
    ['a number', 12, 'FIELD_INVALID'],
    ['100 kB', `0x${'00'.repeat(100_000)}`, 'FIELD_INVALID'],
  ])('is refused when the business system says %s', (_, calldata, code) => {
    expect(compared({ ...RECORD, calldata }, call(), rules)).toBe(code)
  })

  test('that sends nothing along is compared with zero', () => {
    const record = { ...RECORD, calldata: `0x${CALLDATA}` }
    expect(compared({ ...record, amount: '0' }, call(0n), rules)).toBe('equal')
    expect(compared({ ...record, amount: '0' }, call(1n), rules)).toBe('AMOUNT_MISMATCH')
    expect(compared(record, call(0n), rules)).toBe('AMOUNT_MISMATCH')
  })

  test('whose value is not known is refused, and so is one that counts in a token', () => {
    const question = call()
    const { valueAtomic: _, ...contract } = question.contract
    const unvalued = question.outputs.map(({ amountAtomic: __, ...output }) => output)
    expect(refusal({ ...question, contract, outputs: unvalued }, CALL_MAP)).toBe('ASSET_MISMATCH')
    const token = ASSETS.asset('USDT-ETHEREUM')!
    expect(refusal({ ...question, asset: token }, CALL_MAP)).toBe('ASSET_MISMATCH')
    expect(refusal(question, CALL_MAP)).toBe('payment')
  })

  test('is refused where no call data is mapped, where it is not known, and where it contradicts its output', () => {
    const { contract, ...unknown } = call()
    expect(refusal({ ...unknown, contract })).toBe('OUTPUTS_MISMATCH')
    expect(refusal(unknown, CALL_MAP)).toBe('OUTPUTS_MISMATCH')
    expect(refusal({ ...unknown, contract, outputs: [] }, CALL_MAP)).toBe('OUTPUTS_MISMATCH')
    expect(refusal({ ...unknown, contract: { ...contract, valueAtomic: 1n } }, CALL_MAP)).toBe('OUTPUTS_MISMATCH')
    const elsewhere = { ...contract, address: '0x8b45b84e2cf29e5f826797df7e1aa93fc71a2bfe' }
    expect(refusal({ ...unknown, contract: elsewhere }, CALL_MAP)).toBe('OUTPUTS_MISMATCH')
  })

  test('of another contract is another destination', () => {
    const record = { ...RECORD, calldata: `0x${CALLDATA}`, address: '0x8b45b84e2cf29e5f826797df7e1aa93fc71a2bfe' }
    expect(compared(record, call(), rules)).toBe('DESTINATION_MISMATCH')
  })
})

test('a transfer is no call that the business system approved, not even one without bytes', () => {
  expect(compared({ ...RECORD, calldata: `0x${CALLDATA}` }, payment(), rules)).toBe('CALLDATA_MISMATCH')
  expect(compared({ ...RECORD, calldata: '0x' }, payment(), rules)).toBe('CALLDATA_MISMATCH')
  expect(compared(RECORD, payment(), rules)).toBe('equal')
})

test('call data that came in without being mapped is compared all the same', () => {
  const read = readPayment(payment(), RULES)
  if ('code' in read) throw new Error('a payment')
  const intent = intentOf({ ...RECORD, calldata: '0x' }, CALL_MAP)
  expect(codesOf(compareIntent(intent, read, RULES, ASSETS, NOW))).toBe('CALLDATA_MISMATCH')
})

test.each(['message', 'raw', 'ceremony', 'other'] as const)('an operation %s is no payment', (operation) => {
  expect(refusal({ ...payment(), operation })).toBe('OUTPUTS_MISMATCH')
  expect(refusal({ ...call(), operation }, CALL_MAP)).toBe('OUTPUTS_MISMATCH')
})

test('a transfer that pays nobody, or only ourselves, or names a contract is no payment of a reference', () => {
  expect(refusal({ ...payment(), outputs: [] })).toBe('OUTPUTS_MISMATCH')
  expect(refusal(paying(payment(), [{ own: true }]))).toBe('OUTPUTS_MISMATCH')
  expect(refusal({ ...call(), operation: 'transfer' })).toBe('OUTPUTS_MISMATCH')
  expect(
    refusal(
      paying(
        payment(),
        Array.from({ length: 1_001 }, () => ({})),
      ),
    ),
  ).toBe('OUTPUTS_MISMATCH')
})

test('one amount or the asset that is not known makes a transfer unknown', () => {
  const batch = paying(payment(), [{}, {}])
  const { asset: _, ...assetless } = batch
  expect(refusal(assetless)).toBe('ASSET_MISMATCH')
  const [first, second] = batch.outputs.map(({ amountAtomic: __, ...output }) => output)
  expect(refusal({ ...batch, outputs: [batch.outputs[0]!, second!] })).toBe('ASSET_MISMATCH')
  expect(refusal({ ...batch, outputs: [first!, batch.outputs[1]!] })).toBe('ASSET_MISMATCH')
})

test('an address that is none of the chain equals nothing', () => {
  const question = payment()
  const [output] = question.outputs
  const { address: _, ...unread } = output!
  expect(compared(RECORD, { ...question, outputs: [unread] })).toBe('DESTINATION_MISMATCH')
})

describe('a request of v1, which has no place for a tag', () => {
  const account = 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66'
  const xrp = (to = account): Question => ({
    ...payment({ asset: 'XRP', amountAtomic: 1_000_000n, to }),
    dialect: 'cobo-v1',
  })
  const record = { ...RECORD, asset: 'XRP', amount: '1', address: account }

  test('does not say that a payment of an asset with tags has none', () => {
    expect(compared(record, { ...xrp(), dialect: 'cobo-v2' })).toBe('equal')
    expect(compared(record, xrp())).toBe('TAG_MISMATCH')
  })

  test('says it inside its address', () => {
    expect(compared({ ...record, memo: '123' }, xrp(`xrp:${account}?dt=123`))).toBe('equal')
    expect(compared({ ...record, memo: '124' }, xrp(`xrp:${account}?dt=123`))).toBe('TAG_MISMATCH')
  })

  test('pays an asset without tags as ever', () => {
    expect(compared(RECORD, { ...payment(), dialect: 'cobo-v1' })).toBe('equal')
  })
})
