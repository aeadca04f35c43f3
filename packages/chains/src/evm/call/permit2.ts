import type { Account, Effect, Transfer } from '../../transaction/effect.ts'
import { tokenAllowance } from '../token-allowance.ts'
import type { KnownFunction, Parameters, Scope } from './scope.ts'

/** from, to, amount, token */
const transferFrom = (p: Parameters, { call }: Scope): Transfer => ({
  effect: 'transfer',
  holding: { kind: 'token', contract: p.account(3) },
  from: p.account(0),
  to: p.account(1),
  amountAtomic: p.integer(2),
  at: call.at,
})

/** Details: token, amount, expiration, nonce. Unlike EIP-2612, the expiration ends the allowance itself. */
const permitted = (details: Parameters, owner: Account, spender: Account, { call }: Scope): Effect =>
  tokenAllowance({
    owner,
    spender,
    token: details.account(0),
    amountAtomic: details.integer(1),
    untilSeconds: details.integer(2),
    at: call.at,
  })

/** Uniswap permit2: one contract that takes tokens for all who let it. */
export const PERMIT2_FUNCTIONS: readonly KnownFunction[] = [
  {
    // token, spender, amount, expiration
    signature: 'approve(address,address,uint160,uint48)',
    effects: (p, scope) => [
      tokenAllowance({
        owner: scope.from,
        token: p.account(0),
        spender: p.account(1),
        amountAtomic: p.integer(2),
        untilSeconds: p.integer(3),
        at: scope.call.at,
      }),
    ],
  },
  {
    signature: 'transferFrom(address,address,uint160,address)',
    effects: (p, scope) => [transferFrom(p, scope)],
  },
  {
    signature: 'transferFrom((address,address,uint160,address)[])',
    effects: (p, scope) => p.tuples(0).map((transfer) => transferFrom(transfer, scope)),
  },
  {
    // owner, (details, spender, deadline of the signature), signature
    signature: 'permit(address,((address,uint160,uint48,uint48),address,uint256),bytes)',
    effects: (p, scope) => {
      const single = p.tuple(1)
      return [permitted(single.tuple(0), p.account(0), single.account(1), scope)]
    },
  },
  {
    signature: 'permit(address,((address,uint160,uint48,uint48)[],address,uint256),bytes)',
    effects: (p, scope) => {
      const owner = p.account(0)
      const batch = p.tuple(1)
      const spender = batch.account(1)
      return batch.tuples(0).map((details) => permitted(details, owner, spender, scope))
    },
  },
  {
    // ((token, amount), nonce, deadline), (to, requested amount), owner, signature
    signature: 'permitTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes)',
    effects: (p, { call }) => [
      {
        effect: 'transfer',
        holding: { kind: 'token', contract: p.tuple(0).tuple(0).account(0) },
        from: p.account(2),
        to: p.tuple(1).account(0),
        amountAtomic: p.tuple(1).integer(1),
        at: call.at,
      },
    ],
  },
  {
    // Takes permissions away: (token, spender) each.
    signature: 'lockdown((address,address)[])',
    effects: (p, scope) =>
      p.tuples(0).map((pair) =>
        tokenAllowance({
          owner: scope.from,
          token: pair.account(0),
          spender: pair.account(1),
          amountAtomic: 0n,
          at: scope.call.at,
        }),
      ),
  },
]
