import type { Account, Effect } from '../../transaction/effect.ts'
import type { Call, Scope } from './scope.ts'

/**
 * The code of `call.to` runs as an account (absent: the one that signs), which hands it everything the account has: a power whatever the
 * data look like. The Bybit theft of 2025 was a delegatecall whose data looked like a token transfer.
 */
export function delegateCall(
  call: Call,
  account: Account | undefined,
  { inside }: Pick<Scope, 'inside'>,
): readonly Effect[] {
  return [
    {
      effect: 'power',
      power: 'delegatecall',
      ...(account !== undefined && { subject: account }),
      grantee: call.to,
      at: call.at,
    },
    // The value of a delegatecall is that of the call around it: the opcode has no such operand.
    ...inside({ ...call, valueAtomic: 0n, isDelegated: true }, account),
  ]
}
