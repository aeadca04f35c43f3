import { describe, expect, it } from 'vitest'
import { readTransaction, v2TransactionOf, v2Vectors } from './cobo-package.ts'

describe('every destination, source and fee of v2', () => {
  it.each(v2Vectors.destinations.map((d) => [d.destination_type, d] as const))(
    'keeps all members of destination %s',
    (_type, destination) => {
      expect(v2TransactionOf(readTransaction({ destination }))?.destination).toEqual(destination)
    },
  )

  it.each(v2Vectors.sources.map((s) => [s.source_type, s] as const))(
    'keeps all members of source %s',
    (_type, source) => {
      expect(v2TransactionOf(readTransaction({ source }))?.source).toEqual(source)
    },
  )

  it.each(v2Vectors.fees.map((f) => [f.fee_type, f] as const))('keeps all members of fee %s', (_type, fee) => {
    expect(v2TransactionOf(readTransaction({ fee }))?.fee).toEqual(fee)
  })

  it.each(['Elsewhere', 'address', 'unknown', 'toString', '__proto__', 'BTC_EIP_191_Signature'])(
    'shows a type named %s as unknown, never as empty',
    (raw_type) => {
      const read = v2TransactionOf(
        readTransaction({
          destination: { destination_type: raw_type, amount: '1' },
          source: { source_type: raw_type },
          fee: { fee_type: raw_type },
        }),
      )
      expect(read).toMatchObject({
        destination: { destination_type: 'unknown', raw_type },
        source: { source_type: 'unknown', raw_type },
        fee: { fee_type: 'unknown', raw_type },
      })
    },
  )

  it.each([
    undefined,
    null,
    '',
    'text',
    [],
    {},
    { destination_type: null },
    { destination_type: '' },
    { destination_type: 1 },
    { destination_type: 'Address', account_output: 'a' },
    { destination_type: 'Address', account_output: { amount: 1 } },
    { destination_type: 'EVM_Contract', address: 'a' },
  ])('refuses %j as destination', (destination) => {
    expect(readTransaction({ destination })).toMatchObject({ result: 'malformed', code: 'EXTRA_INVALID' })
  })

  it('refuses an EIP-712 text that two readers could read differently', () => {
    const destination = {
      destination_type: 'EVM_EIP_712_Signature',
      structured_data: {},
      raw_structured_data: '{"a":1,"A":2}',
    }
    expect(readTransaction({ destination })).toMatchObject({ code: 'EXTRA_INVALID' })
  })

  it('reads the real records’ nulls as absent inside the transaction', () => {
    const source = {
      source_type: 'Org-Controlled',
      wallet_id: 'w',
      address: null,
      included_utxos: null,
      signer_key_share_holder_group_id: null,
    }
    const read = v2TransactionOf(
      readTransaction({ source, result: null, fee: null, raw_tx_info: null, sub_status: null, extra: null }),
    )
    expect(read?.source).toEqual({ source_type: 'Org-Controlled', wallet_id: 'w' })
    for (const member of ['result', 'fee', 'raw_tx_info', 'sub_status', 'extra'])
      expect(read).not.toHaveProperty(member)
  })

  it('writes figures of a fee as text, whether they came as text or number', () => {
    const fee = {
      fee_type: 'EVM_Legacy',
      gas_price: 30000000000,
      gas_limit: '21000',
      gas_used: 1e21,
      fee_used: 0.00063,
    }
    expect(v2TransactionOf(readTransaction({ fee }))?.fee).toEqual({
      fee_type: 'EVM_Legacy',
      gas_price: '30000000000',
      gas_limit: '21000',
      gas_used: '1000000000000000000000',
      fee_used: '0.00063',
    })
    expect(readTransaction({ fee: { fee_type: 'UTXO', fee_rate: 1e-9 } })).toMatchObject({ code: 'EXTRA_INVALID' })
  })

  it('reads extra entries from objects and from their texts alike, and refuses any other text', () => {
    const entry = { extra_type: 'FeePayer', fee_payer: 'p' }
    expect(v2TransactionOf(readTransaction({ extra: [entry, JSON.stringify(entry)] }))?.extra).toEqual([entry, entry])
    for (const text of ['', 'FeePayer', '[]', '{"a":1,"a":2}'])
      expect(readTransaction({ extra: [text] })).toMatchObject({ code: 'EXTRA_INVALID' })
  })

  it.each([
    'transaction_id',
    'wallet_id',
    'status',
    'source',
    'destination',
    'initiator_type',
    'created_timestamp',
    'updated_timestamp',
  ])('refuses a transaction without %s', (member) => {
    expect(readTransaction({ [member]: null })).toMatchObject({
      code: 'EXTRA_INVALID',
      reason: expect.stringContaining(member) as unknown,
    })
  })
})
