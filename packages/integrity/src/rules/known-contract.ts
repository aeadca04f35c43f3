import type { Chain, Effect } from '@callback-quorum/chains'
import type { Objection, Question } from '@callback-quorum/checker-kit'
import type { Policy } from '../policy.ts'
import { seenOf } from '../seen.ts'

/** What is not understood is done only by contracts and selectors that the operator let through, and allowances go to named spenders. */
export function knownContract(question: Question, policy: Policy): readonly Objection[] {
  const seen = seenOf(question, policy)
  if (seen === undefined) return []
  const { chain, isOwn } = seen
  // What an allow-listed message as a whole means is for known-message to say.
  const effects = seen.effects.filter(({ effect, at }) => !(effect === 'unknown' && at === 'message'))
  return effects.flatMap((effect): readonly Objection[] => {
    switch (effect.effect) {
      case 'unknown':
        return undecoded(effect, chain, policy)
      case 'allowance':
        return isOwn(effect.spender.key) ? [] : allowance(effect, chain, policy)
      case 'wrap':
      case 'unwrap':
        if (policy.contract(chain, effect.contract.key)?.wrapsCoin === true) return []
        return [
          {
            code: 'WRAP_CONTRACT_UNKNOWN',
            text: `${effect.contract.text} is not named as a contract that wraps coins`,
          },
        ]
      case 'transfer':
      case 'power':
      case 'stake':
      case 'create-account':
      case 'burn':
      case 'deploy':
      case 'memo':
      case 'nonce':
        return []
      default:
        return effect satisfies never
    }
  })
}

function undecoded(
  { target, selector, detail, at }: Extract<Effect, { effect: 'unknown' }>,
  chain: Chain,
  policy: Policy,
): readonly Objection[] {
  const allowed = (target && policy.contract(chain, target.key)?.undecoded) ?? []
  if (allowed.includes('*') || (selector !== undefined && allowed.includes(`0x${selector}`))) return []
  const code = chain.family === 'solana' ? 'PROGRAM_UNKNOWN' : 'CALLDATA_UNDECODED'
  return [{ code, text: `${target?.text ?? 'the transaction'} at ${at}: ${detail}` }]
}

function allowance(
  { spender, amountAtomic, isUnlimited, mode, at }: Extract<Effect, { effect: 'allowance' }>,
  chain: Chain,
  policy: Policy,
): readonly Objection[] {
  // Takes a permission away.
  if (amountAtomic === 0n && mode === 'set' && !isUnlimited) return []
  const may = policy.contract(chain, spender.key)?.allowance ?? 'none'
  if (isUnlimited && may !== 'unlimited')
    return [{ code: 'ALLOWANCE_UNLIMITED', text: `an allowance without end for ${spender.text} at ${at}` }]
  if (may === 'none') return [{ code: 'ALLOWANCE_SPENDER_UNKNOWN', text: `an allowance for ${spender.text} at ${at}` }]
  return []
}
