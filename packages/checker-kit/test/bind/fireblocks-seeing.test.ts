import { describe, expect, test } from 'vitest'
import { whatIsSigned, type Seeing } from '../../src/bind/what-is-signed.ts'
import { slotsSeen } from '../../src/question.ts'
import {
  approvalOf,
  asked,
  cosigner,
  eth,
  OTHER,
  questionAbout,
  segwit,
  SEGWIT_CHANGE,
  to,
  type Circumstances,
} from '../describe/fireblocks-requests.ts'
import { addressBook, assets, nobodysBook, type Members } from '../describe/requests.ts'

type Accepted = NonNullable<Seeing['acceptUnbound']>
const named: Accepted = [
  {
    callers: ['cosigner-1'],
    dialects: ['fireblocks-jwt'],
    chains: ['ethereum'],
    operations: ['transfer', 'message', 'raw', 'other'],
  },
]
const silent = { ...cosigner, rawTx: 'unavailable' } as const
const withoutBytes: Members = { ...eth, rawTx: undefined }
const lying: Members = { ...eth, destAddress: OTHER, ...to({ displayDstAddress: OTHER }) }

function judgedOf(content: Members, seeing: Partial<Seeing>, circumstances: Circumstances) {
  const question = questionAbout(content, circumstances)
  return whatIsSigned({ judges: 'raw', assets, addresses: nobodysBook, ...seeing }, asked(content).request, question)
}

function seen(content: Members, seeing: Partial<Seeing> = {}, circumstances: Circumstances = {}) {
  const judged = judgedOf(content, seeing, circumstances)
  if ('objections' in judged) return judged.objections.map(({ code }) => code)
  const { binding } = judged.question
  return binding === undefined ? 'description' : binding.isUnproven === true ? 'unproven' : 'bound'
}

test('a checker that judges bytes sees those of a signing, and of an approval the description', () => {
  expect(seen(eth)).toBe('bound')
  expect(seen(approvalOf(eth), {}, { kind: 'tx-approval' })).toBe('description')
  expect(seen(lying, {}, { kind: 'tx-approval' })).toBe('description')
  expect(seen(lying)).toEqual(['RAW_DESTINATION_DIFFERS'])
})

test('a checker that judges descriptions learns what the bytes use up, from bytes that agree alone', async () => {
  const book = await addressBook(`own: [{ address: "${SEGWIT_CHANGE}", chain: bitcoin, wallet: "VAULT:25" }]\n`)
  const slots = (content: Members) => {
    const judged = judgedOf(content, { judges: 'description', addresses: book }, {})
    return 'objections' in judged ? judged.objections : slotsSeen(judged.question)
  }
  expect(slots(segwit)).not.toEqual([])
  for (const slot of slots(segwit)) expect(slot).toMatch(/^output:bitcoin:[0-9a-f]{64}:[0-9]+$/)
  expect(
    slots({
      ...segwit,
      ...to({ amountNativeStr: '0.0004' }, segwit),
      amountStr: '0.0004',
      requestedAmountStr: '0.0004',
    }),
  ).toEqual([])
  expect(slots({ ...segwit, rawTx: undefined })).toMatchObject([{ code: 'RAW_MISSING' }])
  // Nothing that a Co-signer says binds a nonce to the account that signs.
  expect(slots(eth)).toEqual([])
})

describe('a signing without bytes', () => {
  test('is refused where the platform sends them', () => {
    expect(seen(withoutBytes, { acceptUnbound: [] })).toEqual(['RAW_MISSING'])
    expect(seen(withoutBytes)).toEqual(['RAW_MISSING'])
  })
  test('is judged by its description where the platform sends none to this caller', () => {
    expect(seen(withoutBytes, { acceptUnbound: [] }, { caller: silent })).toBe('description')
  })
  test('is never judged by a checker that must see bytes', () => {
    expect(seen(withoutBytes, {}, { caller: silent })).toEqual(['RAW_MISSING'])
  })
  test('is judged by its description where an operator names caller, dialect, chain and operation', () => {
    expect(seen(withoutBytes, { acceptUnbound: named })).toBe('description')
  })
  test('is compared all the same when bytes come from such a caller', () => {
    expect(seen(eth, { acceptUnbound: [] }, { caller: silent })).toBe('bound')
    expect(seen(lying, { acceptUnbound: named }, { caller: silent })).toEqual(['RAW_DESTINATION_DIFFERS'])
  })
  test.each([
    [
      'a digest',
      { operation: 'RAW', extraParameters: { rawMessageData: { messages: [{ content: 'ab'.repeat(32) }] } } },
    ],
    ['what is not understood', { operation: 'STAKE' }],
  ])('says more than that bytes are missing when it signs %s', (_, change) => {
    const content = { ...withoutBytes, ...change }
    expect(seen(content, { acceptUnbound: [] }, { caller: silent })).toEqual(['OPERATION_UNBOUND'])
    expect(seen(content, { acceptUnbound: named })).toBe('description')
    expect(seen(content)).toEqual(['OPERATION_UNBOUND'])
  })
})

describe('a message without a digest beside it', () => {
  const messages = [{ content: Buffer.from('Sign in').toString('hex'), type: 'EIP191' }]
  const signIn: Members = {
    ...withoutBytes,
    operation: 'TYPED_MESSAGE',
    amountStr: undefined,
    requestedAmountStr: undefined,
    fee: undefined,
    destinations: [],
    extraParameters: { rawMessageData: { messages } },
  }
  test('is refused, also where the platform sends no bytes', () => {
    expect(seen(signIn)).toEqual(['OPERATION_UNBOUND'])
    expect(seen(signIn, { acceptUnbound: [] }, { caller: silent })).toEqual(['OPERATION_UNBOUND'])
  })
  test('is seen as it is written, and marked, where an operator accepts that', () => {
    expect(seen(signIn, { acceptUnbound: named })).toBe('unproven')
  })
})
