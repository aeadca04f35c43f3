import { makeV2Eip191Message } from '@callback-quorum/simulator'
import { describe, expect, test } from 'vitest'
import { eth, questionAbout } from '../describe/fireblocks-requests.ts'
import type { Members } from '../describe/requests.ts'
import { codesOf } from './binding-of.ts'
import { boundAs } from './fireblocks-binding.ts'

const TEXT = 'Sign in to Example at 2026-11-21'
const hexOf = (text: string): string => Buffer.from(text).toString('hex')
const { msg_hash_list: hashes } = JSON.parse(makeV2Eip191Message({ message: TEXT }).request_detail ?? '') as {
  msg_hash_list: readonly string[]
}
const DIGEST = hashes[0]?.slice(2) ?? ''

/** The example of EIP-712, and the digest that it prints. */
const MAIL = {
  types: {
    EIP712Domain: [
      { name: 'name', type: 'string' },
      { name: 'version', type: 'string' },
      { name: 'chainId', type: 'uint256' },
      { name: 'verifyingContract', type: 'address' },
    ],
    Person: [
      { name: 'name', type: 'string' },
      { name: 'wallet', type: 'address' },
    ],
    Mail: [
      { name: 'from', type: 'Person' },
      { name: 'to', type: 'Person' },
      { name: 'contents', type: 'string' },
    ],
  },
  primaryType: 'Mail',
  domain: {
    name: 'Ether Mail',
    version: '1',
    chainId: 1,
    verifyingContract: '0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC',
  },
  message: {
    from: { name: 'Cow', wallet: '0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826' },
    to: { name: 'Bob', wallet: '0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB' },
    contents: 'Hello, Bob!',
  },
}
const MAIL_DIGEST = 'be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2'

/** A message as the platform asks for it; without a digest, as where it sends no bytes. */
function signing(messages: readonly Members[], payload?: string): Members {
  const raw = { rawTx: '00', keyDerivationPath: '[ 44, 60, 0, 0, 0 ]', payload }
  return {
    ...eth,
    operation: 'TYPED_MESSAGE',
    destType: 'UNKNOWN',
    destAddress: undefined,
    amountStr: undefined,
    requestedAmountStr: undefined,
    fee: undefined,
    destinations: [],
    extraParameters: { rawMessageData: { messages } },
    rawTx: payload === undefined ? undefined : [raw],
  }
}
const plain: Members = { content: hexOf(TEXT), type: 'EIP191' }
const mail: Members = { content: MAIL, type: 'EIP712' }

describe('a message whose digest is recomputed binds', () => {
  test.each([
    ['plain', plain, DIGEST],
    ['plain, with 0x', { ...plain, content: `0x${hexOf(TEXT)}` }, DIGEST],
    ['plain, under its other name', { ...plain, type: 'ETH_MESSAGE' }, DIGEST],
    ['typed', mail, MAIL_DIGEST],
    ['typed, as text', { ...mail, content: JSON.stringify(MAIL) }, MAIL_DIGEST],
  ])('%s', (_, message, digest) => {
    const bound = boundAs(signing([message], digest))
    if (bound.result !== 'bound') throw new Error(`it binds, and not ${codesOf(bound).join(', ')}`)
    expect(bound.binding.decoded.message?.standard).toBe(
      message === mail || message['type'] === 'EIP712' ? 'eip-712' : 'eip-191',
    )
    expect(bound.binding).not.toHaveProperty('isUnproven')
    expect(bound.binding.slots).toEqual([])
  })
})

describe('a message with no digest beside it', () => {
  test.each([
    ['plain', plain, { standard: 'eip-191', text: TEXT }],
    ['typed', mail, { standard: 'eip-712', primaryType: 'Mail' }],
  ])('is not bound; what it says is marked: %s', (_, message, facts) => {
    expect(boundAs(signing([message]))).toMatchObject({
      result: 'unbound',
      code: 'OPERATION_UNBOUND',
      binding: { isUnproven: true, decoded: { message: facts } },
    })
  })
})

describe('a message is not bound', () => {
  const otherChain = { ...mail, content: { ...MAIL, domain: { ...MAIL.domain, chainId: 8453 } } }
  test.each<readonly [string, string, Members]>([
    ['with another digest', 'RAW_HASHES_DIFFER', signing([plain], 'ab'.repeat(32))],
    ['with the digest of another', 'RAW_HASHES_DIFFER', signing([plain], MAIL_DIGEST)],
    ['beside a second one', 'RAW_UNSUPPORTED', signing([plain, plain], DIGEST)],
    ['when there is none', 'OPERATION_UNBOUND', signing([], DIGEST)],
    ['of another chain', 'RAW_CHAIN_DIFFERS', signing([otherChain])],
    ['of a type that nobody describes', 'OPERATION_UNBOUND', signing([{ ...plain, type: 'TIP191' }], DIGEST)],
    ['of a Bitcoin key', 'OPERATION_UNBOUND', signing([{ ...plain, type: 'BTC_MESSAGE' }], DIGEST)],
    ['of no type', 'OPERATION_UNBOUND', signing([{ content: hexOf(TEXT) }], DIGEST)],
    ['that is hex and said to be typed', 'OPERATION_UNBOUND', signing([{ ...plain, type: 'EIP712' }], DIGEST)],
    ['that is an object and said to be plain', 'OPERATION_UNBOUND', signing([{ ...mail, type: 'EIP191' }], DIGEST)],
    ['that is no typed data', 'RAW_MALFORMED', signing([{ ...mail, content: { a: 1 } }], DIGEST)],
    [
      'whose number is not whole',
      'RAW_MALFORMED',
      signing([{ ...mail, content: { ...MAIL, domain: { ...MAIL.domain, chainId: 1.5 } } }], MAIL_DIGEST),
    ],
    ['of a chain without such messages', 'CHAIN_UNSUPPORTED', { ...signing([plain], DIGEST), asset: 'XRP' }],
  ])('%s: %s', (_, code, content) => {
    const bound = boundAs(content)
    expect(codesOf(bound)).toEqual([code])
    expect(bound).not.toHaveProperty('binding')
  })

  test('and a digest alone never', () => {
    const raw = { ...signing([{ content: DIGEST }]), operation: 'RAW' }
    expect(questionAbout(raw)).toMatchObject({ operation: 'raw', outputs: [], signingHashes: [DIGEST] })
    expect(codesOf(boundAs(raw))).toEqual(['OPERATION_UNBOUND'])
  })
})
