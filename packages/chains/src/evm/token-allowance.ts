import type { Account, Allowance } from '../transaction/effect.ts'
import { isUnlimitedAmount } from './unlimited-amount.ts'

export interface Allowed {
  /** Undefined: the bytes do not say whose. */
  readonly owner?: Account | undefined
  readonly token: Account
  readonly spender: Account
  readonly amountAtomic: bigint
  readonly mode?: Allowance['mode']
  /** Unix seconds, as the bytes have them; permit2 reads 0 as the end of the block. Undefined: for ever. */
  readonly untilSeconds?: bigint | undefined
  readonly at: string
}

/** What a spender may take of a token, whether a call or a signed message says so. */
export const tokenAllowance = ({
  owner,
  token,
  spender,
  amountAtomic,
  mode = 'set',
  untilSeconds,
  at,
}: Allowed): Allowance => ({
  effect: 'allowance',
  holding: { kind: 'token', contract: token },
  ...(owner !== undefined && { owner }),
  spender,
  mode,
  amountAtomic,
  isUnlimited: isUnlimitedAmount(amountAtomic),
  ...(untilSeconds !== undefined && { untilSeconds }),
  at,
})
