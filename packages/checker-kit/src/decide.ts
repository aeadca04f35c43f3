import type { Kind, Verdict } from '@callback-quorum/protocol'
import {
  isFireblocks,
  type Answer,
  type Clock,
  type Database,
  type Logger,
  type VerifiedCallback,
} from '@callback-quorum/service'
import { whatIsSigned, type Seeing } from './bind/what-is-signed.ts'
import { rulingOf, type ChangeRuling, type ConfigChanges } from './config-change.ts'
import { describe, type AskedRequest } from './describe/describe.ts'
import { isSigning } from './is-signing.ts'
import { foldJudgements, judge, judgeInTime, type AskRule, type JointJudgement } from './judge.ts'
import { OUTCOME_LABEL, type CheckerMetrics } from './metrics.ts'
import type { Question } from './question.ts'
import type { Evidence, Judgement, Objection, Rule } from './rule.ts'
import { openBusiness, type Asking } from './business-ledger.ts'
import {
  recordVerdict,
  recordWithoutClaim,
  type ClaimingVerdict,
  type RecordedVerdict,
  type VerdictSource,
} from './verdict-ledger.ts'

export interface Judging extends Seeing {
  readonly name: string
  readonly rules: readonly Rule[]
  readonly outsideRemit: readonly Kind[]
  readonly deadlineMs: number
  readonly configChanges: ConfigChanges
  readonly approvalHoldMs: number
  /** Organisations of which a signer asks here: their approvals are followed by a question about the signing. */
  readonly signedOrganisations: ReadonlySet<string>
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: CheckerMetrics
  readonly source: () => VerdictSource
}

/** Where the decoded bytes stand in the evidence; no rule has a name with a dot in front. */
const BYTES = '.bytes'

/** `bound` is absent where nothing was judged on bytes or description: a rejection before that, a ceremony. */
type Said = RecordedVerdict & { readonly bound?: Verdict['bound'] }

const boundOf = ({ kind, binding }: Question): Verdict['bound'] => {
  if (kind === 'tx-approval') return 'description'
  if (!isSigning(kind)) return 'none'
  return binding === undefined || binding.isUnproven === true ? 'description' : 'raw'
}

const rejection = (...objections: readonly [Objection, ...Objection[]]): JointJudgement =>
  foldJudgements([{ rule: 'request', judgement: { outcome: 'reject', objections } }])

const RULES: ChangeRuling = { by: 'rules' }
const NOTHING_SAID: JointJudgement = { outcome: 'approve', codes: [], reason: '', evidence: {} }

/** The checker's whole path: read -> describe -> judge -> claim and record -> answer. Verification happened before, signing comes after. */
export async function decide(judging: Judging, callback: VerifiedCallback): Promise<Answer> {
  const asking: Asking = {
    caller: callback.callerId,
    dialect: callback.dialect,
    kind: callback.kind,
    requestId: callback.requestId,
    digest: callback.digest,
  }
  const source = judging.source()
  try {
    return answerOf(judging, callback, source, await judgeAndRecord(judging, callback, asking, source))
  } catch (error) {
    judging.log.error(
      { err: error, requestId: callback.requestId, kind: callback.kind },
      'no verdict could be recorded',
    )
    return answerOf(judging, callback, source, unrecorded(judging))
  }
}

async function judgeAndRecord(
  judging: Judging,
  callback: VerifiedCallback,
  asking: Asking,
  source: VerdictSource,
): Promise<Said> {
  const { database, name } = judging
  const refuse = (judged: boolean, joint: JointJudgement): Promise<RecordedVerdict> =>
    recordWithoutClaim(database, { asking, judged, joint, source })

  const { reading } = callback
  if (reading.result === 'malformed') return refuse(true, rejection({ code: reading.code, text: reading.reason }))
  const { kind } = asking
  if (kind === 'unknown') throw new Error('invariant: a request that was read has a kind')
  const rules = judging.rules.filter(({ kinds }) => kinds.includes(kind))
  const ruling = kind === 'config-change' ? changeRulingOf(judging, reading.request) : RULES
  if ('code' in ruling) return refuse(true, rejection(ruling))
  if (ruling.by === 'rules' && rules.length === 0) {
    const isAllowed = kind !== 'config-change' && judging.outsideRemit.includes(kind)
    return refuse(
      false,
      isAllowed ? NOTHING_SAID : rejection({ code: 'OUTSIDE_REMIT', text: `${name} has no rule for ${kind}` }),
    )
  }
  const described = describe(callback, judging)
  if ('objections' in described) return refuse(true, rejection(...described.objections))
  const seen = whatIsSigned(judging, reading.request, described.question)
  if ('objections' in seen) return refuse(true, rejection(...seen.objections))
  const { question } = seen
  const joint = ruling.by === 'table' ? ruling.joint : withBytes(await judgeRules(judging, rules, question), question)
  const end = judging.metrics.claimSeconds.startTimer()
  const recorded = await recordVerdict(database, ruling.by === 'table' ? [] : rules, {
    asking,
    judged: true,
    joint,
    source,
    question,
    ...waitsOf(judging, callback),
  })
  end()
  return { ...recorded, bound: boundOf(question) }
}

function changeRulingOf({ configChanges }: Judging, request: AskedRequest): ChangeRuling {
  if (!('endpoint' in request)) throw new Error('invariant: only a Co-signer asks about a workspace')
  return rulingOf(configChanges, request)
}

/**
 * An approval lapses only where the signing is asked about here as well: elsewhere it is all that this checker ever hears of the transaction,
 * which may be signed long before.
 */
function waitsOf(judging: Judging, callback: VerifiedCallback): Pick<ClaimingVerdict, 'lastAskMs' | 'holdMs'> {
  if (!isFireblocks(callback)) return {}
  const { caller, kind } = callback
  const lapses = kind === 'tx-approval' && judging.signedOrganisations.has(caller.organisation)
  return { lastAskMs: caller.lastAskMs, ...(lapses && { holdMs: judging.approvalHoldMs }) }
}

/** What the bytes do stands in the record, beside what the rules said to it. Amounts as decimal text. */
function withBytes(joint: JointJudgement, { binding }: Question): JointJudgement {
  if (binding === undefined) return joint
  const { form, effects, fee, toSign } = binding.decoded
  const plain = JSON.stringify({ form, effects, fee, to_sign: toSign.map(({ hash }) => hash) }, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
  return { ...joint, evidence: { ...joint.evidence, [BYTES]: JSON.parse(plain) as Evidence } }
}

async function judgeRules(judging: Judging, rules: readonly Rule[], question: Question): Promise<JointJudgement> {
  // A rule that only claims says its word inside the claim; createChecker refuses rules that can do neither.
  if (rules.every((rule) => rule.judge === undefined)) return NOTHING_SAID
  const opened = await openBusiness(judging.database, question.businessKey)
  const signal = AbortSignal.timeout(judging.deadlineMs)
  const ask: AskRule = async (rule, run) => {
    judging.metrics.rulesInFlight.inc()
    const end = judging.metrics.ruleSeconds.startTimer({ rule: rule.name })
    const judgement = await judgeInTime(signal, run).catch((error: unknown): Judgement => {
      judging.log.error({ err: error, rule: rule.name, requestId: question.requestId }, 'the rule failed')
      return { outcome: 'unable', code: 'RULE_FAILED', text: `the rule ${rule.name} failed` }
    })
    judging.metrics.rulesInFlight.dec()
    end({ outcome: OUTCOME_LABEL[judgement.outcome] })
    return { rule: rule.name, judgement }
  }
  return (await judge(rules, question, { ...opened, signal, leftMs: judging.deadlineMs }, ask)) ?? NOTHING_SAID
}

/** The database did not take the verdict: nothing was claimed, nothing may be approved, the caller asks again. */
const unrecorded = (judging: Judging): RecordedVerdict => ({
  outcome: 'unable',
  codes: ['STORE_UNAVAILABLE'],
  reason: 'STORE_UNAVAILABLE: the verdict could not be recorded',
  evidence: {},
  judged: true,
  recordedAt: new Date(judging.clock.nowMs()),
})

function answerOf(judging: Judging, callback: VerifiedCallback, source: VerdictSource, recorded: Said): Answer {
  const { kind } = callback
  judging.metrics.verdicts.inc({ kind, outcome: OUTCOME_LABEL[recorded.outcome] })
  for (const code of recorded.codes) judging.metrics.codes.inc({ code })
  const text = `${judging.name}: ${recorded.reason}`
  const verdict = kind === 'unknown' ? undefined : verdictOf(judging, callback, kind, source, recorded)
  const signed = verdict === undefined ? {} : { verdict }
  switch (recorded.outcome) {
    case 'approve':
      return { answer: 'approve', ...signed }
    case 'reject':
      return { answer: 'reject', text, ...signed }
    case 'unable':
      return { answer: 'defer', form: 'status_30', text, ...signed }
    default:
      throw new Error(`invariant: unknown outcome ${String(recorded.outcome satisfies never)}`)
  }
}

function verdictOf(
  judging: Judging,
  callback: VerifiedCallback,
  kind: Kind,
  source: VerdictSource,
  recorded: Said,
): Verdict {
  return {
    checker: judging.name,
    caller: callback.callerFingerprint,
    dialect: callback.dialect,
    kind,
    request_id: callback.requestId,
    digest: callback.digest,
    policy_digest: source.policyDigest,
    data_version: source.dataVersion,
    judged: recorded.judged,
    bound: recorded.bound ?? 'none',
    outcome: recorded.outcome,
    codes: recorded.codes,
    issued_at: judging.clock.nowMs(),
  }
}
