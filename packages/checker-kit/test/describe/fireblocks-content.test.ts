import { describe, expect, it } from 'vitest'
import { joinContent } from '../../src/content-fields.ts'
import type { Question } from '../../src/question.ts'
import { approvalOf, btc, eth, OTHER, PAID, questionAbout, refusalsOf, to, token } from './fireblocks-requests.ts'
import type { Members } from './requests.ts'

const APPROVAL = { kind: 'tx-approval' } as const
type Fields = NonNullable<Question['contentFields']>
const fieldsOf = (content: Members, kind: 'tx-approval' | 'tx-signing' = 'tx-signing'): Fields =>
  questionAbout(content, { kind }).contentFields ?? {}

/** What differs between two contents, by name. */
const differing = (one: Fields, other: Fields): readonly string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => one[name] !== other[name])

const call: Members = {
  ...eth,
  operation: 'CONTRACT_CALL',
  extraParameters: { contractCallData: '0xD0E30DB0' },
}
const message = (type: string, content = 'abcd'): Members => ({
  ...eth,
  operation: 'TYPED_MESSAGE',
  destinations: [],
  extraParameters: { rawMessageData: { messages: [{ type, content }] } },
})

describe('the fields of the content', () => {
  it('are text or null, and what the request says', () => {
    expect(fieldsOf(eth)).toEqual({
      operation: 'transfer',
      wallet: 'VAULT:0',
      chain: 'ethereum',
      asset: 'ETH',
      outputs: '1',
      'outputs[0].address': `key20:${PAID.slice(2).toLowerCase()}`,
      'outputs[0].party': '["VAULT","1"]',
      'outputs[0].tag': null,
      'outputs[0].amount': '10000000000000000',
      calldata: null,
      value: null,
      payload: null,
    })
    expect(fieldsOf(call)).toMatchObject({
      calldata: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      value: '10000000000000000',
      payload: null,
    })
  })

  it('of approval and signing are the same where the platform says the same', () => {
    for (const content of [eth, btc, call, { ...eth, ...token('3') }])
      expect(differing(fieldsOf(approvalOf(content), 'tx-approval'), fieldsOf(content))).toEqual([])
  })

  it('of an approval to a vault account lack the address and nothing else', () => {
    const approval = fieldsOf({ ...approvalOf(eth), destAddress: undefined }, 'tx-approval')
    expect(differing(approval, fieldsOf(eth))).toEqual(['outputs[0].address'])
    expect(approval['outputs[0].address']).toBeNull()
    const calling = fieldsOf({ ...approvalOf(call), destAddress: undefined }, 'tx-approval')
    expect(differing(calling, fieldsOf(call))).toEqual(['outputs[0].address'])
  })

  it.each<readonly [string, Members]>([
    ['the amount written otherwise', { amountStr: '0.01', ...to({ amountNativeStr: '0.0100' }) }],
    ['the address written otherwise', { ...to({ displayDstAddress: PAID.toLowerCase() }) }],
    ['another fee', { fee: '1' }],
    ['other participants', { players: ['somebody'] }],
    ['other bytes', { rawTx: undefined }],
    ['another note and reference', { note: 'x', externalTxId: 'y' }],
    ['another request of the same transaction', { requestId: 'another', signerId: 'another' }],
    ['other names and valuations', to({ dstName: 'x', amountUSD: 1, action: 'BLOCK' })],
    ['numbers that are never read', { amount: 5, requestedAmount: 6, ...to({ amountNative: 7 }) }],
  ])('are not changed by %s', (_, change) => {
    expect(differing(fieldsOf({ ...eth, ...change }), fieldsOf(eth))).toEqual([])
    expect(questionAbout({ ...eth, ...change }).contentDigest).toBe(questionAbout(eth).contentDigest)
  })

  it.each<readonly [string, Members, readonly string[]]>([
    ['the address', { destAddress: OTHER, ...to({ displayDstAddress: OTHER }) }, ['outputs[0].address']],
    ['the amount', { amountStr: '1', requestedAmountStr: '1', ...to({ amountNativeStr: '1' }) }, ['outputs[0].amount']],
    ['the vault account', { sourceId: '1', rawTx: undefined }, ['wallet']],
    ['the asset', token('0.01'), ['asset', 'outputs[0].amount']],
    ['an address that cannot be read', { destAddress: 'x', ...to({ displayDstAddress: 'x' }) }, ['outputs[0].address']],
  ])('show that %s changed', (_, change, names) => {
    expect(differing(fieldsOf({ ...eth, ...change }), fieldsOf(eth))).toEqual(names)
    expect(questionAbout({ ...eth, ...change }).contentDigest).not.toBe(questionAbout(eth).contentDigest)
  })

  it('show that another account of the workspace is paid, or an address outside, also before there is an address', () => {
    const approval = fieldsOf({ ...approvalOf(eth), destAddress: undefined }, 'tx-approval')
    const outside = to({ dstType: 'ONE_TIME_ADDRESS', dstId: '', displayDstAddress: OTHER })
    for (const change of [to({ dstId: '2' }), to({ dstType: 'UNMANAGED' }), { destAddress: OTHER, ...outside }]) {
      const signing = fieldsOf({ ...eth, ...change })
      expect(joinContent(approval, signing, { isSigning: true, isSigned: false })).toEqual({
        differs: 'outputs[0].party',
      })
    }
    expect(joinContent(approval, fieldsOf(eth), { isSigning: true, isSigned: false })).toHaveProperty('joined')
  })

  it('name the same account where only the transaction names it', () => {
    for (const [destType, dstType] of [
      ['VAULT', 'VAULT'],
      ['EXCHANGE', 'EXCHANGE_ACCOUNT'],
    ])
      expect(fieldsOf({ ...eth, destType, destinations: [] })).toEqual(fieldsOf({ ...eth, ...to({ dstType }) }))
  })

  it('show that call data or value changed', () => {
    const other = { ...call, extraParameters: { contractCallData: 'd0e30db1' } }
    expect(differing(fieldsOf(other), fieldsOf(call))).toEqual(['calldata'])
    expect(differing(fieldsOf({ ...call, extraParameters: { contractCallData: 'd0e30db0' } }), fieldsOf(call))).toEqual(
      [],
    )
    const dearer = { ...call, amountStr: '1', requestedAmountStr: '1', ...to({ amountNativeStr: '1' }) }
    expect(differing(fieldsOf(dearer), fieldsOf(call))).toEqual(['outputs[0].amount', 'value'])
  })

  it('of a call count coins; a token may be named where nothing is paid', () => {
    const none = { amountStr: '0', requestedAmountStr: '0.00', ...to({ amountNativeStr: '0' }) }
    expect(fieldsOf({ ...call, ...none, asset: 'USDC' })).toEqual(fieldsOf({ ...call, ...none }))
    expect(refusalsOf({ ...call, asset: 'USDC' })).toEqual(['OUTPUTS_CONTRADICT'])
  })

  it('show that a message changed, whatever name its type has', () => {
    expect(differing(fieldsOf(message('EIP191')), fieldsOf(message('ETH_MESSAGE')))).toEqual([])
    expect(differing(fieldsOf(message('EIP191')), fieldsOf(message('EIP191', 'abce')))).toEqual(['payload'])
    expect(differing(fieldsOf(message('EIP191')), fieldsOf(message('TIP191')))).toEqual(['payload'])
  })
})

describe('what is not understood', () => {
  const stake = { ...eth, operation: 'STAKE', rawTx: undefined, extraParameters: { programCallData: 'ab' } }
  it('is described by all its members, and counts nothing', () => {
    const question = questionAbout(stake, APPROVAL)
    expect(question).toMatchObject({ operation: 'other', outputs: [{ amountAtomic: 10_000_000_000_000_000n }] })
    expect(question).not.toHaveProperty('totalAtomic')
    for (const change of [
      { operation: 'UNSTAKE' },
      { destId: '2' },
      { extraParameters: { programCallData: 'ac' } },
      { extraParameters: { programCallData: 'ab', contractCallData: 'ab' } },
      { extraParameters: { programCallData: 'ab', rawMessageData: { messages: [] } } },
      to({ dstId: '2' }),
    ])
      expect(differing(fieldsOf({ ...stake, ...change }), fieldsOf(stake))).toContain('payload')
  })

  it('may name no destination and no amount', () => {
    const bare = { ...stake, destinations: [], destAddress: '', amountStr: undefined, requestedAmountStr: undefined }
    expect(questionAbout(bare).outputs).toEqual([])
    expect(
      questionAbout({
        ...stake,
        amountStr: undefined,
        requestedAmountStr: undefined,
        ...to({ amountNativeStr: undefined }),
      }).outputs,
    ).toEqual([{ addressText: PAID, address: expect.anything() as object, own: false }])
  })

  it.each(['APPROVE', 'MINT', 'BURN', 'STAKE', 'UNSTAKE', 'WITHDRAW', 'ENABLE_ASSET', 'PROGRAM_CALL'])(
    'is other: %s',
    (operation) => {
      expect(questionAbout({ ...eth, operation }).operation).toBe('other')
    },
  )
})
