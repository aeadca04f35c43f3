import type { Effect } from '@callback-quorum/chains'
import type { Objection, Question } from '@callback-quorum/checker-kit'
import type { Policy } from '../policy.ts'
import { seenOf } from '../seen.ts'

type Power = Extract<Effect, { effect: 'power' }>

/** Control over contracts, accounts and keys changes hands only where the configuration names exactly this change. */
export function noPower(question: Question, policy: Policy): readonly Objection[] {
  const seen = seenOf(question, policy)
  if (seen === undefined) return []
  const { chain } = seen
  return seen.effects.flatMap((effect): readonly Objection[] => {
    if (effect.effect === 'stake' && !policy.isStakingAllowed)
      return [{ code: 'STAKE_REFUSED', text: `${effect.action} at ${effect.at}: staking is not allowed here` }]
    if (effect.effect === 'deploy')
      return [{ code: 'DEPLOYMENT_REFUSED', text: `a contract of ${String(effect.codeBytes)} bytes is deployed` }]
    if (effect.effect !== 'power') return []
    const { power, subject, grantee } = effect
    if (policy.isPowerAllowed(chain, power, subject?.key, grantee?.key)) return []
    return [{ code: `POWER_${power.toUpperCase().replaceAll('-', '_')}`, text: describePower(effect) }]
  })
}

function describePower({ power, subject, grantee, detail, at }: Power): string {
  const over = subject === undefined ? 'the signing account' : subject.text
  const to = grantee === undefined ? '' : ` to ${grantee.text}`
  return `${power} of ${over}${to} at ${at}${detail === undefined ? '' : ` (${detail})`} is not allowed here`
}
