import { randomUUID } from 'node:crypto'
import { ProtocolFault } from '@callback-quorum/protocol'
import { isFireblocks, ServiceFault, type Answer, type VerifiedCallback } from '@callback-quorum/service'
import { approved, deferred, rejected, type Judged, type Said } from './answers.ts'
import { fanOut, type FanOut } from './ask/fan-out.ts'
import type { Question } from './ask/question.ts'
import { wrapBareJson } from './ask/wrap-bare-json.ts'
import { askingOf } from './asking-of.ts'
import type { Deciding } from './deciding.ts'
import type { Quorum } from './quorum.ts'
import { reasonOf } from './reason-of.ts'
import { recordDecision } from './record/decision-record.ts'
import {
  admit,
  recordDeferral,
  type Admission,
  type AdmittedRow,
  type Asking,
  type RequestRow,
} from './record/request-ledger.ts'
import { recordShadow } from './record/shadow-verdicts.ts'
import { NOBODY_IN_CHARGE, objectionOfOurs, refuseUnasked } from './refuse-unasked.ts'
import { tally, type Tally } from './tally.ts'

/** The gateway's whole path: admit or recall -> ask -> tally -> record -> answer. What throws is "could not tell", never an approval. */
export async function decide(deciding: Deciding, callback: VerifiedCallback): Promise<Answer> {
  const { metrics, clock } = deciding
  const { kind, caller } = callback
  const said = await decideOnce(deciding, callback).catch((error: unknown) => couldNotTell(deciding, callback, error))
  const seconds = (clock.nowMs() - callback.receivedAtMs) / 1000
  const { outcome, cause = '', recalled = false } = said
  metrics.decisions.inc({ kind, outcome, cause, recalled: recalled ? 'yes' : 'no' })
  metrics.decisionSeconds.observe({ kind, outcome }, seconds)
  const { platform } = caller
  metrics.headroomSeconds.observe({ platform }, deciding.deadlineMs[platform] / 1000 - seconds)
  return said.answer
}

async function decideOnce(deciding: Deciding, received: VerifiedCallback): Promise<Said> {
  const wrapped = await wrapBareJson(received, deciding.internalKey)
  const { callback } = wrapped
  const { caller } = callback
  const asking = askingOf(callback)
  const quorum = deciding.quorum.find(caller.name, asking.kind)
  const unaskable = refuseUnasked(wrapped, asking, quorum)
  const round: Round = { deciding, callback, asking, quorum }

  const admission = await admit(deciding.database, asking, {
    plan: unaskable === undefined ? plan(quorum) : [],
    wantsOutcome: wantsOutcome(deciding),
    configDigest: deciding.configDigest,
    recallApproveForMs: deciding.recallApproveForMs,
    abandonAfterMs: caller.deferralWindowMs + deciding.deadlineMs[caller.platform],
    ...(isFireblocks(callback) ? { lastAskMs: caller.lastAskMs } : {}),
  })
  switch (admission.admitted) {
    case 'ask':
      return askAndConclude(round, admission, unaskable)
    case 'digest-returned':
      alarmOfDigest(round, 'content that was given up came back')
      return conclude(round, admission.row, unaskable ?? DIGEST_RETURNED, NOBODY_ASKED)
    case 'frozen':
      return deferred(round, 'frozen', frozenText(admission.since))
    case 'frozen-to-the-end':
      return conclude(round, admission.row, unaskable ?? budgetSpent(frozenText(admission.since)), NOBODY_ASKED)
    case 'recall-approve':
      return { ...approved, recalled: true }
    case 'recall-reject':
      return { ...rejected(round, admission.row.reason ?? admission.row.state), recalled: true }
    case 'digest-changed':
      alarmOfDigest(round, 'an approved request came again with other content')
      return DIGEST_CHANGED
    default:
      throw new Error(`invariant: unknown admission ${JSON.stringify(admission satisfies never)}`)
  }
}

interface Round extends Judged {
  readonly asking: Asking
}

const plan = (quorum: Quorum | undefined): string[] =>
  (quorum?.stages ?? []).flatMap(({ require, shadow }) => [...require, ...shadow].map(({ name }) => name))

const wantsOutcome =
  ({ clients }: Deciding) =>
  (checker: string): boolean =>
    clients.get(checker)?.wantsOutcome === true

const NOBODY_ASKED: FanOut = { votes: [], asked: [] }

const DIGEST_RETURNED = objectionOfOurs('DIGEST_RETURNED', 'this content of the request was given up for other content')

/** Denied outright, whoever asks: it is an alarm. */
const DIGEST_CHANGED: Said = {
  answer: { answer: 'reject', text: 'gateway DIGEST_CHANGED: this request was approved with other content' },
  outcome: 'rejected',
}

/** "Later" is no answer to somebody who will not ask again. */
const budgetSpent = (why: string): Tally => objectionOfOurs('RETRY_BUDGET_SPENT', `nobody will ask again; ${why}`)

const frozenText = (since: Date): string => `gateway FROZEN: nothing is approved since ${since.toISOString()}`

async function askAndConclude(
  round: Round,
  { row, isLastAsking }: Extract<Admission, { admitted: 'ask' }>,
  unaskable: Tally | undefined,
): Promise<Said> {
  const { deciding, quorum } = round
  if (unaskable !== undefined || quorum === undefined)
    return conclude(round, row, unaskable ?? NOBODY_IN_CHARGE, NOBODY_ASKED)
  const heard = await ask(round, quorum, row)
  const counted = tally(quorum, heard.votes)
  const [doubt] = counted.doubts
  if (counted.objections.length > 0 || doubt === undefined) return conclude(round, row, counted, heard, isLastAsking)
  const reason = reasonOf(counted)
  if (isLastAsking) return conclude(round, row, budgetSpent(reason), heard)
  await recordDeferral(deciding.database, row, heard.asked, reason)
  return deferred(round, doubt.cause, reason)
}

async function ask({ deciding, callback }: Round, quorum: Quorum, row: RequestRow): Promise<FanOut> {
  const { clients, clock, log, metrics, database } = deciding
  const question: Question = { ...callback, kind: quorum.kind }
  return fanOut(quorum, question, {
    clients,
    clock,
    inFlight: metrics.inFlight,
    leftMs: deciding.deadlineMs[callback.caller.platform] - (clock.nowMs() - callback.receivedAtMs),
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

/** Records what was counted, and answers it. `isLastAsking`: an approval that a freeze forestalls is rejected instead of deferred. */
async function conclude(
  round: Round,
  row: AdmittedRow,
  counted: Tally,
  { votes, asked }: FanOut,
  isLastAsking = false,
): Promise<Said> {
  const { deciding, callback, asking, quorum } = round
  const isApproved = counted.objections.length === 0
  if (isApproved && counted.doubts.length > 0) throw new Error('invariant: a doubt is no decision')
  const recordId = randomUUID()
  const reason = `${recordId} ${isApproved ? 'approved' : reasonOf(counted)}`
  const recorded = await recordDecision(deciding.database, {
    asking,
    recordId,
    outcome: isApproved ? 'approved' : 'rejected',
    reason,
    votes,
    asked,
    round: row.round,
    codes: counted.objections.flatMap(({ codes }) => codes),
    acceptUnbound: quorum?.acceptUnbound ?? false,
    token: callback.token,
    configDigest: deciding.configDigest,
    replica: deciding.replica,
    wantsOutcome: wantsOutcome(deciding),
  })
  switch (recorded.recorded) {
    case 'ours':
      if (row.waitingSince !== undefined) {
        const labels = { kind: asking.kind, outcome: isApproved ? 'approved' : 'rejected' }
        const seconds = (recorded.at.getTime() - row.waitingSince.getTime()) / 1_000
        deciding.metrics.deferralAgeSeconds.observe(labels, seconds)
      }
      return isApproved ? approved : rejected(round, reason)
    case 'frozen': {
      const text = frozenText(recorded.since)
      return isLastAsking ? conclude(round, row, budgetSpent(text), { votes, asked }) : deferred(round, 'frozen', text)
    }
    case 'theirs':
      return theirs(round, recorded.row)
    default:
      throw new Error(`invariant: unknown record ${JSON.stringify(recorded satisfies never)}`)
  }
}

/** Another replica decided first: its row is the answer, if it is about the same content. */
function theirs(round: Round, row: RequestRow): Said {
  if (row.digest !== round.asking.digest || row.state === 'open')
    return deferred(round, 'database', 'gateway: this request was asked anew meanwhile')
  const said = row.state === 'approved' ? approved : rejected(round, row.reason ?? row.state)
  return { ...said, recalled: true }
}

function alarmOfDigest({ deciding, callback }: Round, text: string): void {
  deciding.metrics.alarms.inc({ alarm: 'digest_changed' })
  deciding.log.error({ requestId: callback.requestId, caller: callback.caller.name }, `ALARM: ${text}`)
}

function couldNotTell(deciding: Deciding, callback: VerifiedCallback, error: unknown): Said {
  deciding.log.error({ err: error, requestId: callback.requestId }, 'could not decide')
  const isKnown = error instanceof ServiceFault || error instanceof ProtocolFault
  const text = isKnown ? 'the decision could not be recorded' : 'internal error'
  return deferred({ deciding, callback }, 'database', `gateway: ${text}`)
}
