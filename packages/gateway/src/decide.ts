import { randomUUID } from 'node:crypto'
import {
  businessKey,
  fireblocksTransactionIdOf,
  ProtocolFault,
  transactionIdOf as coboTransactionIdOf,
} from '@callback-quorum/protocol'
import {
  isFireblocks,
  ServiceFault,
  type Answer,
  type Clock,
  type Database,
  type DeferralForm,
  type Logger,
  type VerifiedCallback,
} from '@callback-quorum/service'
import type { CheckerClient } from './ask/checker-client.ts'
import type { Question } from './ask/question.ts'
import { fanOut, type FanOut } from './ask/fan-out.ts'
import type { GatewayMetrics } from './metrics.ts'
import type { Quorum, QuorumTable } from './quorum.ts'
import { recordDecision } from './record/decision-record.ts'
import { admit, recordDeferral, type Admission, type Asking, type RequestRow } from './record/request-ledger.ts'
import { recordShadow } from './record/shadow-verdicts.ts'
import { tally, type Doubt, type Objection, type Tally } from './tally.ts'
import type { Cause } from './vote.ts'

export interface Deciding {
  readonly quorum: QuorumTable
  readonly clients: ReadonlyMap<string, CheckerClient>
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: GatewayMetrics
  readonly configDigest: string
  readonly replica: string
  readonly deadlineMs: number
  readonly recallApproveForMs: number
  readonly deferral: DeferralForm
}

interface Said {
  readonly answer: Answer
  readonly outcome: 'approved' | 'rejected' | 'failed'
  readonly cause?: Cause
  readonly recalled?: true
}

/** The gateway's whole path: admit or recall -> ask -> tally -> record -> answer. What throws is "could not tell", never an approval. */
export async function decide(deciding: Deciding, callback: VerifiedCallback): Promise<Answer> {
  const { metrics, clock } = deciding
  const said = await decideOnce(deciding, callback).catch((error: unknown) => couldNotTell(deciding, callback, error))
  const seconds = (clock.nowMs() - callback.receivedAtMs) / 1000
  metrics.decisions.inc({
    kind: callback.kind,
    outcome: said.outcome,
    cause: said.cause ?? '',
    recalled: said.recalled === true ? 'yes' : 'no',
  })
  metrics.decisionSeconds.observe({ kind: callback.kind, outcome: said.outcome }, seconds)
  metrics.headroomSeconds.observe(deciding.deadlineMs / 1000 - seconds)
  return said.answer
}

async function decideOnce(deciding: Deciding, callback: VerifiedCallback): Promise<Said> {
  const { database } = deciding
  const asking = askingOf(callback)
  const quorum = deciding.quorum.find(callback.caller.name, asking.kind)
  const unaskable = refuseUnasked(callback, asking, quorum)

  const admission = await admit(database, asking, {
    plan: unaskable === undefined ? plan(quorum) : [],
    wantsOutcome: wantsOutcome(deciding),
    configDigest: deciding.configDigest,
    recallApproveForMs: deciding.recallApproveForMs,
    abandonAfterMs: callback.caller.deferralWindowMs + deciding.deadlineMs,
  })
  if (admission.admitted !== 'ask' && admission.admitted !== 'digest-returned')
    return recall(deciding, callback, admission)
  if (admission.admitted === 'digest-returned') alarmOfDigest(deciding, callback, 'content that was given up came back')
  const unasked = unaskable ?? (admission.admitted === 'digest-returned' ? DIGEST_RETURNED : undefined)

  const { votes, asked } =
    unasked === undefined && quorum !== undefined
      ? await ask(deciding, callback, quorum, admission.row)
      : { votes: [], asked: [] }
  const counted: Tally = unasked ?? (quorum === undefined ? NOBODY_IN_CHARGE : tally(quorum, votes))
  const [objection, doubt] = [counted.objections[0], counted.doubts[0]]
  if (objection === undefined && doubt !== undefined) {
    await recordDeferral(database, admission.row, asked, reasonOf(counted))
    return deferred(deciding, doubt.cause, reasonOf(counted))
  }

  const recordId = randomUUID()
  const outcome = objection === undefined ? 'approved' : 'rejected'
  const reason = outcome === 'approved' ? `${recordId} approved` : `${recordId} ${reasonOf(counted)}`
  const recorded = await recordDecision(database, {
    asking,
    recordId,
    outcome,
    reason,
    votes,
    asked,
    round: admission.row.round,
    codes: counted.objections.flatMap(({ codes }) => codes),
    acceptUnbound: quorum?.acceptUnbound ?? false,
    token: callback.token,
    configDigest: deciding.configDigest,
    replica: deciding.replica,
    wantsOutcome: wantsOutcome(deciding),
  })
  if (recorded.recorded === 'frozen') return frozen(deciding, recorded.since)
  if (recorded.recorded === 'theirs') return theirs(deciding, asking, recorded.row)
  return outcome === 'approved'
    ? { answer: { answer: 'approve' }, outcome }
    : { answer: { answer: 'reject', text: reason }, outcome }
}

const plan = (quorum: Quorum | undefined): string[] =>
  (quorum?.stages ?? []).flatMap(({ require, shadow }) => [...require, ...shadow].map(({ name }) => name))

const wantsOutcome =
  ({ clients }: Deciding) =>
  (checker: string): boolean =>
    clients.get(checker)?.wantsOutcome === true

function askingOf(callback: VerifiedCallback): Asking {
  const { caller } = callback
  const transactionId = transactionIdOf(callback)
  return {
    caller: callback.callerId,
    callerFingerprint: callback.callerFingerprint,
    dialect: callback.dialect,
    kind: callback.kind,
    requestId: callback.requestId,
    digest: callback.digest,
    ...(transactionId === undefined
      ? {}
      : { businessKey: businessKey(caller.platform, caller.organisation, transactionId) }),
  }
}

function transactionIdOf(callback: VerifiedCallback): string | undefined {
  if (callback.reading.result === 'malformed') return undefined
  return isFireblocks(callback)
    ? fireblocksTransactionIdOf(callback.reading)
    : coboTransactionIdOf(callback.reading.request)
}

const objectionOfOurs = (code: string, text: string): Tally => ({
  objections: [{ checker: 'gateway', codes: [code], reason: `${code}: ${text}` }],
  doubts: [],
})

const NOBODY_IN_CHARGE = objectionOfOurs('NO_QUORUM', 'nobody is in charge of this kind of request of this caller')

const DIGEST_RETURNED = objectionOfOurs('DIGEST_RETURNED', 'this content of the request was given up for other content')

/** What needs no checker to be refused. */
function refuseUnasked(callback: VerifiedCallback, asking: Asking, quorum: Quorum | undefined): Tally | undefined {
  const { reading } = callback
  if (reading.result === 'malformed') return objectionOfOurs(reading.code, reading.reason)
  if (quorum === undefined) return NOBODY_IN_CHARGE
  if (asking.businessKey === undefined)
    return objectionOfOurs('TRANSACTION_ID_MISSING', 'the request names no transaction')
  return undefined
}

async function ask(deciding: Deciding, callback: VerifiedCallback, quorum: Quorum, row: RequestRow): Promise<FanOut> {
  const { clients, clock, log, metrics, database } = deciding
  const question: Question = { ...callback, kind: quorum.kind }
  return fanOut(quorum, question, {
    clients,
    clock,
    leftMs: deciding.deadlineMs - (clock.nowMs() - callback.receivedAtMs),
    onVote: (vote, mode) => {
      const cause = vote.result === 'failed' ? vote.cause : ''
      if (vote.result !== 'cancelled') metrics.votes.inc({ checker: vote.checker, mode, outcome: vote.result, cause })
      metrics.voteSeconds.observe({ checker: vote.checker }, vote.ms / 1000)
      const { token: _token, ...said } = vote
      log[vote.result === 'failed' ? 'warn' : 'info']({ requestId: callback.requestId, mode, vote: said }, 'vote')
      if (isUnverifiable(cause)) metrics.alarms.inc({ alarm: 'unverifiable_verdict' })
      if (mode === 'shadow') {
        recordShadow(database, row.request_key, vote).catch((error: unknown) =>
          log.error({ err: error, checker: vote.checker }, 'a shadow verdict was not recorded'),
        )
      }
    },
  })
}

const isUnverifiable = (cause: string): boolean =>
  cause === 'bad_signature' || cause === 'mismatch' || cause === 'expired'

function recall(
  deciding: Deciding,
  callback: VerifiedCallback,
  admission: Exclude<Admission, { admitted: 'ask' | 'digest-returned' }>,
): Said {
  switch (admission.admitted) {
    case 'frozen':
      return frozen(deciding, admission.since)
    case 'recall-approve':
      return { answer: { answer: 'approve' }, outcome: 'approved', recalled: true }
    case 'recall-reject':
      return {
        answer: { answer: 'reject', text: admission.row.reason ?? admission.row.state },
        outcome: 'rejected',
        recalled: true,
      }
    case 'digest-changed':
      alarmOfDigest(deciding, callback, 'an approved request came again with other content')
      return {
        answer: { answer: 'reject', text: 'gateway DIGEST_CHANGED: this request was approved with other content' },
        outcome: 'rejected',
      }
    default:
      throw new Error(`invariant: unknown admission ${JSON.stringify(admission satisfies never)}`)
  }
}

function alarmOfDigest({ metrics, log }: Deciding, callback: VerifiedCallback, text: string): void {
  metrics.alarms.inc({ alarm: 'digest_changed' })
  log.error({ requestId: callback.requestId, caller: callback.caller.name }, `ALARM: ${text}`)
}

/** Another replica decided first: its row is the answer, if it is about the same content. */
function theirs(deciding: Deciding, asking: Asking, row: RequestRow): Said {
  if (row.digest !== asking.digest || row.state === 'open')
    return deferred(deciding, 'database', 'gateway: this request was asked anew meanwhile')
  if (row.state === 'approved') return { answer: { answer: 'approve' }, outcome: 'approved', recalled: true }
  return { answer: { answer: 'reject', text: row.reason ?? row.state }, outcome: 'rejected', recalled: true }
}

const frozen = (deciding: Deciding, since: Date): Said =>
  deferred(deciding, 'frozen', `gateway FROZEN: nothing is approved since ${since.toISOString()}`)

const deferred = (deciding: Deciding, cause: Cause, text: string): Said => ({
  answer: { answer: 'defer', form: deciding.deferral, text },
  outcome: 'failed',
  cause,
})

function couldNotTell(deciding: Deciding, callback: VerifiedCallback, error: unknown): Said {
  deciding.log.error({ err: error, requestId: callback.requestId }, 'could not decide')
  if (error instanceof ServiceFault || error instanceof ProtocolFault)
    return deferred(deciding, 'database', 'gateway: the decision could not be recorded')
  return deferred(deciding, 'database', 'gateway: internal error')
}

const reasonOf = ({ objections, doubts }: Tally): string =>
  (objections.length > 0 ? objections.map(said) : doubts.map(doubted)).join('; ')

const said = ({ checker, reason }: Objection): string => (reason.startsWith(checker) ? reason : `${checker}: ${reason}`)
const doubted = ({ checker, cause, reason }: Doubt): string => `${checker} (${cause}): ${reason}`
