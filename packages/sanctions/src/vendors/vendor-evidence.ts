import type { Evidence } from '@callback-quorum/checker-kit'
import { publicText } from '../rules/public-text.ts'
import type { VendorResult, VendorRound } from './ask-vendors.ts'
import type { Finding } from './vendor.ts'

/** Raw answers of one decision, together: a record is read by people, and a multisend has many addresses. */
const RAW_TOTAL_MAX = 64 * 1024
/** Longer texts are never addresses. */
const ADDRESS_LENGTH_MAX = 256
/** An exchange's address touches everything; what rejects comes first. */
const FINDINGS_MAX = 32

/** What each vendor was asked and said, for the record. */
export function vendorEvidence(rounds: readonly VendorRound[]): Evidence {
  const answers = rounds.flatMap(({ results }) => results).filter(({ answer }) => answer !== undefined).length
  const rawMax = Math.floor(RAW_TOTAL_MAX / Math.max(1, answers))
  return {
    vendors: rounds.map(({ vendor: { name, config }, results }) => ({
      vendor: name,
      kind: config.kind,
      required: config.required,
      answers: results.map((result) => resultEvidence(result, rawMax)),
    })),
  }
}

export function resultEvidence({ subject, screening, answer }: VendorResult, rawMax: number): Evidence {
  const isAnswer = screening.status === 'ok' || screening.status === 'unknown'
  return {
    address: subject.raw.slice(0, ADDRESS_LENGTH_MAX),
    roles: [...new Set(subject.roles)],
    key: subject.address?.key ?? null,
    status: screening.status,
    ...((screening.status === 'unknown' || screening.status === 'error') && { why: screening.why }),
    ...(isAnswer && screening.reference !== undefined && { reference: publicText(screening.reference) }),
    ...(screening.status === 'ok' && findingsEvidence(screening.findings)),
    ...(answer !== undefined && {
      answered_at: new Date(answer.answeredAtMs).toISOString(),
      cached: answer.isCached,
      raw: answer.raw.slice(0, rawMax),
    }),
  }
}

function findingsEvidence(findings: readonly Finding[]): Evidence {
  const ordered = [
    ...findings.filter(({ effect }) => effect === 'reject'),
    ...findings.filter(({ effect }) => effect === 'report'),
  ]
  return {
    findings: ordered.slice(0, FINDINGS_MAX).map(({ category, level, relation, effect }) => ({
      category: publicText(category),
      level: publicText(level),
      ...(relation !== undefined && { relation: publicText(relation) }),
      effect,
    })),
    ...(ordered.length > FINDINGS_MAX && { findings_left_out: ordered.length - FINDINGS_MAX }),
  }
}
