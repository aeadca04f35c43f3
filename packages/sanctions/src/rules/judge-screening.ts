import type { Evidence, Judgement, Objection, Question } from '@callback-quorum/checker-kit'
import type { AllowOverride, DeskEntries } from '../desk/desk-entries.ts'
import type { ListStanding } from '../list/list-reader.ts'
import { addressObjections } from './address-objections.ts'
import { contentObjections } from './content-objections.ts'
import {
  blockEvidence,
  findingEvidence,
  listEvidence,
  overrideEvidence,
  policyEvidence,
  voidOverrides,
} from './listed-address-evidence.ts'
import { blockObjections, matchObjections } from './match-objections.ts'
import type { ScreenedSubject } from './screen-subjects.ts'
import type { ScreeningPolicy } from './screening-policy.ts'
import { subjectFinding } from './subject-finding.ts'

/** Everything that decides: the same inputs always give the same judgement. */
export interface ScreeningInputs {
  readonly question: Question
  readonly subjects: readonly ScreenedSubject[]
  /** The lists have more Solana owners than their token accounts could be derived for: such a payment is not approved. */
  readonly hasUnderivedOwners: boolean
  /** Every list as it stood when the subjects were looked up in it. */
  readonly standings: readonly ListStanding[]
  readonly desk: DeskEntries
  readonly policy: ScreeningPolicy
  readonly now: Date
}

export interface Screening {
  readonly judgement: Judgement
  /** Without these it would be rejected; whoever approves records that they were used. */
  readonly used: readonly AllowOverride[]
  /** A list changed under them: somebody has to look. */
  readonly voided: readonly AllowOverride[]
}

/**
 * Our own blocks come before the lists, and no override lifts one; a match that an override allows is no objection. Without an objection,
 * a list that is stale or missing makes it `unable`, whatever people allowed. Approves only when every list is there and fresh.
 */
export function judgeScreening(inputs: ScreeningInputs): Screening {
  const { question, subjects, standings, desk, policy, now } = inputs
  if (standings.length === 0) throw new Error('invariant: screening needs at least one list')
  const findings = subjects.map((subject) => subjectFinding(subject, inputs))
  const [first, ...others]: Objection[] = [
    ...findings.flatMap(blockObjections),
    ...findings.flatMap(matchObjections),
    ...addressObjections(question, subjects, policy),
    ...contentObjections(question, subjects),
  ]
  const evidence: Evidence = {
    screened: findings.map(findingEvidence),
    lists: standings.map(listEvidence),
    blocks: desk.blocks.map(blockEvidence),
    overrides: desk.overrides.map(overrideEvidence),
    policy: policyEvidence(policy),
    at: now.toISOString(),
  }
  const found = {
    used: distinct(findings.flatMap(({ allowedBy }) => allowedBy ?? [])),
    voided: distinct(findings.flatMap(voidOverrides)),
  }
  if (first !== undefined)
    return { ...found, judgement: { outcome: 'reject', objections: [first, ...others], evidence } }
  const gap = standings.find(({ state }) => state !== 'fresh')
  if (gap !== undefined) return { ...found, judgement: { outcome: 'unable', ...gapOf(gap), evidence } }
  if (inputs.hasUnderivedOwners) return { ...found, judgement: { outcome: 'unable', ...UNDERIVED, evidence } }
  return { ...found, judgement: { outcome: 'approve', evidence } }
}

const UNDERIVED = {
  code: 'TOKEN_OWNERS_UNDERIVED',
  text: 'the lists have too many Solana owners to tell which token accounts are theirs',
} as const

function gapOf(standing: ListStanding): { readonly code: string; readonly text: string } {
  switch (standing.state) {
    case 'fresh':
      throw new Error('invariant: a fresh list is no gap')
    case 'stale':
      return { code: 'LIST_STALE', text: standing.why }
    case 'behind':
      return { code: 'LIST_BEHIND', text: standing.why }
    case 'absent':
      return { code: 'LIST_UNAVAILABLE', text: standing.why }
    default:
      return standing satisfies never
  }
}

const distinct = (overrides: readonly AllowOverride[]): readonly AllowOverride[] => [...new Set(overrides)]
