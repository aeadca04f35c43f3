import { describe, expect, it } from 'vitest'
import {
  approvalOf,
  btc,
  cosigner,
  eth,
  OTHER,
  PAID,
  questionAbout,
  refusalsOf,
  to,
  token,
} from './fireblocks-requests.ts'
import { addressBook } from './requests.ts'

const APPROVAL = { kind: 'tx-approval' } as const
const HASH = '77b4e74099ce90c08503c0e0bb6e672dbe1c5e3e127ce333bf22eb581cd3f6ce'

describe('a transfer', () => {
  it('is seen as the documented request says it', () => {
    expect(questionAbout({ ...eth, externalTxId: 'withdrawal-77', note: 'invoice' })).toMatchObject({
      caller: 'cosigner-1',
      platform: 'fireblocks',
      dialect: 'fireblocks-jwt',
      kind: 'tx-signing',
      requestId: '9c794cee-7e27-46c9-9e9a-ed68295ff06b',
      signerId: 'api-user-1',
      organisation: 'acme',
      businessKey: 'fireblocks:acme:9c794cee-7e27-46c9-9e9a-ed68295ff06b',
      reference: 'withdrawal-77',
      wallet: 'VAULT:0',
      operation: 'transfer',
      chain: { id: 'ethereum' },
      asset: { id: 'ETH' },
      sources: [],
      outputs: [{ addressText: PAID, amountAtomic: 10_000_000_000_000_000n, own: false }],
      totalAtomic: 10_000_000_000_000_000n,
      description: 'invoice',
      signingHashes: [HASH],
      keyUse: { paths: ['m/44/60/0/0/0'], nodeIds: [{}, {}, {}].map(() => expect.any(String) as string), tweaks: [] },
    })
    expect(questionAbout(eth)).not.toHaveProperty('initiator')
    expect(questionAbout(eth)).not.toHaveProperty('rawTx')
  })

  it('never counts a number: only the members that hold text decide', () => {
    const lying = { ...eth, amount: 900, requestedAmount: 900, ...to({ amountNative: 900, amountUSD: 0 }) }
    expect(questionAbout(lying).totalAtomic).toBe(10_000_000_000_000_000n)
    expect(refusalsOf({ ...lying, ...to({ amountNativeStr: undefined }) })).toEqual(['AMOUNT_INVALID'])
  })

  it('of tokens counts in the token', () => {
    expect(questionAbout({ ...eth, ...token('250.5') })).toMatchObject({
      asset: { id: 'USDC-ETHEREUM' },
      totalAtomic: 250_500_000n,
    })
  })

  it('pays us only where addresses.yaml says so', async () => {
    const book = await addressBook(`own: [{ address: "${PAID}", chain: ethereum, wallet: "VAULT:1" }]\n`)
    expect(questionAbout(eth, { addresses: book })).toMatchObject({ outputs: [{ own: true }], totalAtomic: 0n })
  })

  it('to several destinations has an output for each, in their order', () => {
    const [one] = to({})['destinations'] as readonly object[]
    const destinations = [
      { ...one, amountNativeStr: '0.002' },
      { ...one, displayDstAddress: OTHER, amountNativeStr: '0.003' },
    ]
    expect(questionAbout({ ...eth, amountStr: '0.005', requestedAmountStr: '0.0050', destinations })).toMatchObject({
      outputs: [
        { addressText: PAID, amountAtomic: 2_000_000_000_000_000n },
        { addressText: OTHER, amountAtomic: 3_000_000_000_000_000n },
      ],
      totalAtomic: 5_000_000_000_000_000n,
    })
  })

  it('without a list of destinations pays the address and amount of the transaction', () => {
    const bare = { ...eth, destinations: [], amountStr: '0.5', requestedAmountStr: undefined }
    expect(questionAbout(bare)).toMatchObject({
      outputs: [{ addressText: PAID, amountAtomic: 500_000_000_000_000_000n }],
    })
  })

  it('at approval to a vault account has an output without an address, and nothing to sign', () => {
    const question = questionAbout({ ...approvalOf(eth), destAddress: undefined }, APPROVAL)
    expect(question.outputs).toEqual([{ addressText: '', amountAtomic: 10_000_000_000_000_000n, own: false }])
    expect(question.signingHashes).toEqual([])
    expect(question.keyUse).toBeUndefined()
  })

  it('says that no bytes are to be expected only where the operator said so, and only when it is signed', () => {
    const caller = { ...cosigner, rawTx: 'unavailable' } as const
    expect(questionAbout({ ...eth, rawTx: undefined }, { caller })).toMatchObject({
      rawTx: 'unavailable',
      signingHashes: [],
    })
    expect(questionAbout(approvalOf(eth), { caller, ...APPROVAL })).not.toHaveProperty('rawTx')
  })
})

describe('a transfer is refused', () => {
  const raw = (change: object) => ({
    ...eth,
    rawTx: (eth['rawTx'] as readonly object[]).map((r) => ({ ...r, ...change })),
  })
  const [first] = eth['rawTx'] as readonly object[]

  it('not when nothing is wrong with it', () => {
    expect(refusalsOf(eth)).toEqual([])
    expect(refusalsOf(btc)).toEqual([])
    expect(refusalsOf(approvalOf(eth), APPROVAL)).toEqual([])
  })

  it.each([
    ['it has no id', { txId: undefined }, 'TRANSACTION_ID_MISSING'],
    ['its id is empty', { txId: '' }, 'TX'],
    ['its operation is unknown', { operation: 'TELEPORT' }, 'TYPE_UNSUPPORTED'],
    ['it names no operation', { operation: undefined }, 'TYPE_UNSUPPORTED'],
    ['call data stands beside it', { extraParameters: { contractCallData: '0xd0e30db0' } }, 'TYPE_UNSUPPORTED'],
    ['an exchange account pays', { sourceType: 'EXCHANGE' }, 'TYPE_UNSUPPORTED'],
    ['nobody is said to pay', { sourceType: undefined }, 'TYPE_UNSUPPORTED'],
    ['no vault account is named', { sourceId: '' }, 'WALLET_MISSING'],
    ['its asset is unknown', { asset: 'DOUBLOON' }, 'ASSET_UNKNOWN'],
    ['it names no asset', { asset: undefined }, 'ASSET_UNKNOWN'],
    ['its amounts differ, as gross ones do', { requestedAmountStr: '0.011' }, 'OUTPUTS_CONTRADICT'],
    ['its destination gets another amount', to({ amountNativeStr: '0.011' }), 'OUTPUTS_CONTRADICT'],
    ['the address shown is another', to({ displayDstAddress: OTHER }), 'OUTPUTS_CONTRADICT'],
    ['the address of the destination is another', to({ dstAddress: OTHER }), 'OUTPUTS_CONTRADICT'],
    ['its amount has too many digits', { ...token('0.0000001') }, 'AMOUNT_INVALID'],
    ['what is signed stands there twice', { rawTx: [first, first] }, 'HASHES_DUPLICATE'],
    ['a digest is missing', raw({ payload: undefined }), 'HASHES_MISSING'],
    ['a digest is short', raw({ payload: 'abcd' }), 'HASHES_INVALID'],
    ['the key is of another vault account', raw({ keyDerivationPath: '[ 44, 60, 1, 0, 0 ]' }), 'WALLET_MISMATCH'],
    ['the vault account is written otherwise', { sourceId: '00' }, 'WALLET_MISMATCH'],
    ['the key is of another coin', raw({ keyDerivationPath: '[ 44, 0, 0, 0, 0 ]' }), 'CHAIN_MISMATCH'],
    ['the key is of a test network', raw({ keyDerivationPath: '[ 44, 1, 0, 0, 0 ]' }), 'CHAIN_MISMATCH'],
  ])('when %s', (_, change, code) => {
    const content = { ...eth, ...change }
    if (code === 'TX') expect(() => refusalsOf(content)).toThrow('TX_ID_INVALID')
    else expect(refusalsOf(content)).toContain(code)
  })

  it('when some of its keys are named and some are not', () => {
    const [one, two] = btc['rawTx'] as readonly object[]
    const rawTx = [one, { ...two, keyDerivationPath: undefined }]
    expect(refusalsOf({ ...btc, rawTx })).toEqual(['LISTS_UNEQUAL'])
  })
})
