import { hexToBytes } from '@noble/hashes/utils.js'
import type { AddressKey } from '../address/address-key.ts'
import type { ChainFamily } from '../address/canonical-address.ts'
import type { Effect } from '../transaction/effect.ts'
import { tronAccount } from '../tron/tron-account.ts'
import { decodeCall } from './call/decode-call.ts'
import { evmAccount } from './evm-account.ts'

const ACCOUNT_KEY = /^key20:([0-9a-f]{40})$/

/** A contract call as a description names it. */
export interface DescribedCall {
  readonly to: AddressKey
  readonly valueAtomic: bigint
  /** Lower-case hex without 0x. */
  readonly data: string
}

/**
 * What a call would do, by its data alone: the effects that decodeTransaction finds in the bytes of the same call. Undefined for chains whose
 * calls are not data of this kind, and for an address that is none of theirs.
 */
export function decodeDescribedCall(
  family: ChainFamily,
  { to, valueAtomic, data }: DescribedCall,
): readonly Effect[] | undefined {
  const accountOf = family === 'evm' ? evmAccount : family === 'tron' ? tronAccount : undefined
  const digits = ACCOUNT_KEY.exec(to)?.[1]
  if (accountOf === undefined || digits === undefined) return undefined
  const call = { to: accountOf(hexToBytes(digits)), valueAtomic, data: hexToBytes(data), at: 'transaction' }
  return decodeCall(call, accountOf)
}
