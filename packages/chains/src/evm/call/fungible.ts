import type { Account, Effect } from '../../transaction/effect.ts'
import { tokenAllowance, type Allowed } from '../token-allowance.ts'
import type { KnownFunction, Scope } from './scope.ts'

const UINT256_MAX = 2n ** 256n - 1n

const token = ({ call }: Scope) => ({ kind: 'token', contract: call.to }) as const

const transfer = (scope: Scope, from: Account | undefined, to: Account, amountAtomic: bigint): Effect => ({
  effect: 'transfer',
  holding: token(scope),
  ...(from !== undefined && { from }),
  to,
  amountAtomic,
  at: scope.call.at,
})

const allowance = ({ call }: Scope, allowed: Omit<Allowed, 'token' | 'at'>): Effect =>
  tokenAllowance({ ...allowed, token: call.to, at: call.at })

/**
 * ERC-20, its common extensions and EIP-2612. ERC-721 shares transferFrom, approve and burn: there, the amount is the number of an item;
 * which it is, the registry knows by the contract.
 */
export const FUNGIBLE_FUNCTIONS: readonly KnownFunction[] = [
  {
    signature: 'transfer(address,uint256)',
    effects: (p, scope) => [transfer(scope, scope.from, p.account(0), p.integer(1))],
  },
  {
    signature: 'transferFrom(address,address,uint256)',
    effects: (p, scope) => [transfer(scope, p.account(0), p.account(1), p.integer(2))],
  },
  {
    signature: 'approve(address,uint256)',
    effects: (p, scope) => [allowance(scope, { owner: scope.from, spender: p.account(0), amountAtomic: p.integer(1) })],
  },
  {
    signature: 'increaseAllowance(address,uint256)',
    effects: (p, scope) => [
      allowance(scope, { owner: scope.from, spender: p.account(0), amountAtomic: p.integer(1), mode: 'increase' }),
    ],
  },
  {
    // Takes away, and how much is left is not in the bytes: what they say is that it is nothing more than before.
    signature: 'decreaseAllowance(address,uint256)',
    effects: (p, scope) => [
      allowance(scope, { owner: scope.from, spender: p.account(0), amountAtomic: 0n, mode: 'increase' }),
    ],
  },
  {
    // EIP-2612. The deadline ends the signature, not the allowance.
    signature: 'permit(address,address,uint256,uint256,uint8,bytes32,bytes32)',
    effects: (p, scope) => [
      allowance(scope, { owner: p.account(0), spender: p.account(1), amountAtomic: p.integer(2) }),
    ],
  },
  {
    // DAI: holder, spender, nonce, expiry (of the signature), allowed, and the signature
    signature: 'permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)',
    effects: (p, scope) => [
      allowance(scope, { owner: p.account(0), spender: p.account(1), amountAtomic: p.flag(4) ? UINT256_MAX : 0n }),
    ],
  },
  {
    signature: 'burn(uint256)',
    effects: (p, scope) => [
      {
        effect: 'burn',
        holding: token(scope),
        ...(scope.from !== undefined && { from: scope.from }),
        amountAtomic: p.integer(0),
        at: scope.call.at,
      },
    ],
  },
  {
    signature: 'burnFrom(address,uint256)',
    effects: (p, scope) => [
      { effect: 'burn', holding: token(scope), from: p.account(0), amountAtomic: p.integer(1), at: scope.call.at },
    ],
  },
]
