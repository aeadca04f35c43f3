import { bytesToHex } from '@noble/hashes/utils.js'
import { addressKey } from '../address/address-key.ts'
import { checksummed } from '../address/evm.ts'
import type { Account } from '../transaction/effect.ts'

/** An account or contract of an EVM chain, its text with the checksum of EIP-55. Throws RangeError unless it is 20 bytes. */
export function evmAccount(bytes20: Uint8Array): Account {
  if (bytes20.length !== 20) throw new RangeError('an EVM address has 20 bytes')
  const digits = bytesToHex(bytes20)
  return { key: addressKey('key20', digits), text: `0x${checksummed(digits)}` }
}
