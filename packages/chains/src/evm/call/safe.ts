import type { Account, Effect } from '../../transaction/effect.ts'
import { delegateCall } from './delegate-call.ts'
import type { Call, KnownFunction, Scope } from './scope.ts'

/** safe-smart-account, contracts/libraries/Enum.sol */
const OPERATION_CALL = 0n
const OPERATION_DELEGATECALL = 1n

export interface SafeExecution {
  readonly safe: Account
  readonly call: Call
  readonly operation: bigint
}

/** What a Safe does when it executes: a call by the Safe, or foreign code that runs as the Safe. */
export function safeExecution(
  { safe, call, operation }: SafeExecution,
  scope: Pick<Scope, 'inside' | 'unknown'>,
): readonly Effect[] {
  switch (operation) {
    case OPERATION_CALL:
      return scope.inside(call, safe)
    case OPERATION_DELEGATECALL:
      return delegateCall(call, safe, scope)
    default:
      return scope.unknown(`a Safe knows no operation ${operation.toString()}`)
  }
}

/** A module executes without the owners' signatures; whether the caller is one, only the Safe knows. */
const fromModule = (signature: string): KnownFunction => ({
  signature,
  effects: (p, scope) => {
    const call = nested(scope, p.account(0), p.integer(1), p.bytes(2))
    return safeExecution({ safe: scope.call.to, call, operation: p.integer(3) }, scope)
  },
})

/** What a Safe{Wallet} account is told to do (safe-smart-account 1.3, 1.4, 1.5). */
export const SAFE_FUNCTIONS: readonly KnownFunction[] = [
  {
    // to, value, data, operation, safeTxGas, baseGas, gasPrice, gasToken, refundReceiver, signatures
    signature: 'execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)',
    isPayable: true,
    effects: (p, scope) => {
      const call = nested(scope, p.account(0), p.integer(1), p.bytes(2))
      const refund =
        p.integer(6) === 0n ? [] : scope.unknown('the Safe pays whoever executes, an amount that is not in the bytes')
      return [...safeExecution({ safe: scope.call.to, call, operation: p.integer(3) }, scope), ...refund]
    },
  },
  fromModule('execTransactionFromModule(address,uint256,bytes,uint8)'),
  fromModule('execTransactionFromModuleReturnData(address,uint256,bytes,uint8)'),
]

const nested = ({ call }: Scope, to: Account, valueAtomic: bigint, data: Uint8Array): Call => ({
  to,
  valueAtomic,
  data,
  at: `${call.at}.calls[0]`,
})
