import { describe, expect, it } from 'vitest'
import { NumberText, readFireblocksRequest } from '../src/index.ts'
import { bytesOf, readWith, transactionOf } from './fireblocks-content.ts'
import type { Members } from './fireblocks-content.ts'

const read = (change: Members) => transactionOf(readWith('tx', change))
const messageOf = (message: Members) =>
  read({ extraParameters: { rawMessageData: { messages: [message] } } }).extraParameters?.rawMessageData?.messages[0]

describe('raw transactions', () => {
  it('are hex in lower case, with a path of five numbers', () => {
    const rawTx = [{ rawTx: '02EF', payload: 'AB', keyDerivationPath: '[44,60,4294967295,1, 7 ]' }]
    expect(read({ rawTx }).rawTx).toEqual([
      { rawTx: '02ef', payload: 'ab', keyDerivationPath: [44, 60, 4_294_967_295, 1, 7] },
    ])
  })

  it.each([
    [44, 60, 0, 0, 0],
    '',
    'm/44/60/0/0/0',
    '[44,60,0,0]',
    '[44,60,0,0,0,0]',
    '[44,60,0,0,"0"]',
    '[44,60,0,0,-1]',
    '[44,60,0,0,1.0]',
    '[44,60,0,0,1e1]',
    '[44,60,0,0,4294967296]',
    '{"0":44,"1":60,"2":0,"3":0,"4":0,"length":5}',
    `[44,60,0,0,${' '.repeat(128)}0]`,
  ])('have no path %j', (keyDerivationPath) => {
    expect(readWith('tx', { rawTx: [{ rawTx: 'ab', keyDerivationPath }] })).toMatchObject({
      code: 'TRANSACTION_INVALID',
      reason: expect.stringContaining('member rawTx.0.keyDerivationPath: ') as unknown,
    })
  })
})

describe('extraParameters', () => {
  const selection = { inputsToSpend: [{ txHash: 'ab', index: '3' }], inputsToExclude: [{ txHash: 'cd', index: 0 }] }

  it('are an object or a text that holds one', () => {
    const parameters = {
      contractCallData: '0xA9059CBB',
      inputsSelection: selection,
      psbt: 'cHNidA==',
      nodeControls: {},
    }
    const expected = {
      contractCallData: 'a9059cbb',
      inputsSelection: { inputsToSpend: [{ txHash: 'ab', index: 3 }], inputsToExclude: [{ txHash: 'cd', index: 0 }] },
      psbt: 'cHNidA==',
    }
    expect(read({ extraParameters: parameters }).extraParameters).toEqual(expected)
    expect(read({ extraParameters: JSON.stringify(parameters) }).extraParameters).toEqual(expected)
  })

  it('that are the text of nothing are absent', () => {
    for (const nothing of ['', 'null']) expect(read({ extraParameters: nothing }).extraParameters).toBeUndefined()
  })

  it('hold call data with or without 0x, and none', () => {
    const spellings = ['a9059cbb', 'A9059CBB', '0xa9059cbb', '0XA9059cbb']
    for (const contractCallData of spellings) {
      expect(read({ extraParameters: { contractCallData } }).extraParameters).toEqual({ contractCallData: 'a9059cbb' })
    }
    for (const contractCallData of ['', '0x']) {
      expect(read({ extraParameters: { contractCallData } }).extraParameters).toEqual({ contractCallData: '' })
    }
  })

  it('hold messages of hex, and objects whose numbers stay as they were written', () => {
    expect(messageOf({ content: '0xABCD', type: 'EIP191', bip44AddressIndex: 0, derivationPath: [44, 60, 0] })).toEqual(
      {
        content: { hex: 'abcd' },
        type: 'EIP191',
        bip44AddressIndex: 0,
        derivationPath: [44, 60, 0],
      },
    )
    const typed = '{"domain":{"chainId":1},"message":{"value":100000000000000000000000000001}}'
    const object = {
      domain: { chainId: new NumberText('1') },
      message: { value: new NumberText('100000000000000000000000000001') },
    }
    expect(messageOf({ content: typed, type: 'EIP712' })).toEqual({ content: { object }, type: 'EIP712' })
    const content = `{"requestId":"r","txId":"t","extraParameters":{"rawMessageData":{"messages":[{"content":${typed}}]}}}`
    const { extraParameters } = transactionOf(readFireblocksRequest('tx', bytesOf(content)))
    expect(extraParameters?.rawMessageData?.messages).toEqual([{ content: { object } }])
  })

  it('hold what was hashed before it was sent', () => {
    const preHash = { content: 'AB', hashAlgorithm: 'KECCAK256' }
    expect(messageOf({ content: 'cd', preHash })?.preHash).toEqual({ content: 'ab', hashAlgorithm: 'KECCAK256' })
    const unknown = messageOf({ content: 'cd', type: 'EIP4361', preHash: { content: 'ab', hashAlgorithm: 'MD5' } })
    expect(unknown).toMatchObject({ type: { unknown: 'EIP4361' }, preHash: { hashAlgorithm: { unknown: 'MD5' } } })
  })
})
