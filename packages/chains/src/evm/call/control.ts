import { bytesToHex } from '@noble/hashes/utils.js'
import type { Account, Effect, PowerName } from '../../transaction/effect.ts'
import type { KnownFunction, Scope } from './scope.ts'

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

const role = (signature: string, detail: string): KnownFunction => ({
  signature,
  effects: (p, scope) => [power(scope, 'role', p.account(1), `${detail} 0x${bytesToHex(p.bytes(0))}`)],
})

/** What the caller takes that was offered before. */
const taken = (signature: string): KnownFunction => ({
  signature,
  effects: (_, scope) => [power(scope, 'ownership', scope.from, 'accepted by the caller')],
})

/** The new code runs at once, as the proxy, with data of its own: ERC-1967 `upgradeToAndCall`. Without data, it waits for a call. */
function upgradeAndCall(proxy: Account, implementation: Account, data: Uint8Array, scope: Scope): readonly Effect[] {
  const at = `${scope.call.at}.calls[0]`
  return [
    power(scope, 'upgrade', implementation, undefined, proxy),
    ...(data.length === 0
      ? []
      : scope.inside({ to: implementation, valueAtomic: 0n, data, at, isDelegated: true }, proxy)),
  ]
}

/** Who may upgrade, own or administer a contract: OpenZeppelin's Ownable, AccessControl and proxies, and what others call the same. */
export const CONTROL_FUNCTIONS: readonly KnownFunction[] = [
  handsOver('upgradeTo(address)', 'upgrade'),
  {
    signature: 'upgradeToAndCall(address,bytes)',
    isPayable: true,
    effects: (p, scope) => upgradeAndCall(scope.call.to, p.account(0), p.bytes(1), scope),
  },
  {
    // ProxyAdmin: proxy, implementation
    signature: 'upgrade(address,address)',
    effects: (p, scope) => [power(scope, 'upgrade', p.account(1), undefined, p.account(0))],
  },
  {
    signature: 'upgradeAndCall(address,address,bytes)',
    isPayable: true,
    effects: (p, scope) => upgradeAndCall(p.account(0), p.account(1), p.bytes(2), scope),
  },
  handsOver('changeAdmin(address)', 'upgrade'),
  {
    signature: 'changeProxyAdmin(address,address)',
    effects: (p, scope) => [power(scope, 'upgrade', p.account(1), 'proxy admin', p.account(0))],
  },
  handsOver('setImplementation(address)', 'upgrade'),
  handsOver('setBeacon(address)', 'upgrade'),
  // Safe before 1.2: its implementation
  handsOver('changeMasterCopy(address)', 'upgrade'),
  handsOver('transferOwnership(address)', 'ownership'),
  { signature: 'renounceOwnership()', effects: (_, scope) => [power(scope, 'ownership', undefined, 'renounced')] },
  taken('acceptOwnership()'),
  handsOver('setOwner(address)', 'ownership'),
  handsOver('setAdmin(address)', 'ownership'),
  handsOver('setPendingAdmin(address)', 'ownership'),
  taken('acceptAdmin()'),
  role('grantRole(bytes32,address)', 'grants'),
  role('revokeRole(bytes32,address)', 'revokes'),
  role('renounceRole(bytes32,address)', 'renounces'),
]
