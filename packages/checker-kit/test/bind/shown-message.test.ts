import { describe, expect, test } from 'vitest'
import { whatIsSigned } from '../../src/bind/what-is-signed.ts'
import { approvalOf, asked, eth, questionAbout } from '../describe/fireblocks-requests.ts'
import { assets, nobodysBook, type Members } from '../describe/requests.ts'

const message = (...messages: readonly object[]): Members =>
  approvalOf({ ...eth, operation: 'TYPED_MESSAGE', extraParameters: { rawMessageData: { messages } } })
const hexOf = (text: string): string => Buffer.from(text).toString('hex')
const letter = {
  types: {
    EIP712Domain: [
      { name: 'name', type: 'string' },
      { name: 'chainId', type: 'uint256' },
    ],
    Mail: [{ name: 'contents', type: 'string' }],
  },
  domain: { name: 'Mail', chainId: 1 },
  primaryType: 'Mail',
  message: { contents: 'Hello' },
}

/** What the rules see of an approval. */
function shownBy(content: Members) {
  const question = questionAbout(content, { kind: 'tx-approval' })
  const seen = whatIsSigned({ judges: 'raw', assets, addresses: nobodysBook }, asked(content).request, question)
  if ('objections' in seen) throw new Error(seen.objections.map(({ code }) => code).join(' '))
  expect(seen.question.binding).toBeUndefined()
  return seen.question.shownMessage
}

describe('the message that an approval is about', () => {
  test('is decoded as it will be when it is signed', () => {
    expect(shownBy(message({ content: hexOf('Sign in'), type: 'EIP191' }))).toMatchObject({
      message: { standard: 'eip-191', text: 'Sign in' },
    })
    expect(shownBy(message({ content: letter, type: 'EIP712' }))?.message).toMatchObject({
      standard: 'eip-712',
      primaryType: 'Mail',
      domain: { name: 'Mail', chainId: 1n },
    })
  })

  test.each<[string, Members]>([
    ['no message', message()],
    ['two messages', message({ content: '00', type: 'EIP191' }, { content: '01', type: 'EIP191' })],
    ['a kind that is not understood', message({ content: '00', type: 'BTC_MESSAGE' })],
    ['text where an object is meant', message({ content: '00', type: 'EIP712' })],
    ['an object that is no typed data', message({ content: { primaryType: 'Mail' }, type: 'EIP712' })],
    ['a payment', approvalOf(eth)],
  ])('is not shown by %s', (_, content) => {
    expect(shownBy(content)).toBeUndefined()
  })
})
