import type { JsonValue } from '@callback-quorum/protocol'
import type { Database, Transaction } from '@callback-quorum/service'
import { lockBusiness, openAttempt, type Asking, type AttemptRow, type BusinessRow } from './business-ledger.ts'
import type { ClaimContext, Rule } from './rule.ts'
import { keyDigestOf } from './key-digest.ts'
import { slotsSeen, type Question } from './question.ts'
import { foldJudgements, type JointJudgement, type NamedJudgement } from './judge.ts'
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

/** What forbids a claim whatever the rules say: the attempt is closed, or the key is held for something else. */
function forbidClaim(business: BusinessRow, attempt: AttemptRow, question: Question): JointJudgement | undefined {
  if (attempt.business_key !== question.businessKey)
    return reject('IDEMPOTENCY_CONFLICT', 'this request was asked for another transaction before')
  if (attempt.state === 'rejected' || attempt.state === 'abandoned')
    return reject('ATTEMPT_CLOSED', `this request was already closed as ${attempt.state}`)
  if (business.content_digest === null) return undefined
  if (business.content_digest !== question.contentDigest)
    return reject('IDEMPOTENCY_CONFLICT', 'this transaction was approved with other content')
  const isSigning = question.kind === 'keysign' || question.kind === 'tx-signing'
  if (isSigning && business.signing_hashes !== null && !isSameSignature(business, question)) {
    // The same payment once more, such as with a higher fee: only where the bytes show that one of the two at most can be final.
    const slots = slotsSeen(question)
    const isReplacement = business.slots.some((slot) => slots.includes(slot))
    if (!isReplacement)
      return reject('SECOND_SIGNATURE', 'this transaction was approved for other hashes or another key to sign')
  }
  return undefined
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
async function hold(tx: Transaction, attempt: AttemptRow, question: Question): Promise<void> {
  const signs = question.kind === 'keysign' || question.kind === 'tx-signing'
  await tx.query({
    name: 'hold',
    text: `with held as (
             update business set content_digest = $2, signing_hashes = coalesce($3::text[], signing_hashes),
             signing_key = case when $3::text[] is null then signing_key else $6 end,
               -- What every signature of this key has in common: so that any two of them exclude each other.
               slots = case when $3::text[] is null then slots when signing_hashes is null then $5::text[]
                 else array(select unnest(slots) intersect select unnest($5::text[])) end
             where business_key = $1)
           update attempt set holds = true where attempt_id = $4`,
    values: [
      question.businessKey,
      question.contentDigest,
      signs ? question.signingHashes : null,
      attempt.attempt_id,
      slotsSeen(question),
      keyDigestOf(question.keyUse),
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
  input: VerdictInput & { readonly question: Question },
): Promise<RecordedVerdict> {
  const { asking, question } = input
  return database.transaction(async (tx) => {
    const business = await lockBusiness(tx, question.businessKey)
    const now = await tx.clockNow()
    const { attempt } = await openAttempt(tx, asking, question.businessKey, now)
    let joint = input.joint
    if (joint.outcome === 'approve') {
      const context = { now, firstAskedAt: business.first_asked_at, alreadyClaimed: business.content_digest !== null }
      const claimed = forbidClaim(business, attempt, question) ?? (await runClaims(rules, question, tx, context))
      joint = { ...claimed, evidence: mergeEvidence(joint.evidence, claimed.evidence) }
      if (joint.outcome === 'approve') {
        await hold(tx, attempt, question)
        // The gateway's notice came before the question, and does not come again.
        if (attempt.state === 'approved') for (const rule of rules) await rule.commit?.(question.businessKey, tx)
      }
    }
    await insertRecord(tx, { ...input, joint }, now, attempt.attempt_id)
    return { ...joint, judged: input.judged, recordedAt: now }
  })
}

function mergeEvidence(
  judged: JointJudgement['evidence'],
  claimed: JointJudgement['evidence'],
): JointJudgement['evidence'] {
  const merged: Record<string, Readonly<Record<string, JsonValue>>> = { ...judged }
  for (const [rule, evidence] of Object.entries(claimed)) merged[rule] = { ...merged[rule], ...evidence }
  return merged
}
