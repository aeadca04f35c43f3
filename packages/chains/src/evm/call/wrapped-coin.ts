import type { KnownFunction } from './scope.ts'

/** WETH9 and what other chains call theirs. Many contracts have functions of these names: which of them wrap, an allow-list says. */
export const WRAPPED_COIN_FUNCTIONS: readonly KnownFunction[] = [
  {
    // The coins that go along are the amount.
    signature: 'deposit()',
    isPayable: true,
    effects: (_, { call }) => [{ effect: 'wrap', contract: call.to, amountAtomic: call.valueAtomic, at: call.at }],
  },
  {
    signature: 'withdraw(uint256)',
    effects: (p, { call }) => [{ effect: 'unwrap', contract: call.to, amountAtomic: p.integer(0), at: call.at }],
  },
]
