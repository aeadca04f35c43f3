import type { Account, Effect } from '../../transaction/effect.ts'
import type { KnownFunction, Scope } from './scope.ts'

const item = (scope: Scope, from: Account, to: Account, tokenId: bigint, amountAtomic: bigint): Effect => ({
  effect: 'transfer',
  holding: { kind: 'item', contract: scope.call.to, tokenId },
  from,
  to,
  amountAtomic,
  at: scope.call.at,
})

/** ERC-721 and ERC-1155. Data that goes along is handed to the recipient, who is named. */
export const COLLECTIBLE_FUNCTIONS: readonly KnownFunction[] = [
  {
    signature: 'safeTransferFrom(address,address,uint256)',
    effects: (p, scope) => [item(scope, p.account(0), p.account(1), p.integer(2), 1n)],
  },
  {
    signature: 'safeTransferFrom(address,address,uint256,bytes)',
    effects: (p, scope) => [item(scope, p.account(0), p.account(1), p.integer(2), 1n)],
  },
  {
    signature: 'safeTransferFrom(address,address,uint256,uint256,bytes)',
    effects: (p, scope) => [item(scope, p.account(0), p.account(1), p.integer(2), p.integer(3))],
  },
  {
    signature: 'safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)',
    effects: (p, scope) => {
      const [from, to] = [p.account(0), p.account(1)]
      const ids = p.list(2)
      const amounts = p.list(3)
      if (ids.length !== amounts.length) return scope.unknown('as many ids as amounts are expected')
      return ids.map((id, index) => item(scope, from, to, id.integer(0), amounts[index]?.integer(0) ?? 0n))
    },
  },
  {
    signature: 'setApprovalForAll(address,bool)',
    effects: (p, scope) => [
      {
        effect: 'allowance',
        holding: { kind: 'collection', contract: scope.call.to },
        ...(scope.from !== undefined && { owner: scope.from }),
        spender: p.account(0),
        mode: 'set',
        amountAtomic: p.flag(1) ? 1n : 0n,
        isUnlimited: p.flag(1),
        at: scope.call.at,
      },
    ],
  },
]
