import { bytesToHex } from '@noble/hashes/utils.js'
import type { Account, Effect, PowerName } from '../../transaction/effect.ts'
import type { KnownFunction, Parameters, Scope } from './scope.ts'

const power = (scope: Scope, name: PowerName, grantee?: Account, detail?: string, subject?: Account): Effect => ({
  effect: 'power',
  power: name,
  subject: subject ?? scope.call.to,
  ...(grantee !== undefined && { grantee }),
  ...(detail !== undefined && { detail }),
  at: scope.call.at,
})

/** Functions that hand a contract to the account in their first parameter. */
const handsOver = (signature: string, name: PowerName): KnownFunction => ({
  signature,
  effects: (p, scope) => [power(scope, name, p.account(0))],
})

const nobody = (signature: string, name: PowerName, detail: string): KnownFunction => ({
  signature,
  effects: (_, scope) => [power(scope, name, undefined, detail)],
})

const role = (signature: string, detail: string): KnownFunction => ({
  signature,
  effects: (p, scope) => [power(scope, 'role', p.account(1), `${detail} 0x${bytesToHex(p.bytes(0))}`)],
})

/** The new code is called at once with data of its own, as the proxy: what that does depends on code that is not here. */
const withInitialCall = (p: Parameters, index: number, scope: Scope): readonly Effect[] =>
  p.bytes(index).length === 0 ? [] : scope.unknown('the new implementation is called with data of its own')

/** Who may upgrade, own or administer a contract: OpenZeppelin's Ownable, AccessControl and proxies, and what others call the same. */
export const CONTROL_FUNCTIONS: readonly KnownFunction[] = [
  handsOver('upgradeTo(address)', 'upgrade'),
  {
    signature: 'upgradeToAndCall(address,bytes)',
    isPayable: true,
    effects: (p, scope) => [power(scope, 'upgrade', p.account(0)), ...withInitialCall(p, 1, scope)],
  },
  {
    // ProxyAdmin: proxy, implementation
    signature: 'upgrade(address,address)',
    effects: (p, scope) => [power(scope, 'upgrade', p.account(1), undefined, p.account(0))],
  },
  {
    signature: 'upgradeAndCall(address,address,bytes)',
    isPayable: true,
    effects: (p, scope) => [
      power(scope, 'upgrade', p.account(1), undefined, p.account(0)),
      ...withInitialCall(p, 2, scope),
    ],
  },
  handsOver('changeAdmin(address)', 'upgrade'),
  {
    signature: 'changeProxyAdmin(address,address)',
    effects: (p, scope) => [power(scope, 'upgrade', p.account(1), 'proxy admin', p.account(0))],
  },
  handsOver('setImplementation(address)', 'upgrade'),
  handsOver('setBeacon(address)', 'upgrade'),
  handsOver('transferOwnership(address)', 'ownership'),
  nobody('renounceOwnership()', 'ownership', 'renounced'),
  nobody('acceptOwnership()', 'ownership', 'accepted by the caller'),
  handsOver('setOwner(address)', 'ownership'),
  handsOver('setAdmin(address)', 'ownership'),
  handsOver('setPendingAdmin(address)', 'ownership'),
  nobody('acceptAdmin()', 'ownership', 'accepted by the caller'),
  role('grantRole(bytes32,address)', 'grants'),
  role('revokeRole(bytes32,address)', 'revokes'),
  role('renounceRole(bytes32,address)', 'renounces'),
]
