import { decodeBitcoinPreimages, type OutputCandidate } from '@callback-quorum/chains'
import { readFireblocksRequest, type WrittenObject } from '@callback-quorum/protocol'
import { describe, expect, it } from 'vitest'
import { legacyPreimages } from '../src/bitcoin/preimages.ts'
import { outputScript } from '../src/bitcoin/bitcoin-script.ts'
import {
  type FireblocksBitcoinOptions,
  makeFireblocksBitcoinTransfer,
  testBitcoinAddress,
  writeJson,
} from '../src/index.ts'

/** Destination and change of the guide's legacy example. */
const TO = '1DpivPqJkLxbRwm4GpxXsNPKS29ou1NYdC'
const SEGWIT = 'bc1qjhm0h7vhdyu0d0luv34dlz654rmsvg8twywk99'
const PLACE = { family: 'bitcoin', network: 'mainnet' } as const

function transactionOf(o: Partial<FireblocksBitcoinOptions> = {}) {
  const { content } = makeFireblocksBitcoinTransfer({ outputs: [{ to: TO, amount: '0.0005' }], seed: 1, ...o })
  const reading = readFireblocksRequest('tx', Buffer.from(writeJson(content as WrittenObject)))
  if (reading.result !== 'request' || reading.request.endpoint !== 'tx') throw new Error(JSON.stringify(reading))
  return reading.request
}

function decode({ rawTx = [] }: ReturnType<typeof transactionOf>, candidates?: readonly OutputCandidate[]) {
  const raws = rawTx.map((element) => Uint8Array.from(Buffer.from(element.rawTx, 'hex')))
  const decoded = decodeBitcoinPreimages(PLACE, raws, candidates)
  expect(decoded.toSign.map(({ hash }) => hash)).toEqual(rawTx.map(({ payload }) => payload))
  return decoded
}

const paidIn = ({ effects }: ReturnType<typeof decode>) =>
  effects.map((one) => (one.effect === 'transfer' ? `${String(one.amountAtomic)} ${one.to.text}` : one.effect))

describe('a payment of bitcoin as a Co-signer asks about it', () => {
  it('writes the legacy example of the vendor’s guide byte for byte (btc_tx_validation, docs/README.md @4a64122)', () => {
    const script = Buffer.from('76a91495f6fbf9976938f6bffc646adf8b54a8f70620eb88ac', 'hex')
    const input = (txid: string) => ({ txid, vout: 0, amountAtomic: 0n, script })
    const made = legacyPreimages({
      version: 1,
      inputs: [
        input('c84a4cfe30b5c3dd7912813871f5aa70c6a1605a1ff5143471e869b128e245c8'),
        input('485fec58d33b4489f9edefa8fdf6b92c8ecf51f7a1ef726f4622015b9081d7a3'),
      ],
      outputs: [
        { script: outputScript(TO, 'mainnet'), amountAtomic: 87_600n },
        { script: outputScript(SEGWIT, 'mainnet'), amountAtomic: 84_267n },
      ],
    })
    expect(made.map(({ hash }) => hash)).toEqual([
      '74bac76ffa277c14ba33ff1be302ed07e0a1e5dceebdc5f161df8d9d688b613c',
      'ea70ff4dd53c7e99948ee3a27e070fe4efea2e3d9dd793eadea86cb04c8103be',
    ])
  })

  it('signs each SegWit input over the destinations in order and the change', () => {
    const outputs = [
      { to: TO, amount: '0.0005' },
      { to: SEGWIT, amount: '0.0003' },
    ] as const
    const transaction = transactionOf({ outputs, inputs: ['0.0006', '0.0004'], fee: '0.00002' })
    const change = { address: testBitcoinAddress(), amountAtomic: 18_000n }
    const decoded = decode(transaction, [
      { address: TO, amountAtomic: 50_000n },
      { address: SEGWIT, amountAtomic: 30_000n },
      change,
    ])
    expect(paidIn(decoded)).toEqual([`50000 ${TO}`, `30000 ${SEGWIT}`, `18000 ${change.address}`])
    expect(decoded.toSign).toHaveLength(2)
    expect(transaction).toMatchObject({ amountStr: '0.00080000', requestedAmountStr: '0.0008', fee: '0.00002000' })
    expect(transaction.destinations?.map(({ amountNativeStr }) => amountNativeStr)).toEqual(['0.0005', '0.0003'])
    expect(transaction).not.toHaveProperty('destAddress')
  })

  it('has no change where the inputs are used up, and refuses to spend what they do not hold', () => {
    const exact = transactionOf({ inputs: ['0.00052598'] })
    expect(paidIn(decode(exact, [{ address: TO, amountAtomic: 50_000n }]))).toEqual([`50000 ${TO}`])
    expect(() => transactionOf({ inputs: ['0.0005'] })).toThrow('hold less')
  })

  it('signs legacy inputs over the whole transaction, of a vault account of its own', () => {
    const transaction = transactionOf({ form: 'legacy', sourceId: '2', inputs: ['0.0003', '0.0004'] })
    const decoded = decode(transaction)
    expect(paidIn(decoded)).toEqual([`50000 ${TO}`, `17402 ${testBitcoinAddress(2)}`])
    expect(decoded.toSign[0].account?.text).toBe(testBitcoinAddress(2, 'BTC', 'legacy'))
    expect(transaction.rawTx?.map(({ keyDerivationPath }) => keyDerivationPath)).toEqual([
      [44, 0, 2, 0, 0],
      [44, 0, 2, 0, 0],
    ])
  })

  it('can send the change elsewhere, lie about the destination, and pay on the test network', () => {
    const stolen = transactionOf({ form: 'legacy', changeTo: SEGWIT })
    expect(paidIn(decode(stolen))).toEqual([`50000 ${TO}`, `47402 ${SEGWIT}`])
    const lied = transactionOf({ form: 'legacy', describedAs: { amount: '0.0004' } })
    expect(lied.amountStr).toBe('0.00040000')
    expect(paidIn(decode(lied))[0]).toBe(`50000 ${TO}`)
    const to = testBitcoinAddress(5, 'BTC_TEST')
    expect(to).toMatch(/^tb1q/)
    const test = transactionOf({ asset: 'BTC_TEST', outputs: [{ to, amount: '0.1' }] })
    expect(test.rawTx?.[0]?.keyDerivationPath?.[1]).toBe(1)
    expect(() => transactionOf({ outputs: [{ to, amount: '0.1' }] })).toThrow()
  })
})
