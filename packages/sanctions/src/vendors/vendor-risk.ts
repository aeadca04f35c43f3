import type { AddressBook, JudgeContext, Judgement, Objection, Question, Rule } from '@callback-quorum/checker-kit'
import { publicText } from '../rules/public-text.ts'
import { SCREENED_KINDS } from '../rules/screened-kinds.ts'
import { askVendors, type VendorResult, type VendorRound } from './ask-vendors.ts'
import type { GuardedVendor } from './guarded-vendor.ts'
import type { Finding } from './vendor.ts'
import { resultEvidence, vendorEvidence } from './vendor-evidence.ts'
import { vendorSubjects } from './vendor-subjects.ts'

export interface VendorRiskOptions {
  readonly vendors: readonly GuardedVendor[]
  readonly addresses: Pick<AddressBook, 'ownerOf'>
}

/** What the judgement itself needs after the last answer, within the rule's time. */
const JUDGING_MS = 500
/** The answer's text is bounded; all findings stand in the evidence. */
const FINDINGS_IN_TEXT_MAX = 3
/** The raw answer stands in the rule's evidence already. */
const NO_RAW = 0

/**
 * Rejects what a vendor's answer, held against the configured thresholds, calls risky. Approves only when every required vendor judged
 * every address that concerns it; a vendor makes nothing clean that another rule objects to. Without a judgement: `unable`
 * VENDOR_UNKNOWN or VENDOR_UNAVAILABLE, or that as an objection when `on_unknown`, `on_error` or `give_up_after` say so.
 */
export function vendorRisk({ vendors, addresses }: VendorRiskOptions): Rule {
  if (vendors.length === 0) throw new Error('invariant: a rule about vendors needs at least one')
  return {
    name: 'vendor-risk',
    kinds: SCREENED_KINDS,
    judge: async (question, context) => {
      const rounds = await askInTime(question, context, { vendors, addresses })
      return judgeRounds(rounds, context)
    },
  }
}

function askInTime(
  question: Question,
  { signal, leftMs }: JudgeContext,
  { vendors, addresses }: VendorRiskOptions,
): Promise<readonly VendorRound[]> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(Math.max(0, leftMs - JUDGING_MS))])
  return askVendors(vendors, vendorSubjects(question, addresses), deadline)
}

interface Gap {
  readonly code: 'VENDOR_UNKNOWN' | 'VENDOR_UNAVAILABLE'
  readonly text: string
  readonly isFinal: boolean
}

function judgeRounds(rounds: readonly VendorRound[], context: JudgeContext): Judgement {
  const gaps = rounds.flatMap((round) => gapsOf(round, context))
  const [first, ...others] = [
    ...rounds.flatMap(riskObjections),
    ...gaps.filter(({ isFinal }) => isFinal).map(({ code, text }): Objection => ({ code, text })),
  ]
  const evidence = vendorEvidence(rounds)
  if (first !== undefined) return { outcome: 'reject', objections: [first, ...others], evidence }
  const [gap] = gaps
  if (gap !== undefined) return { outcome: 'unable', code: gap.code, text: gap.text, evidence }
  return { outcome: 'approve', evidence }
}

function riskObjections({ vendor, results }: VendorRound): readonly Objection[] {
  return results.flatMap((result): readonly Objection[] => {
    const { screening } = result
    const risky = screening.status === 'ok' ? screening.findings.filter(({ effect }) => effect === 'reject') : []
    if (risky.length === 0) return []
    return [
      {
        code: 'VENDOR_RISK',
        text: `${what(vendor, result)} is a risk: ${risky.slice(0, FINDINGS_IN_TEXT_MAX).map(findingText).join('; ')}`,
        evidence: { vendor: vendor.name, ...resultEvidence(result, NO_RAW) },
      },
    ]
  })
}

const findingText = ({ category, level, relation }: Finding): string =>
  `${publicText(category)} (${[level, ...(relation === undefined ? [] : [relation])].map(publicText).join(', ')})`

const what = ({ name }: GuardedVendor, { subject }: VendorResult): string =>
  `to ${name} the ${subject.roles[0] ?? 'address'} ${publicText(subject.raw)}`

/** What a required vendor does not know; each code of a vendor once, by its first address. */
function gapsOf({ vendor, results }: VendorRound, { now, firstAskedAt }: JudgeContext): readonly Gap[] {
  const { config } = vendor
  if (!config.required) return []
  const isGivenUp = now.getTime() - firstAskedAt.getTime() >= config.give_up_after
  const gaps = results.flatMap((result): readonly Gap[] => {
    const { screening } = result
    switch (screening.status) {
      case 'ok':
      case 'skipped':
        return []
      case 'unknown':
        return [
          {
            code: 'VENDOR_UNKNOWN',
            text: `${what(vendor, result)} is not known: ${screening.why}`,
            isFinal: isGivenUp || config.on_unknown === 'reject',
          },
        ]
      case 'error':
        return [
          {
            code: 'VENDOR_UNAVAILABLE',
            text: `${vendor.name} gave no judgement: ${screening.why}`,
            isFinal: isGivenUp || config.on_error === 'reject',
          },
        ]
      default:
        throw new Error(`invariant: unknown screening ${JSON.stringify(screening satisfies never)}`)
    }
  })
  return gaps.filter(({ code }, position) => gaps.findIndex((gap) => gap.code === code) === position)
}
