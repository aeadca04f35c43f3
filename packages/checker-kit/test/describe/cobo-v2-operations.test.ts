import { describe, expect, it } from 'vitest'
import { codesOf, questionOf, TO, v2KeySign, type Members } from './requests.ts'

const call = (destination: Members, transaction: Members = {}) =>
  v2KeySign({ transaction: { type: 'ContractCall', token_id: null, ...transaction }, destination })
const sign = (destination: Members) => v2KeySign({ transaction: { type: 'MessageSign', token_id: null }, destination })

const evmCall = { destination_type: 'EVM_Contract', address: TO, calldata: '0xA9059CBB', value: '0.5' }

describe('a contract call of v2', () => {
  it('is described as value paid to the contract in the coin of the chain', () => {
    const question = questionOf(call(evmCall))
    expect(question.operation).toBe('contract-call')
    expect(question.asset?.id).toBe('ETH-SEPOLIA')
    expect(question.contract).toEqual({ address: TO, calldata: 'a9059cbb', valueAtomic: 5n * 10n ** 17n })
    expect(question.outputs).toHaveLength(1)
    expect(question.outputs[0]?.address?.key).toBe(`key20:${TO.slice(2)}`)
    expect(question.totalAtomic).toBe(5n * 10n ** 17n)
  })

  it('counts its value in the coin of the chain also when it names a token', () => {
    const question = questionOf(call(evmCall, { chain_id: 'ETH', token_id: 'ETH_USDT' }))
    expect(question.asset?.id).toBe('ETH')
    expect(question.totalAtomic).toBe(5n * 10n ** 17n)
  })

  it.each([undefined, null, ''])('pays nothing along when its value is %s', (value) => {
    expect(questionOf(call({ ...evmCall, value })).totalAtomic).toBe(0n)
  })

  it('keeps a deployment visible as an output without an address', () => {
    const question = questionOf(call({ ...evmCall, address: '' }))
    expect(question.outputs).toEqual([{ addressText: '', amountAtomic: 5n * 10n ** 17n, own: false }])
    expect(question.contract?.address).toBe('')
  })

  it('reads a call on TRON', () => {
    const address = 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t'
    const question = questionOf(
      call({ destination_type: 'TRON_Contract', address, calldata: '', value: '1' }, { chain_id: 'TRON' }),
    )
    expect(question).toMatchObject({ operation: 'contract-call', totalAtomic: 1_000_000n })
    expect(question.contract).toEqual({ address, calldata: '', valueAtomic: 1_000_000n })
  })

  it.each([
    {
      destination_type: 'SOL_Contract',
      instructions: [{ program_id: '11111111111111111111111111111111', data: 'AQ==' }],
    },
    {
      destination_type: 'COSMOS_Contract',
      cosmos_messages: [{ type_url: '/cosmos.bank.v1beta1.MsgSend', message: 'AQ==' }],
    },
    { destination_type: 'STELLAR_Contract', contract_param: { contract_type: 'TrustLine', token_id: 'X' } },
  ])('of $destination_type is not understood and has no total', (destination) => {
    const question = questionOf(call(destination))
    expect(question).toMatchObject({ operation: 'other', outputs: [] })
    expect(question).not.toHaveProperty('totalAtomic')
  })
})

describe('a signature of v2 over something that is no transaction', () => {
  it.each([
    { destination_type: 'EVM_EIP_191_Signature', message: 'aGVsbG8=' },
    { destination_type: 'EVM_EIP_712_Signature', structured_data: { primaryType: 'Permit' } },
    { destination_type: 'BTC_BIP_137_Signature', message_bip137: '68656c6c6f' },
    { destination_type: 'BTC_BIP_322_Signature', message_bip322: '68656c6c6f' },
    { destination_type: 'COSMOS_ADR_36_Signature', message_cosmos_adr36: '68656c6c6f' },
  ])('by $destination_type is a message without outputs or total', (destination) => {
    const question = questionOf(sign(destination))
    expect(question).toMatchObject({ operation: 'message', outputs: [] })
    expect(question).not.toHaveProperty('totalAtomic')
    expect(question.chain?.id).toBe('ethereum-sepolia')
  })

  it('is raw when only a hash is known', () => {
    const question = questionOf(sign({ destination_type: 'Raw_Message_Signature', msg_hash: '0xab' }))
    expect(question.operation).toBe('raw')
    expect(question).not.toHaveProperty('totalAtomic')
  })

  it('differs in content when the message differs', () => {
    const digestOf = (message: string) =>
      questionOf(sign({ destination_type: 'EVM_EIP_191_Signature', message })).contentDigest
    expect(digestOf('aGVsbG8=')).not.toBe(digestOf('aGVsbG9v'))
  })
})

describe('the type of a v2 transaction', () => {
  it('makes a staking payment something that is not understood, with its outputs but without a total', () => {
    const question = questionOf(v2KeySign({ transaction: { type: 'Stake' } }))
    expect(question.operation).toBe('other')
    expect(question.outputs).toHaveLength(1)
    expect(question).not.toHaveProperty('totalAtomic')
  })

  it('may be left out', () => {
    expect(questionOf(v2KeySign({ transaction: { type: null } })).operation).toBe('transfer')
  })

  it.each(['Deposit', 'ExternalSafeTx', 'ContractCall', 'MessageSign', 'Anything'])(
    '%s does not go with a payment',
    (type) => {
      expect(codesOf(v2KeySign({ transaction: { type } }))).toEqual(['TYPE_UNSUPPORTED'])
    },
  )

  it('must not hide a contract call behind a withdrawal', () => {
    expect(codesOf(call(evmCall, { type: 'Withdrawal' }))).toEqual(['TYPE_UNSUPPORTED'])
  })

  it('does not make a deposit signable when its source says that it is one', () => {
    const source = { source_type: 'DepositFromAddress', addresses: [TO] }
    expect(codesOf(v2KeySign({ transaction: { source } }))).toEqual(['TYPE_UNSUPPORTED'])
  })
})
