import type { Account, Effect, PowerName } from '../../transaction/effect.ts'
import { delegateCall } from './delegate-call.ts'
import type { KnownFunction, Parameters, Scope } from './scope.ts'

const power = (scope: Scope, name: PowerName, grantee?: Account, detail?: string): Effect => ({
  effect: 'power',
  power: name,
  subject: scope.call.to,
  ...(grantee !== undefined && { grantee }),
  ...(detail !== undefined && { detail }),
  at: scope.call.at,
})

const isZero = (address: Uint8Array): boolean => address.every((byte) => byte === 0)

/** Owners come and go together with a threshold, and whether it is the one of before is not in the bytes. */
const threshold = (scope: Scope, figure: bigint): Effect =>
  power(scope, 'safe-threshold', undefined, `threshold ${figure.toString()}`)

/** Who controls a Safe{Wallet} account (safe-smart-account 1.3, 1.4, 1.5). An owner or module that goes is named as well. */
export const SAFE_SETTINGS_FUNCTIONS: readonly KnownFunction[] = [
  {
    signature: 'addOwnerWithThreshold(address,uint256)',
    effects: (p, scope) => [power(scope, 'safe-owner', p.account(0), 'added'), threshold(scope, p.integer(1))],
  },
  {
    signature: 'removeOwner(address,address,uint256)',
    effects: (p, scope) => [power(scope, 'safe-owner', p.account(1), 'removed'), threshold(scope, p.integer(2))],
  },
  {
    signature: 'swapOwner(address,address,address)',
    effects: (p, scope) => [power(scope, 'safe-owner', p.account(2), `in place of ${p.account(1).text}`)],
  },
  {
    signature: 'changeThreshold(uint256)',
    effects: (p, scope) => [threshold(scope, p.integer(0))],
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
    effects: setup,
  },
]

/** A new Safe: its owners, and code that may run as it right away or later. */
function setup(p: Parameters, scope: Scope): readonly Effect[] {
  const { to, at } = scope.call
  const library = { to: p.account(2), valueAtomic: 0n, data: p.bytes(3), at: `${at}.calls[0]` }
  return [
    ...p.list(0).map((owner) => power(scope, 'safe-owner', owner.account(0), 'added')),
    threshold(scope, p.integer(1)),
    ...(isZero(p.bytes(2)) ? [] : delegateCall(library, to, scope)),
    ...(isZero(p.bytes(4)) ? [] : [power(scope, 'safe-module', p.account(4), 'fallback handler')]),
    ...(p.integer(6) === 0n ? [] : scope.unknown('the new Safe pays for its own deployment')),
  ]
}
