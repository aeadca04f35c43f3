import { describe, expect, it } from 'vitest'
import { readFireblocksRequest } from '../src/index.ts'
import type { FireblocksMalformedCode } from '../src/index.ts'
import { bytesOf, readWith, transactionOf } from './fireblocks-content.ts'
import type { Members } from './fireblocks-content.ts'

const read = (change: Members) => transactionOf(readWith('tx', change))
const many = (count: number, item: unknown): readonly unknown[] => Array.from({ length: count }, () => item)
const messages = (...of: readonly unknown[]): Members => ({ extraParameters: { rawMessageData: { messages: of } } })

describe('who asks, and about what', () => {
  it('is told beside the request', () => {
    expect(readWith('tx', { signerId: 'user-1' })).toEqual({
      result: 'request',
      requestId: 'r-1',
      signerId: 'user-1',
      txId: 't-1',
      request: { endpoint: 'tx', operation: 'TRANSFER' },
    })
  })

  it.each<[string, string | Uint8Array]>([
    ['no JSON', 'requestId'],
    ['no object', '["r-1"]'],
    ['a number', '1'],
    ['no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['a byte order mark', '\u{feff}{"requestId":"r-1","txId":"t"}'],
    ['no requestId', '{"txId":"t"}'],
    ['requestId in another case', '{"RequestId":"r-1","txId":"t"}'],
    ['requestId twice', '{"requestId":"r-1","requestId":"r-1","txId":"t"}'],
    ['requestId in two cases', '{"requestId":"r-1","requestid":"r-2","txId":"t"}'],
    ['requestId null', '{"requestId":null,"txId":"t"}'],
    ['requestId empty', '{"requestId":"","txId":"t"}'],
    ['requestId as number', '{"requestId":1,"txId":"t"}'],
    ['requestId with a line break', '{"requestId":"r\\n1","txId":"t"}'],
    ['requestId too long', `{"requestId":"${'r'.repeat(257)}","txId":"t"}`],
    ['a member twice, deep inside', '{"requestId":"r-1","destinations":[{"dstId":"1","dstId":"2"}]}'],
    ['text after the object', '{"requestId":"r-1","txId":"t"}{}'],
  ])('cannot be told with %s: unidentified, at either endpoint', (_what, content) => {
    for (const endpoint of ['tx', 'config'] as const) {
      expect(readFireblocksRequest(endpoint, bytesOrText(content))).toMatchObject({ result: 'unidentified' })
    }
  })

  it.each<[FireblocksMalformedCode, Members]>([
    ['SIGNER_ID_INVALID', { signerId: 1 }],
    ['SIGNER_ID_INVALID', { signerId: '' }],
    ['SIGNER_ID_INVALID', { signerId: 'a\u0000' }],
    ['SIGNER_ID_INVALID', { signerId: 's'.repeat(257) }],
    ['TX_ID_INVALID', { txId: '' }],
    ['TX_ID_INVALID', { txId: 7 }],
    ['TX_ID_INVALID', { txId: ['t'] }],
    ['TX_ID_INVALID', { txId: 't\t' }],
    ['TRANSACTION_INVALID', { txId: undefined, operation: undefined }],
    ['TRANSACTION_INVALID', { txId: null, operation: null, type: 'UNMANAGED_WALLET', extraInfo: {} }],
  ])('is malformed: %s %j', (code, change) => {
    expect(readWith('tx', change)).toMatchObject({ result: 'malformed', requestId: 'r-1', code })
  })

  it('stays told when the rest is malformed', () => {
    expect(readWith('tx', { signerId: 'user-1', fee: 1 })).toEqual({
      result: 'malformed',
      requestId: 'r-1',
      signerId: 'user-1',
      code: 'TRANSACTION_INVALID',
      reason: expect.stringMatching(/^member fee: /) as unknown,
    })
  })
})

describe('amounts', () => {
  it('are read from texts, every digit, and never from numbers', () => {
    const amount = '123456789012345678901234567890.000000000000000001'
    const numbers = { amount: 1, requestedAmount: 2, amountNative: 3, amountUSD: 4 }
    const texts = { amountStr: amount, requestedAmountStr: '0.01', fee: '0' }
    const destination = { amountNative: 5, amountUSD: 6.5 }
    const destinations = [{ ...destination, amountNativeStr: amount }, destination]
    expect(read({ ...numbers, ...texts, destinations })).toEqual({
      endpoint: 'tx',
      operation: 'TRANSFER',
      ...texts,
      destinations: [{ amountNativeStr: amount }, {}],
    })
  })

  it('that are numbers may lose digits without harm: nobody reads them', () => {
    const content = '{"requestId":"r","txId":"t","amount":0.12345678901234567890123,"requestedAmount":1e999}'
    expect(readFireblocksRequest('tx', bytesOf(content))).toMatchObject({
      result: 'request',
      request: { endpoint: 'tx' },
    })
  })

  const wrong = [
    0.01,
    '',
    ' 1',
    '1 ',
    '-1',
    '+1',
    '1e5',
    '0x10',
    '1,5',
    '.5',
    '5.',
    '01',
    '1.2.3',
    'NaN',
    '１',
    true,
    {},
  ]
  it.each([...wrong, `1.${'0'.repeat(156)}`])('are malformed when they say %j', (value) => {
    for (const member of ['amountStr', 'requestedAmountStr', 'fee']) {
      const reason: unknown = expect.stringContaining(`member ${member}:`)
      expect(readWith('tx', { [member]: value })).toMatchObject({ code: 'TRANSACTION_INVALID', reason })
    }
    const reason: unknown = expect.stringContaining('member destinations.0.amountNativeStr:')
    expect(readWith('tx', { destinations: [{ amountNativeStr: value }] })).toMatchObject({
      result: 'malformed',
      reason,
    })
  })
})

describe('a transaction', () => {
  it('may lack every member, and null is absent', () => {
    const members = [
      'operation',
      'sourceType',
      'destinations',
      'players',
      'extraParameters',
      'rawTx',
      'fee',
      'note',
      'asset',
    ]
    expect(read(Object.fromEntries(members.map((member) => [member, null])))).toEqual({ endpoint: 'tx' })
  })

  it('loses members that nobody knows, and the policy verdict that may vanish', () => {
    expect(read({ action: { a: 1 }, brandNew: [1], destinations: [{ more: 1 }] })).toEqual({
      endpoint: 'tx',
      operation: 'TRANSFER',
      destinations: [{}],
    })
  })

  it('keeps words that nobody knows where no rule can mistake them', () => {
    const unknown = (word: string) => ({ unknown: word })
    expect(read({ operation: 'Transfer', sourceType: 'VAULT_ACCOUNT', destType: '', destAddressType: 'ANY' })).toEqual({
      endpoint: 'tx',
      operation: unknown('Transfer'),
      sourceType: unknown('VAULT_ACCOUNT'),
      destType: unknown(''),
      destAddressType: unknown('ANY'),
    })
    expect(read({ destinations: [{ dstType: 'EXCHANGE', dstAddressType: 'x' }] }).destinations).toEqual([
      { dstType: unknown('EXCHANGE'), dstAddressType: unknown('x') },
    ])
  })

  it('may carry what the policy said in any shape: evidence only', () => {
    const info = { capturedRuleNum: '5', rulesSnapshotId: 8164, byRule: 'yes', capturedRule: 7 }
    expect(read({ destinations: [{ actionInfo: info }, { actionInfo: 1 }] }).destinations).toEqual([
      { actionInfo: { rulesSnapshotId: '8164' } },
      { actionInfo: {} },
    ])
  })

  it.each<[string, Members]>([
    ['operation', { operation: 1 }],
    ['sourceId', { sourceId: 0 }],
    ['destId', { destId: 'a\n' }],
    ['asset', { asset: 'A'.repeat(257) }],
    ['destAddress', { destAddress: 'A'.repeat(513) }],
    ['note', { note: 'A'.repeat(16_385) }],
    ['players.1', { players: ['a', 1] }],
    ['players', { players: 'a' }],
    ['players', { players: many(1_001, 'a') }],
    ['destinations', { destinations: {} }],
    ['destinations', { destinations: many(1_001, {}) }],
    ['destinations.0', { destinations: ['a'] }],
    ['destinations.0', { destinations: [5] }],
    ['destinations.1', { destinations: [{}, []] }],
    ['destinations.0.dstAddress', { destinations: [{ dstAddress: 1 }] }],
    ['rawTx', { rawTx: 'ab' }],
    ['rawTx', { rawTx: many(501, { rawTx: 'ab' }) }],
    ['rawTx.0.rawTx', { rawTx: [{}] }],
    ['rawTx.0.rawTx', { rawTx: [{ rawTx: '' }] }],
    ['rawTx.0.rawTx', { rawTx: [{ rawTx: '0xab' }] }],
    ['rawTx.0.rawTx', { rawTx: [{ rawTx: 'abc' }] }],
    ['rawTx.0.rawTx', { rawTx: [{ rawTx: 'zz' }] }],
    ['rawTx.0.rawTx', { rawTx: [{ rawTx: 'ab'.repeat(400_001) }] }],
    ['rawTx.0.payload', { rawTx: [{ rawTx: 'ab', payload: '0xab' }] }],
    ['extraParameters', { extraParameters: 'hello' }],
    ['extraParameters', { extraParameters: '[]' }],
    ['extraParameters', { extraParameters: '{"a":1,"A":2}' }],
    ['extraParameters', { extraParameters: 5 }],
    ['extraParameters.contractCallData', { extraParameters: { contractCallData: '0xabc' } }],
    ['extraParameters.contractCallData', { extraParameters: { contractCallData: '0x0xab' } }],
    ['extraParameters.psbt', { extraParameters: { psbt: {} } }],
    ['extraParameters.rawMessageData', { extraParameters: { rawMessageData: 'ab' } }],
    ['extraParameters.rawMessageData.messages', { extraParameters: { rawMessageData: {} } }],
    ['extraParameters.rawMessageData.messages', messages(...many(128, { content: 'ab' }))],
    ['extraParameters.rawMessageData.messages.0.content', messages({})],
    ['extraParameters.rawMessageData.messages.0.content', messages({ content: 'plain words' })],
    ['extraParameters.rawMessageData.messages.0.content', messages({ content: '0x' })],
    ['extraParameters.rawMessageData.messages.0.content', messages({ content: 12 })],
    ['extraParameters.rawMessageData.messages.0.content', messages({ content: '[1]' })],
    ['extraParameters.rawMessageData.messages.0.content', messages({ content: '{"a":1,"A":1}' })],
    ['extraParameters.rawMessageData.messages.0.derivationPath.0', messages({ content: 'ab', derivationPath: [-1] })],
    ['extraParameters.rawMessageData.messages.0.derivationPath.0', messages({ content: 'ab', derivationPath: ['44'] })],
    ['extraParameters.rawMessageData.messages.0.bip44change', messages({ content: 'ab', bip44change: 4_294_967_296 })],
    ['extraParameters.rawMessageData.messages.0.preHash.content', messages({ content: 'ab', preHash: { content: 1 } })],
    [
      'extraParameters.inputsSelection.inputsToSpend.0.index',
      { extraParameters: { inputsSelection: { inputsToSpend: [{ txHash: 'a', index: '-1' }] } } },
    ],
  ])('with a wrong %s is malformed, and the reason names it: %#', (member, change) => {
    const reason: unknown = expect.stringContaining(`member ${member}: `)
    expect(readWith('tx', change)).toMatchObject({ result: 'malformed', code: 'TRANSACTION_INVALID', reason })
  })

  it('may be as large as its limits', () => {
    const largest = {
      destinations: many(1_000, {}),
      rawTx: many(500, { rawTx: 'ab' }),
      ...messages(...many(127, { content: 'ab' })),
    }
    const request = read(largest)
    expect(request.destinations).toHaveLength(1_000)
    expect(request.rawTx).toHaveLength(500)
    expect(request.extraParameters?.rawMessageData?.messages).toHaveLength(127)
  })
})

function bytesOrText(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? bytesOf(content) : content
}
