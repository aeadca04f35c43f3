import { keccak_256 } from '@noble/hashes/sha3.js'
import { CHANGE_TYPES, readFireblocksRequest, stageOf, type WrittenObject } from '@callback-quorum/protocol'
import { describe, expect, it } from 'vitest'
import {
  type CosignerRequest,
  eip191Digest,
  eip712Digest,
  encodeErc20Transfer,
  makeFireblocksConfigChange,
  makeFireblocksContractCall,
  makeFireblocksRaw,
  makeFireblocksTypedMessage,
  writeJson,
} from '../src/index.ts'
import { TO } from './constellation.ts'

const USDT = '0xdAC17F958D2ee523a2206206994597C13D831ec7'
const typedData = {
  types: { EIP712Domain: [{ name: 'name', type: 'string' }], Note: [{ name: 'number', type: 'uint256' }] },
  primaryType: 'Note',
  domain: { name: 'test' },
  message: { number: 7 },
}

function readingOf({ kind, content }: CosignerRequest) {
  const endpoint = kind === 'config-change' ? 'config' : 'tx'
  const reading = readFireblocksRequest(endpoint, Buffer.from(writeJson(content as WrittenObject)))
  if (reading.result !== 'request') throw new Error(JSON.stringify(reading))
  return reading
}
function transactionOf(request: CosignerRequest) {
  const read = readingOf(request).request
  if (read.endpoint !== 'tx') throw new Error('not a transaction')
  return read
}

describe('what else a Co-signer asks about', () => {
  it('is a call of a contract, with the data that is in the bytes', () => {
    const calldata = encodeErc20Transfer(TO, 1n)
    const call = transactionOf(makeFireblocksContractCall({ contract: USDT, calldata, value: '0.5', seed: 1 }))
    expect(call).toMatchObject({ operation: 'CONTRACT_CALL', destAddress: USDT, amountStr: '0.500000000000000000' })
    expect(call.extraParameters?.contractCallData).toBe(calldata.slice(2))
    const [element] = call.rawTx ?? []
    const raw = element?.rawTx ?? ''
    expect(raw).toContain(calldata.slice(2))
    expect(Buffer.from(keccak_256(Buffer.from(raw, 'hex'))).toString('hex')).toBe(element?.payload)
    const asked = makeFireblocksContractCall({ contract: USDT, calldata, describedCalldata: '0x', stage: 'approval' })
    expect(transactionOf(asked).extraParameters?.contractCallData).toBe('')
    expect(stageOf(transactionOf(asked))).toBe('approval')
  })

  it('is a message, with and without the hash', () => {
    const personal = transactionOf(makeFireblocksTypedMessage({ message: 'hello', hasPayload: true }))
    expect(personal.extraParameters?.rawMessageData?.messages[0]).toMatchObject({
      content: { hex: '68656c6c6f' },
      type: 'EIP191',
    })
    expect(`0x${personal.rawTx?.[0]?.payload ?? ''}`).toBe(eip191Digest(Buffer.from('hello')))
    const typed = transactionOf(makeFireblocksTypedMessage({ message: typedData, hasPayload: true }))
    expect(`0x${typed.rawTx?.[0]?.payload ?? ''}`).toBe(eip712Digest(typedData))
    for (const asText of [true, false]) {
      const bare = transactionOf(makeFireblocksTypedMessage({ message: typedData, asText }))
      expect(bare.rawTx).toBeUndefined()
      expect(bare.extraParameters?.rawMessageData?.messages[0]?.content).toHaveProperty('object.primaryType', 'Note')
      expect(stageOf(bare)).toBe('ambiguous')
    }
  })

  it('is raw bytes', () => {
    const raw = transactionOf(makeFireblocksRaw({ contents: ['ab'.repeat(32), 'cd'.repeat(32)] }))
    expect(raw).toMatchObject({ operation: 'RAW', asset: 'BTC', destinations: [] })
    expect(raw.extraParameters?.rawMessageData?.messages.map(({ content }) => content)).toEqual([
      { hex: 'ab'.repeat(32) },
      { hex: 'cd'.repeat(32) },
    ])
  })

  it('is a change of the workspace of every type that the vendor names, and of one that it does not', () => {
    for (const type of CHANGE_TYPES)
      expect(readingOf(makeFireblocksConfigChange({ type })).request).toMatchObject({ type })
    expect(readingOf(makeFireblocksConfigChange({ type: 'NEW_THING' })).request).toMatchObject({
      type: { unknown: 'NEW_THING' },
    })
    const wallet = makeFireblocksConfigChange({
      type: 'UNMANAGED_WALLET',
      asset: 'XRP',
      address: 'rX',
      tag: '7',
      seed: 1,
    })
    expect(readingOf(wallet).request).toMatchObject({ extraInfo: { asset: 'XRP', address: 'rX', tag: '7' } })
    expect(writeJson(wallet.content as WrittenObject)).toBe(
      writeJson(
        makeFireblocksConfigChange({ type: 'UNMANAGED_WALLET', asset: 'XRP', address: 'rX', tag: '7', seed: 1 })
          .content as WrittenObject,
      ),
    )
    expect(readingOf(makeFireblocksConfigChange({ type: 'ADD_USER', extraInfo: null })).request).not.toHaveProperty(
      'extraInfo',
    )
  })
})
