import type { JsonValue } from '@callback-quorum/protocol'
import { inSpan, type Database, type Transaction } from '@callback-quorum/service'
import { lockBusiness, openAttempt, type Asking, type AttemptRow, type BusinessRow } from './business-ledger.ts'
import { joinContent, storable, type ContentFields } from './content-fields.ts'
import type { ClaimContext, Rule } from './rule.ts'
import { isSigning } from './is-signing.ts'
import { keyDigestOf } from './key-digest.ts'
import { slotsSeen, type Question } from './question.ts'
import { foldJudgements, type JointJudgement, type NamedJudgement } from './judge.ts'
import { withinRetryBudget } from './retry-budget.ts'
import { storedJson, storedText } from './stored-json.ts'

export interface RecordedVerdict extends JointJudgement {
  readonly judged: boolean
  readonly recordedAt: Date
}

export interface VerdictSource {
  readonly policyDigest: string
  readonly dataVersion: string
}

const reject = (code: string, text: string): JointJudgement => ({
  outcome: 'reject',
  codes: [code],
  reason: `${code}: ${text}`,
  evidence: {},
})

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index])

/** The same hash signed by another key is a signature of another account. */
const isSameSignature = ({ signing_hashes: hashes, signing_key: key }: BusinessRow, question: Question): boolean =>
  sameList(hashes ?? [], question.signingHashes) && (key === null || key === keyDigestOf(question.keyUse))

/** All that holders of the key say of its transaction; null where the platform says everything at once. */
interface Admitted {
  readonly content: ContentFields | null
}

/** What forbids a claim whatever the rules say: the attempt is closed, or the key is held for something else. */
function admitClaim(business: BusinessRow, attempt: AttemptRow, question: Question): JointJudgement | Admitted {
  if (attempt.business_key !== question.businessKey)
    return reject('IDEMPOTENCY_CONFLICT', 'this request was asked for another transaction before')
  if (attempt.state === 'rejected' || attempt.state === 'abandoned')
    return reject('ATTEMPT_CLOSED', `this request was already closed as ${attempt.state}`)
  const signs = isSigning(question.kind)
  const { contentFields: asked } = question
  if (business.content_digest === null) return { content: asked === undefined ? null : storable(asked) }
  const joined = joinWithHeld(business, question)
  if ('outcome' in joined) return joined
  if (signs && business.signing_hashes !== null && !isSameSignature(business, question)) {
    // The same payment once more, such as with a higher fee: only where the bytes show that one of the two at most can be final.
    const slots = slotsSeen(question)
    const isReplacement = business.slots.some((slot) => slots.includes(slot))
    if (!isReplacement)
      return reject('SECOND_SIGNATURE', 'this transaction was approved for other hashes or another key to sign')
  }
  return joined
}

function joinWithHeld(
  { content, content_digest: digest, signing_hashes: hashes }: BusinessRow,
  question: Question,
): JointJudgement | Admitted {
  const { contentFields: asked } = question
  if (content === null || asked === undefined) {
    if (digest === question.contentDigest) return { content }
    return reject('IDEMPOTENCY_CONFLICT', 'this transaction was approved with other content')
  }
  const read = joinContent(content, asked, { isSigning: isSigning(question.kind), isSigned: hashes !== null })
  if ('joined' in read) return { content: read.joined }
  return reject('IDEMPOTENCY_CONFLICT', `this transaction was approved with other content: ${read.differs}`)
}

/**
 * Two lists without a hash are equal and say nothing: where the platform shows no bytes, only the request that was approved may be asked again.
 * Another one of the same transaction may be another signature, which would pay once more.
 */
async function forbidUnseenSecond(
  tx: Transaction,
  business: BusinessRow,
  attempt: AttemptRow,
  { kind, businessKey, signingHashes }: Question,
): Promise<JointJudgement | undefined> {
  if (!isSigning(kind) || signingHashes.length > 0 || business.signing_hashes === null) return undefined
  const [other] = await tx.query({
    name: 'other-signing',
    text: `select 1 from attempt one join attempt other using (business_key)
           where one.attempt_id = $1 and business_key = $2 and other.holds and other.kind = one.kind
             and other.request_id <> one.request_id limit 1`,
    values: [attempt.attempt_id, businessKey],
  })
  if (other === undefined) return undefined
  return reject(
    'SECOND_SIGNATURE',
    'this transaction was approved in another request, and no bytes show that it is the same',
  )
}

async function runClaims(
  rules: readonly Rule[],
  question: Question,
  tx: Transaction,
  context: ClaimContext,
): Promise<JointJudgement> {
  const judgements: NamedJudgement[] = []
  await tx.query({ text: 'savepoint claims' })
  // One after the other: they share the transaction, and the order of the rules is the order of their locks.
  for (const rule of rules) {
    if (rule.claim !== undefined)
      judgements.push({ rule: rule.name, judgement: await rule.claim(question, tx, context) })
  }
  const joint: JointJudgement =
    judgements.length === 0 ? { outcome: 'approve', codes: [], reason: '', evidence: {} } : foldJudgements(judgements)
  await tx.query({ text: joint.outcome === 'approve' ? 'release savepoint claims' : 'rollback to savepoint claims' })
  return joint
}

/** An approval that is about to leave holds the business key until an outcome closes it (DESIGN.md, "Claims and money"). */
async function hold(
  tx: Transaction,
  attempt: AttemptRow,
  question: Question,
  { content }: Admitted,
  lapsesAt: Date | null,
): Promise<void> {
  const signs = isSigning(question.kind)
  await tx.query({
    name: 'hold',
    text: `with held as (
             update business set content_digest = $2, content = $7, signing_hashes = coalesce($3::text[], signing_hashes),
             signing_key = case when $3::text[] is null then signing_key else $6 end,
               -- What every signature of this key has in common: so that any two of them exclude each other.
               slots = case when $3::text[] is null then slots when signing_hashes is null then $5::text[]
                 else array(select unnest(slots) intersect select unnest($5::text[])) end
             where business_key = $1)
           update attempt set holds = true, lapses_at = $8 where attempt_id = $4`,
    values: [
      question.businessKey,
      question.contentDigest,
      signs ? question.signingHashes : null,
      attempt.attempt_id,
      slotsSeen(question),
      keyDigestOf(question.keyUse),
      content === null ? null : storedJson(content),
      lapsesAt,
    ],
  })
}

export interface VerdictInput {
  readonly asking: Asking
  readonly judged: boolean
  readonly joint: JointJudgement
  readonly source: VerdictSource
  readonly question?: Question
}

/** A verdict that may claim, with how long its caller's platform waits, in milliseconds. */
export interface ClaimingVerdict extends VerdictInput {
  readonly question: Question
  /** How long after its first asking the request is asked for the last time, where "later" must become "no" then. */
  readonly lastAskMs?: number
  /** How long this approval holds what it takes. Absent: until an outcome says otherwise. */
  readonly holdMs?: number
}

async function insertRecord(
  tx: Transaction,
  input: VerdictInput,
  recordedAt: Date,
  attemptId: bigint | null,
): Promise<void> {
  const { asking, joint, source } = input
  await tx.query({
    name: 'insert-verdict',
    text: `insert into verdict_record (attempt_id, caller, dialect, kind, request_id, digest, outcome, judged, codes, reason,
             policy_digest, data_version, question, evidence, recorded_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    values: [
      attemptId,
      asking.caller,
      asking.dialect,
      asking.kind,
      asking.requestId,
      asking.digest,
      joint.outcome,
      input.judged,
      joint.codes,
      storedText(joint.reason),
      source.policyDigest,
      source.dataVersion,
      input.question === undefined ? null : storedJson(input.question),
      storedJson(joint.evidence),
      recordedAt,
    ],
  })
}

/** Records a verdict that claims nothing: the request was not understood, or no rule here judges its kind. */
export async function recordWithoutClaim(database: Database, input: VerdictInput): Promise<RecordedVerdict> {
  return database.transaction(async (tx) => {
    const recordedAt = await tx.clockNow()
    await insertRecord(tx, input, recordedAt, null)
    return { ...input.joint, judged: input.judged, recordedAt }
  })
}

/**
 * Locks the business key, lets every rule claim when all judges approved, and records the verdict: one transaction, so that a claim
 * without a verdict or an approval without its claim cannot exist. Asking twice claims once.
 */
export async function recordVerdict(
  database: Database,
  rules: readonly Rule[],
  input: ClaimingVerdict,
): Promise<RecordedVerdict> {
  const { asking, question, lastAskMs } = input
  return database.transaction(async (tx) => {
    const business = await lockBusiness(tx, question.businessKey)
    const now = await tx.clockNow()
    const { attempt } = await openAttempt(tx, asking, question.businessKey, now)
    const claimed =
      input.joint.outcome === 'approve'
        ? await inSpan('claim', {}, () => claim(tx, rules, input, { business, attempt, now }))
        : input.joint
    const joint = await withinRetryBudget(tx, asking, claimed, { lastAskMs, now })
    await insertRecord(tx, { ...input, joint }, now, attempt.attempt_id)
    return { ...joint, judged: input.judged, recordedAt: now }
  })
}

interface Locked {
  readonly business: BusinessRow
  readonly attempt: AttemptRow
  readonly now: Date
}

async function claim(
  tx: Transaction,
  rules: readonly Rule[],
  { joint, question, holdMs }: ClaimingVerdict,
  { business, attempt, now }: Locked,
): Promise<JointJudgement> {
  const admitted =
    (await forbidUnseenSecond(tx, business, attempt, question)) ?? admitClaim(business, attempt, question)
  const context = { now, firstAskedAt: business.first_asked_at, alreadyClaimed: business.content_digest !== null }
  const claimed = 'outcome' in admitted ? admitted : await runClaims(rules, question, tx, context)
  if (!('outcome' in admitted) && claimed.outcome === 'approve') {
    await hold(tx, attempt, question, admitted, holdMs === undefined ? null : new Date(now.getTime() + holdMs))
    // The gateway's notice came before the question, and does not come again.
    const isUsed = attempt.state === 'approved' && isSigning(question.kind)
    if (isUsed) for (const rule of rules) await rule.commit?.(question.businessKey, tx)
  }
  return { ...claimed, evidence: mergeEvidence(joint.evidence, claimed.evidence) }
}

function mergeEvidence(
  judged: JointJudgement['evidence'],
  claimed: JointJudgement['evidence'],
): JointJudgement['evidence'] {
  const merged: Record<string, Readonly<Record<string, JsonValue>>> = { ...judged }
  for (const [rule, evidence] of Object.entries(claimed)) merged[rule] = { ...merged[rule], ...evidence }
  return merged
}
