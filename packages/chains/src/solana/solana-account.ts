import { base58 } from '@scure/base'
import { addressKey } from '../address/address-key.ts'
import type { Account } from '../transaction/effect.ts'

/** An account of 32 bytes: a public key, or an address derived from a program. Throws RangeError unless it is 32 bytes. */
export function solanaAccount(bytes32: Uint8Array): Account {
  if (bytes32.length !== 32) throw new RangeError('a Solana account has 32 bytes')
  return { key: addressKey('ed32', bytes32), text: base58.encode(bytes32) }
}
