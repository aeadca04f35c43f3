import { bytesToHex } from '@noble/hashes/utils.js'
import { evmAccount } from '../evm-account.ts'
import type { Decoded, MessageDomain } from '../../transaction/decoded.ts'
import { bytesOf, hashTypedData, integerOf } from './hash-typed-data.ts'
import { messageEffects } from './message-effects.ts'
import { encodeType, readTypedData } from './typed-data-types.ts'

/**
 * Reads typed data (EIP-712) from its parsed JSON `{ types, primaryType, domain, message }` and recomputes the digest. Messages that move
 * or allow something by themselves are decoded to effects; every other one is `unknown` at `message`, for an allow-list to judge.
 * Throws ChainsFault.
 */
export function decodeTypedData(structured: unknown): Decoded {
  const data = readTypedData(structured)
  const digest = hashTypedData(data)
  const domain = domainOf(data.domain)
  return {
    form: 'eip-712',
    toSign: [{ hash: bytesToHex(digest), scheme: 'ecdsa' }],
    effects: messageEffects(encodeType(data.primaryType, data.types), data, domain),
    ...(domain.chainId !== undefined && { evmChainId: domain.chainId }),
    message: { standard: 'eip-712', domain, primaryType: data.primaryType },
  }
}

/** After hashing, so that every member is there and of its type. */
function domainOf({
  name,
  version,
  chainId,
  verifyingContract,
  salt,
}: Readonly<Record<string, unknown>>): MessageDomain {
  return {
    ...(typeof name === 'string' && { name }),
    ...(typeof version === 'string' && { version }),
    ...(chainId !== undefined && { chainId: integerOf(chainId, 'chainId') }),
    ...(verifyingContract !== undefined && {
      verifyingContract: evmAccount(bytesOf(verifyingContract, 'verifyingContract')),
    }),
    ...(typeof salt === 'string' && { salt: salt.toLowerCase() }),
  }
}
