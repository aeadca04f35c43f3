import type { Objection } from '@callback-quorum/checker-kit'
import type { ListedMatch } from '../list/address-index.ts'
import { findingEvidence, voidOverrides } from './listed-address-evidence.ts'
import { publicText } from './public-text.ts'
import type { SubjectFinding } from './subject-finding.ts'

/** Why we blocked it is not for the platform: the text names the block, the evidence the reason. */
export function blockObjections(finding: SubjectFinding): readonly Objection[] {
  const { subject, blocks } = finding
  if (blocks.length === 0) return []
  const ids = blocks.slice(0, NAMED_IN_TEXT_MAX).map(({ blockId }) => blockId.toString())
  return [
    {
      code: 'INTERNAL_BLOCK',
      text: `${subject.role} ${publicText(subject.raw)} is blocked by our own entry ${ids.join(', ')}`,
      evidence: findingEvidence(finding),
    },
  ]
}

export function matchObjections(finding: SubjectFinding): readonly Objection[] {
  const { subject, blocking, allowedBy } = finding
  if (blocking.length === 0 || allowedBy !== undefined) return []
  const parties = [...new Set(blocking.map(describeMatch))].slice(0, NAMED_IN_TEXT_MAX)
  const note = voidOverrides(finding).length > 0 ? ' (an override is void: the entries have changed)' : ''
  return [
    {
      code: 'SANCTIONS_MATCH',
      text: `${subject.role} ${publicText(subject.raw)} is listed: ${parties.join('; ')}${note}`,
      evidence: findingEvidence(finding),
    },
  ]
}

/** The answer's text is bounded; everything stands in the evidence. */
const NAMED_IN_TEXT_MAX = 3

function describeMatch({ row, source, strength, versionSha }: ListedMatch): string {
  const party = `${publicText(row.partyName)} (party ${publicText(row.partyId)}, ${publicText(row.programs.join(' '))})`
  const held =
    row.removedBy === undefined ? '' : `, removed by ${row.removedBy.slice(0, 12)}, which nobody acknowledged yet`
  return `${party}, ${strength} on ${source} ${versionSha.slice(0, 12)}${held}`
}
