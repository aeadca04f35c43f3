import type { Evidence, Objection, Question, Rule } from '@callback-quorum/checker-kit'
import type { ListedMatch } from '../list/address-index.ts'
import { standingOf, type ListReader, type ListStanding } from '../list/list-reader.ts'
import { contentObjections } from './content-objections.ts'
import { listEvidence, subjectEvidence } from './listed-address-evidence.ts'
import { publicText } from './public-text.ts'
import { screenSubjects, type ScreenedSubject } from './screen-subjects.ts'

export interface ListedAddressOptions {
  readonly lists: readonly ListReader[]
  /** What a match by the same key in another encoding does: `report` leaves it in the evidence only. */
  readonly sameKey: 'reject' | 'report'
  /** What mixed-case hexadecimal that is not EIP-55 does, after it was screened. */
  readonly addressChecksum: 'reject' | 'report'
}

type Policy = Omit<ListedAddressOptions, 'lists'>

/**
 * Rejects a payment that names an address on a sanctions list, in any encoding of it, and one whose addresses cannot be screened.
 * Approves only when every list is loaded and recently checked. An objection stands even on a stale list; without one, a stale
 * or missing list is `unable`. Codes and strengths: domain/sanctions 1.4.
 */
export function listedAddress({ lists, ...policy }: ListedAddressOptions): Rule {
  if (lists.length === 0) throw new Error('invariant: screening needs at least one list')
  return {
    name: 'listed-address',
    kinds: ['keysign', 'tx-approval', 'tx-signing'],
    judge: (question, { now }) => Promise.resolve(judgeQuestion(question, lists, policy, now)),
  }
}

function judgeQuestion(
  question: Question,
  lists: readonly ListReader[],
  policy: Policy,
  now: Date,
): Awaited<ReturnType<NonNullable<Rule['judge']>>> {
  // One state of every list for the whole decision: a swap in between changes nothing.
  const standings = lists.map((list) => standingOf(list, now.getTime()))
  const indexes = standings.flatMap((standing) => (standing.state === 'absent' ? [] : [standing.active.index]))
  const screened = screenSubjects(question, indexes)
  const [first, ...others] = [
    ...screened.flatMap((subject) => matchObjections(subject, policy)),
    ...addressObjections(question, screened, policy),
    ...contentObjections(question, screened),
  ]
  const evidence: Evidence = { screened: screened.map(subjectEvidence), lists: standings.map(listEvidence) }
  if (first !== undefined) return { outcome: 'reject', objections: [first, ...others], evidence }
  const gap = standings.find(({ state }) => state !== 'fresh')
  if (gap !== undefined) return { outcome: 'unable', ...gapOf(gap), evidence }
  return { outcome: 'approve', evidence }
}

const GAP_CODES = { stale: 'LIST_STALE', behind: 'LIST_BEHIND', absent: 'LIST_UNAVAILABLE' } as const

function gapOf(standing: ListStanding): { readonly code: string; readonly text: string } {
  if (standing.state === 'fresh') throw new Error('invariant: a fresh list is no gap')
  return { code: GAP_CODES[standing.state], text: standing.why }
}

function matchObjections(subject: ScreenedSubject, { sameKey }: Policy): readonly Objection[] {
  const blocking = subject.matches.filter(({ strength }) => strength !== 'L2' || sameKey === 'reject')
  const [first] = blocking
  if (first === undefined) return []
  const parties = [...new Set(blocking.map(describeMatch))]
  return [
    {
      code: 'SANCTIONS_MATCH',
      text: `${subject.role} ${publicText(subject.raw)} is listed: ${parties.slice(0, PARTIES_IN_TEXT_MAX).join('; ')}`,
      evidence: subjectEvidence(subject),
    },
  ]
}

/** The answer's text is bounded; all matches stand in the evidence. */
const PARTIES_IN_TEXT_MAX = 3

const describeMatch = ({ row, source, strength, versionSha }: ListedMatch): string =>
  `${publicText(row.partyName)} (party ${publicText(row.partyId)}, ${publicText(row.programs.join(' '))}), ${strength} on ${source} ${versionSha.slice(0, 12)}`

function addressObjections(
  { chain }: Question,
  screened: readonly ScreenedSubject[],
  { addressChecksum }: Policy,
): readonly Objection[] {
  if (chain === undefined)
    return [{ code: 'CHAIN_UNSUPPORTED', text: 'the chain of this request is not in the asset registry' }]
  if (chain.family === 'opaque')
    return [{ code: 'CHAIN_UNSUPPORTED', text: `addresses of ${publicText(chain.id)} cannot be read` }]
  return screened.flatMap(({ role, raw, address }): readonly Objection[] => {
    const what = `${role} ${publicText(raw)}`
    if (address === undefined)
      return [{ code: 'ADDRESS_INVALID', text: `${what} is no address of ${publicText(chain.id)}` }]
    if (addressChecksum === 'reject' && address.warnings.includes('ADDRESS_CHECKSUM'))
      return [{ code: 'ADDRESS_CHECKSUM', text: `${what} has a wrong checksum (EIP-55)` }]
    return []
  })
}
