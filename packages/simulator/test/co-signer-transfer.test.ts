import { readFileSync } from 'node:fs'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { parseWrittenJson, readFireblocksRequest, stageOf, type WrittenObject } from '@callback-quorum/protocol'
import { describe, expect, it } from 'vitest'
import {
  type CosignerRequest,
  cosignerRequestIdOf,
  encodeErc20Transfer,
  encodeUnsigned,
  type FireblocksTransferOptions,
  makeFireblocksTransfer,
  signCosignerToken,
  writeJson,
} from '../src/index.ts'
import { nodeKeys } from './constellation.ts'

/** With its checksum (EIP-55). */
const TO = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'

const base = { to: TO, amount: '0.01', seed: 1 }
const textOf = ({ content }: CosignerRequest): string => writeJson(content as WrittenObject)

function readingOf(request: CosignerRequest) {
  const reading = readFireblocksRequest('tx', Buffer.from(textOf(request)))
  if (reading.result !== 'request' || reading.request.endpoint !== 'tx') throw new Error(JSON.stringify(reading))
  return { requestId: reading.requestId, txId: reading.txId, transaction: reading.request }
}

const transactionOf = (o: Partial<FireblocksTransferOptions> = {}) =>
  readingOf(makeFireblocksTransfer({ ...base, ...o }))

describe('a payment as a Co-signer asks about it', () => {
  it('is byte for byte what a real Co-signer wrote about the same payment', () => {
    const { jwt } = JSON.parse(readFileSync(new URL('vectors/fireblocks.json', import.meta.url), 'utf8')) as {
      jwt: string
    }
    const [header, payload = ''] = jwt.split('.')
    const request = makeFireblocksTransfer({
      to: '0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8',
      amount: '0.01',
      destination: { kind: 'vault', id: '1', name: 'Network Deposits' },
      txId: '48f6871c-0467-4b56-8c44-426f3d6487f5',
      nonce: 4n,
      maxFeePerGasWei: 27_821_981_317n,
      maxPriorityFeePerGasWei: 1_000_000_000n,
      change: {
        players: [
          ...['21926ecc-4a8a-4614-bbac-7c591aa7efdd', '27900737-46f6-4097-a169-d0ff45649ed5'],
          'f89cac50-c656-4e74-879f-041aff8d01b5',
        ],
      },
    })
    // The vendor's valuation is not ours to make.
    const written = textOf(request).replace('"amountUSD":1.00000000', '"amountUSD":18.74501936')
    expect(written).toBe(Buffer.from(payload, 'base64url').toString())
    expect(signCosignerToken(Buffer.from(written), nodeKeys.privateKey).split('.').slice(0, 2)).toEqual([
      header,
      payload,
    ])
  })

  it('has the members of the published sample, in its order', () => {
    const request = makeFireblocksTransfer({
      ...base,
      destination: { kind: 'vault', id: '1', name: 'Network Deposits' },
    })
    expect(Object.keys(request.content)).toEqual([
      ...['txId', 'operation', 'sourceType', 'sourceId', 'destType', 'destId', 'asset', 'amount', 'amountStr'],
      ...['requestedAmount', 'requestedAmountStr', 'fee', 'destAddressType', 'destAddress', 'destinations', 'rawTx'],
      ...['players', 'requestId'],
    ])
    expect(textOf(request)).toContain('"amount":0.01000000,"amountStr":"0.010000000000000000"')
    expect(textOf(request)).toContain('"keyDerivationPath":"[ 44, 60, 0, 0, 0 ]"')
    const { transaction } = readingOf(request)
    expect(stageOf(transaction)).toBe('signing')
    expect(transaction).toMatchObject({ destType: 'VAULT', destAddress: TO, requestedAmountStr: '0.01' })
    expect(transaction.destinations?.[0]).toMatchObject({ dstType: 'VAULT', dstId: '1', displayDstAddress: TO })
  })

  it('signs what it says: the bytes, their hash, and gas limit times price as the fee', () => {
    const { rawTx = [], fee } = transactionOf({ nonce: 7n, gasLimit: 21_000n }).transaction
    const { raw, hash } = encodeUnsigned({
      ...{ type: 'eip1559', chainId: 1n, nonce: 7n, gasLimit: 21_000n, to: TO, valueAtomic: 10_000_000_000_000_000n },
      ...{ maxFeePerGasWei: 30_000_000_000n, maxPriorityFeePerGasWei: 1_500_000_000n },
    })
    expect(rawTx).toEqual([{ rawTx: raw.slice(2), payload: hash.slice(2), keyDerivationPath: [44, 60, 0, 0, 0] }])
    expect(Buffer.from(keccak_256(Buffer.from(rawTx[0]?.rawTx ?? '', 'hex'))).toString('hex')).toBe(rawTx[0]?.payload)
    expect(fee).toBe('0.000630000000000000')
  })

  it('pays a token by a call of its contract', () => {
    const { transaction } = transactionOf({ asset: 'USDT_ERC20', amount: '12.5', sourceId: '3', feeModel: 'legacy' })
    const [element] = transaction.rawTx ?? []
    expect(element?.rawTx).toContain(encodeErc20Transfer(TO, 12_500_000n).slice(2))
    expect(element?.rawTx).toContain('dac17f958d2ee523a2206206994597c13d831ec7')
    expect(element?.keyDerivationPath).toEqual([44, 60, 3, 0, 0])
    expect(transaction).toMatchObject({ asset: 'USDT_ERC20', amountStr: '12.500000', sourceId: '3' })
  })

  it('says less when it is to be approved: nothing that comes with signing only', () => {
    const { txId, requestId, transaction } = transactionOf({ stage: 'approval' })
    expect(stageOf(transaction)).toBe('approval')
    expect(transaction.destinations?.[0]).toMatchObject({ dstAddress: TO, amountNativeStr: '0.01' })
    expect(transactionOf()).toMatchObject({ txId, requestId })
    expect(requestId).toBe(txId)
    const toVault = transactionOf({ stage: 'approval', destination: { kind: 'vault', id: '1' } }).transaction
    expect(JSON.stringify(toVault)).not.toContain(TO)
  })

  it('is the same for the same options, and another for another seed', () => {
    expect(textOf(makeFireblocksTransfer(base))).toBe(textOf(makeFireblocksTransfer(base)))
    expect(cosignerRequestIdOf(makeFireblocksTransfer({ ...base, seed: 2 }))).not.toBe(
      cosignerRequestIdOf(makeFireblocksTransfer(base)),
    )
  })

  it('can lie, leave out and add', () => {
    const lied = transactionOf({ describedAs: { amount: '0.001' } }).transaction
    expect(lied.destinations?.[0]?.amountNativeStr).toBe('0.001')
    expect(lied.rawTx).toEqual(transactionOf().transaction.rawTx)
    expect(transactionOf({ rawTx: false }).transaction.rawTx).toBeUndefined()
    const changed = makeFireblocksTransfer({ ...base, change: { players: undefined, requestId: 'r-1', later: null } })
    expect(parseWrittenJson(textOf(changed))).toMatchObject({ requestId: 'r-1', later: null })
    expect(changed.content).not.toHaveProperty('players')
  })
})
