import type { Account, Effect, PowerName } from '../../transaction/effect.ts'
import type { Call, KnownFunction, Scope } from './scope.ts'

/** safe-smart-account, contracts/libraries/Enum.sol */
const OPERATION_CALL = 0n
const OPERATION_DELEGATECALL = 1n

export interface SafeExecution {
  readonly safe: Account
  readonly call: Call
  readonly operation: bigint
}

/** What a Safe does when it executes: a call by the Safe, or foreign code that runs as the Safe (the Bybit theft of 2025). */
export function safeExecution(
  { safe, call, operation }: SafeExecution,
  scope: Pick<Scope, 'inside' | 'unknown'>,
): readonly Effect[] {
  switch (operation) {
    case OPERATION_CALL:
      return scope.inside(call, safe)
    case OPERATION_DELEGATECALL:
      return [
        { effect: 'power', power: 'delegatecall', subject: safe, grantee: call.to, at: call.at },
        // Known batch functions do the same as the Safe; that the code really is theirs is for an allow-list to say.
        ...scope.inside({ ...call, valueAtomic: 0n }, safe),
      ]
    default:
      return scope.unknown(`a Safe knows no operation ${operation.toString()}`)
  }
}

const power = (scope: Scope, name: PowerName, grantee?: Account, detail?: string): Effect => ({
  effect: 'power',
  power: name,
  subject: scope.call.to,
  ...(grantee !== undefined && { grantee }),
  ...(detail !== undefined && { detail }),
  at: scope.call.at,
})

const ZERO = new Uint8Array(20)
const isZero = (bytes: Uint8Array): boolean => bytes.every((byte, index) => byte === ZERO[index])

const threshold = (figure: bigint): string => `threshold ${figure.toString()}`

/** Safe{Wallet} accounts (safe-smart-account 1.3, 1.4). */
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
  {
    signature: 'execTransactionFromModule(address,uint256,bytes,uint8)',
    effects: (p, scope) =>
      safeExecution(
        {
          safe: scope.call.to,
          call: nested(scope, p.account(0), p.integer(1), p.bytes(2)),
          operation: p.integer(3),
        },
        scope,
      ),
  },
  {
    signature: 'addOwnerWithThreshold(address,uint256)',
    effects: (p, scope) => [power(scope, 'safe-owner', p.account(0), `added, ${threshold(p.integer(1))}`)],
  },
  {
    signature: 'removeOwner(address,address,uint256)',
    effects: (p, scope) => [power(scope, 'safe-owner', p.account(1), `removed, ${threshold(p.integer(2))}`)],
  },
  {
    signature: 'swapOwner(address,address,address)',
    effects: (p, scope) => [power(scope, 'safe-owner', p.account(2), `in place of ${p.account(1).text}`)],
  },
  {
    signature: 'changeThreshold(uint256)',
    effects: (p, scope) => [power(scope, 'safe-threshold', undefined, threshold(p.integer(0)))],
  },
  {
    signature: 'enableModule(address)',
    effects: (p, scope) => [power(scope, 'safe-module', p.account(0), 'enabled')],
  },
  {
    signature: 'disableModule(address,address)',
    effects: (p, scope) => [power(scope, 'safe-module', p.account(1), 'disabled')],
  },
  {
    signature: 'setGuard(address)',
    effects: (p, scope) => [
      power(scope, 'safe-guard', p.account(0), isZero(p.bytes(0)) ? 'no guard any more' : undefined),
    ],
  },
  {
    signature: 'setModuleGuard(address)',
    effects: (p, scope) => [power(scope, 'safe-guard', p.account(0), 'for modules')],
  },
  {
    signature: 'setFallbackHandler(address)',
    effects: (p, scope) => [power(scope, 'safe-module', p.account(0), 'fallback handler')],
  },
  {
    // owners, threshold, to, data, fallbackHandler, paymentToken, payment, paymentReceiver
    signature: 'setup(address[],uint256,address,bytes,address,address,uint256,address)',
    effects: (p, scope) => [
      ...p.list(0).map((owner) => power(scope, 'safe-owner', owner.account(0), threshold(p.integer(1)))),
      ...(isZero(p.bytes(2)) ? [] : [power(scope, 'delegatecall', p.account(2))]),
      ...(p.integer(6) === 0n ? [] : scope.unknown('the new Safe pays for its own deployment')),
    ],
  },
]

const nested = ({ call }: Scope, to: Account, valueAtomic: bigint, data: Uint8Array): Call => ({
  to,
  valueAtomic,
  data,
  at: `${call.at}.calls[0]`,
})
