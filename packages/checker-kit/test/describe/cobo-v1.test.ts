import { describe, expect, it } from 'vitest'
import { addressBook, codesOf, FROM, HASH, OTHER_HASH, questionOf, TO, v1KeySign } from './requests.ts'

const OWN = `own: [{ address: '${FROM}', chain: ethereum-sepolia, wallet: hot-1, path: m/44/60/0/0/0 }]`
const P2PKH = '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'
const P2SH = '32m72D2HEycRqfBkaazZcuVpLWq9k3sYdt'
const bitcoin = { coin: 'BTC', decimal: 8, from_address: '' }
const details = (...outputs: readonly (readonly [to: string, amount: string])[]) =>
  JSON.stringify(outputs.map(([to_address, amount]) => ({ to_address, amount })))

describe('a KeySign request of v1', () => {
  it('is seen with every row of the neutral table', async () => {
    const question = questionOf(v1KeySign(), await addressBook(OWN))
    expect(question).toMatchObject({
      dialect: 'cobo-v1',
      kind: 'keysign',
      organisation: 'SYNTHETIC',
      transactionId: 'cobo-1',
      businessKey: 'cobo:SYNTHETIC:cobo-1',
      reference: 'withdrawal-77',
      initiator: { id: 'key-of-the-hot-wallet' },
      wallet: 'hot-1',
      operation: 'transfer',
      sources: [FROM],
      totalAtomic: 10_000_000_000_000n,
      description: 'invoice 77',
      signingHashes: [HASH],
    })
    expect(question.chain?.id).toBe('ethereum-sepolia')
    expect(question.asset?.id).toBe('ETH-SEPOLIA')
    expect(question.outputs[0]).toMatchObject({ addressText: TO, amountAtomic: 10_000_000_000_000n, own: false })
  })

  it('has no wallet when addresses.yaml does not know who pays', () => {
    expect(questionOf(v1KeySign())).not.toHaveProperty('wallet')
  })

  it('is initiated by the spender when no key of the interface is named', () => {
    expect(questionOf(v1KeySign({ api_key: '' })).initiator).toEqual({ id: 'someone@acme.example' })
  })

  it('reads amounts as base units and never as decimals', () => {
    expect(codesOf(v1KeySign({ amount: '1.5' }))).toEqual(['AMOUNT_INVALID'])
  })

  it('takes the outputs from the details when there are any', () => {
    const to_address_details = details([P2PKH, '70'], [P2SH, '30'])
    const question = questionOf(v1KeySign({ ...bitcoin, to_address: '', amount: '100', to_address_details }))
    expect(question.outputs.map(({ addressText }) => addressText)).toEqual([P2PKH, P2SH])
    expect(question.totalAtomic).toBe(100n)
  })

  it.each([
    ['the sum', '100'],
    ['the amount of the one at to_address', '70'],
    ['nothing', ''],
  ])('accepts %s as the amount beside several details', (_, amount) => {
    const to_address_details = details([P2PKH, '70'], [P2SH, '30'])
    const question = questionOf(v1KeySign({ ...bitcoin, to_address: P2PKH, amount, to_address_details }))
    expect(question.totalAtomic).toBe(100n)
  })

  it.each([
    ['another amount', { to_address: P2PKH, amount: '1' }],
    ['the amount of another output', { to_address: P2PKH, amount: '30' }],
    ['another address', { to_address: '18Y8VPic2pZsvyLaYVdSLQdCuT2nAJJ3hd', amount: '100' }],
  ])('is refused when the details contradict it with %s', (_, written) => {
    const to_address_details = details([P2PKH, '70'], [P2SH, '30'])
    expect(codesOf(v1KeySign({ ...bitcoin, ...written, to_address_details }))).toEqual(['OUTPUTS_CONTRADICT'])
  })

  it('is refused when its single detail names another amount or address', () => {
    const base = { ...bitcoin, to_address: P2PKH, amount: '100' }
    expect(codesOf(v1KeySign({ ...base, to_address_details: details([P2PKH, '100']) }))).toEqual([])
    expect(codesOf(v1KeySign({ ...base, to_address_details: details([P2PKH, '101']) }))).toEqual(['OUTPUTS_CONTRADICT'])
    expect(codesOf(v1KeySign({ ...base, to_address_details: details([P2SH, '100']) }))).toEqual(['OUTPUTS_CONTRADICT'])
  })
})

describe('the operation of a v1 request', () => {
  const call = { operation: 200, transaction_type: 303, amount: '7', extra_parameters: '{"calldata":"0xA9059CBB"}' }

  it('describes a contract call with its data and its value', () => {
    const question = questionOf(v1KeySign(call))
    expect(question.operation).toBe('contract-call')
    expect(question.contract).toEqual({ address: TO, calldata: 'a9059cbb', valueAtomic: 7n })
    expect(question.totalAtomic).toBe(7n)
  })

  it('leaves the contract out when the call data is not where it is expected', () => {
    expect(questionOf(v1KeySign({ ...call, extra_parameters: '{"data":"0x"}' }))).not.toHaveProperty('contract')
  })

  it('does not take the amount of a token for the value of a call', () => {
    const question = questionOf(v1KeySign({ ...call, coin: 'ETH_USDT', decimal: 6 }))
    expect(question.outputs[0]).not.toHaveProperty('amountAtomic')
    expect(question).not.toHaveProperty('totalAtomic')
  })

  it('describes a signed message by its hashes alone', () => {
    const message = v1KeySign({ operation: 300, transaction_type: 304 })
    const other = v1KeySign({ operation: 300, transaction_type: 304 }, { msg_hash_list: [OTHER_HASH] })
    expect(questionOf(message)).toMatchObject({ operation: 'message', outputs: [] })
    expect(questionOf(message)).not.toHaveProperty('totalAtomic')
    expect(questionOf(message).contentDigest).not.toBe(questionOf(other).contentDigest)
  })

  it.each([
    ['minting', { operation: 201 }],
    ['burning', { operation: 202 }],
    ['staking', { transaction_type: 500 }],
    ['replacing a stake', { transaction_type: 501 }],
  ])('does not understand %s and gives it no total', (_, change) => {
    const question = questionOf(v1KeySign(change))
    expect(question.operation).toBe('other')
    expect(question.outputs.map(({ addressText }) => addressText)).toEqual([TO])
    expect(question).not.toHaveProperty('totalAtomic')
  })

  it.each([
    ['an operation that no source lists', { operation: 301 }],
    ['a transaction type that no source lists', { transaction_type: 306 }],
    ['a message type with a transfer', { transaction_type: 304, operation: 100 }],
  ])('is refused for %s', (_, change) => {
    expect(codesOf(v1KeySign(change))).toEqual(['TYPE_UNSUPPORTED'])
  })
})
