import type { Account, Asset, AssetRegistry, Chain, Effect, Holding } from '@callback-quorum/chains'
import type { Binding, Outflow } from './binding.ts'

/** Everything by which value leaves or may be taken. Fees are apart: they are in the decoded transaction. */
export function outflowsOf(
  effects: readonly Effect[],
  chain: Chain,
  assets: AssetRegistry,
  isOwn: Binding['isOwn'],
): readonly Outflow[] {
  return effects.flatMap((effect): Outflow[] => {
    const outflow = (
      kind: Outflow['effect'],
      holding: Holding,
      to: Account | undefined,
      amountAtomic: bigint,
      isUnlimited = false,
    ): Outflow[] => {
      const asset = assetOf(holding, chain, assets)
      return [
        {
          effect: kind,
          ...(asset !== undefined && { asset }),
          holding,
          ...(to !== undefined && { to }),
          amountAtomic,
          isUnlimited,
          own: to !== undefined && isOwn(to.key),
          at: effect.at,
        },
      ]
    }
    switch (effect.effect) {
      case 'transfer':
        return outflow('transfer', effect.holding, effect.owner ?? effect.to, effect.amountAtomic)
      case 'allowance':
        return outflow('allowance', effect.holding, effect.spender, effect.amountAtomic, effect.isUnlimited)
      case 'burn':
        return outflow('burn', effect.holding, undefined, effect.amountAtomic)
      case 'deploy':
        return outflow('deploy', { kind: 'coin' }, undefined, effect.valueAtomic)
      case 'create-account':
        if (effect.amountAtomic === undefined) return []
        return outflow('create-account', { kind: 'coin' }, effect.account, effect.amountAtomic)
      case 'power':
      case 'wrap':
      case 'unwrap':
      case 'stake':
      case 'memo':
      case 'nonce':
      case 'unknown':
        return []
      default:
        return effect satisfies never
    }
  })
}

function assetOf(holding: Holding, chain: Chain, assets: AssetRegistry): Asset | undefined {
  if (holding.kind === 'coin') return assets.onChain(chain, undefined)
  return holding.kind === 'token' ? assets.onChain(chain, holding.contract.key) : undefined
}
