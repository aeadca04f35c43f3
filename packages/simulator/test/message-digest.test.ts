import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { eip191Digest, eip712Digest, type TypedData } from '../src/index.ts'

interface MessageVector {
  readonly id: string
  readonly msg_hash: string
  readonly message_utf8?: string
  readonly structured_data?: TypedData
}
const vectors = JSON.parse(readFileSync(new URL('vectors/cobo.json', import.meta.url), 'utf8')) as {
  message_signing: MessageVector[]
}
const vector = (id: string): MessageVector | undefined => vectors.message_signing.find((entry) => entry.id === id)

/** The example of EIP-712 itself, whose digest the EIP prints (assets/eip-712/Example.js). */
const MAIL: TypedData = {
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

describe('message digests', () => {
  it('gives the EIP-191 digest of the official example', () => {
    const { message_utf8: message = '', msg_hash } = vector('eip191-eth') ?? { msg_hash: 'missing' }
    expect(eip191Digest(new TextEncoder().encode(message))).toBe(msg_hash)
  })

  it('gives the EIP-712 digest of a Safe transaction that was really signed', () => {
    const { structured_data: data, msg_hash } = vector('eip712-safe-eth') ?? { msg_hash: 'missing' }
    if (data === undefined) throw new Error('the vector has no typed data')
    expect(eip712Digest(data)).toBe(msg_hash)
  })

  it('gives the digest that EIP-712 prints for its own example of nested structs', () => {
    expect(eip712Digest(MAIL)).toBe('0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2')
  })

  it('refuses a message that lacks a field of its type', () => {
    expect(() => eip712Digest({ ...MAIL, message: { from: MAIL.message.from ?? '' } })).toThrow('is missing')
  })
})
