import type { Account, Effect } from '../../transaction/effect.ts'
import type { KnownFunction, Scope } from './scope.ts'

const UINT256_MAX = 2n ** 256n - 1n
/** Permit2 counts in 160 bits and reads the largest as "without end" (Uniswap permit2, AllowanceTransfer). */
const UINT160_MAX = 2n ** 160n - 1n

const token = ({ call }: Scope) => ({ kind: 'token', contract: call.to }) as const

const transfer = (scope: Scope, from: Account | undefined, to: Account, amountAtomic: bigint): Effect => ({
  effect: 'transfer',
  holding: token(scope),
  ...(from !== undefined && { from }),
  to,
  amountAtomic,
  at: scope.call.at,
})

interface Allowed {
  readonly owner: Account | undefined
  readonly spender: Account
  readonly amountAtomic: bigint
  readonly mode?: 'set' | 'increase'
  readonly untilSeconds?: bigint
}

const allowance = (scope: Scope, { owner, spender, amountAtomic, mode = 'set', untilSeconds }: Allowed): Effect => ({
  effect: 'allowance',
  holding: token(scope),
  ...(owner !== undefined && { owner }),
  spender,
  mode,
  amountAtomic,
  isUnlimited: amountAtomic === UINT256_MAX,
  ...(untilSeconds !== undefined && { untilSeconds }),
  at: scope.call.at,
})

/**
 * ERC-20, its common extensions, EIP-2612, wrapped coins and Permit2. ERC-721 shares transferFrom and approve: there, the amount is the
 * number of an item; which it is, the registry knows by the contract.
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
    // Takes away; how much is left is not in the bytes, and it is never more than before.
    signature: 'decreaseAllowance(address,uint256)',
    effects: (p, scope) => [allowance(scope, { owner: scope.from, spender: p.account(0), amountAtomic: 0n })],
  },
  {
    // EIP-2612
    signature: 'permit(address,address,uint256,uint256,uint8,bytes32,bytes32)',
    effects: (p, scope) => [
      allowance(scope, {
        owner: p.account(0),
        spender: p.account(1),
        amountAtomic: p.integer(2),
        untilSeconds: p.integer(3),
      }),
    ],
  },
  {
    // DAI: holder, spender, nonce, expiry, allowed
    signature: 'permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)',
    effects: (p, scope) => [
      allowance(scope, {
        owner: p.account(0),
        spender: p.account(1),
        amountAtomic: p.flag(4) ? UINT256_MAX : 0n,
        ...(p.integer(3) > 0n && { untilSeconds: p.integer(3) }),
      }),
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
  {
    // WETH9: the coins that go along are the amount.
    signature: 'deposit()',
    isPayable: true,
    effects: (_, { call }) => [{ effect: 'wrap', contract: call.to, amountAtomic: call.valueAtomic, at: call.at }],
  },
  {
    signature: 'withdraw(uint256)',
    effects: (p, { call }) => [{ effect: 'unwrap', contract: call.to, amountAtomic: p.integer(0), at: call.at }],
  },
  {
    // Permit2: token, spender, amount, expiration
    signature: 'approve(address,address,uint160,uint48)',
    effects: (p, scope) => [
      {
        effect: 'allowance',
        holding: { kind: 'token', contract: p.account(0) },
        ...(scope.from !== undefined && { owner: scope.from }),
        spender: p.account(1),
        mode: 'set',
        amountAtomic: p.integer(2),
        isUnlimited: p.integer(2) === UINT160_MAX,
        untilSeconds: p.integer(3),
        at: scope.call.at,
      },
    ],
  },
  {
    // Permit2: from, to, amount, token
    signature: 'transferFrom(address,address,uint160,address)',
    effects: (p, scope) => [
      {
        effect: 'transfer',
        holding: { kind: 'token', contract: p.account(3) },
        from: p.account(0),
        to: p.account(1),
        amountAtomic: p.integer(2),
        at: scope.call.at,
      },
    ],
  },
]
