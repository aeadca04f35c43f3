import type Koa from 'koa'
import type { BodyAdmission } from './admit-body.ts'
import { isFireblocks } from './answer.ts'
import type { CallbackRoute } from './callback-route.ts'
import { runCheckStages } from './check-stages.ts'
import type { CheckContext, Exchange } from './exchange.ts'
import { COSIGNER_FALLBACK, fireblocksAnswerOf, type FireblocksAnswerContext } from './fireblocks-answers.ts'
import type { HttpMetrics } from './metrics.ts'
import type { Outcome } from './outcome.ts'
import { sendAnswer } from './send-answer.ts'
import type { StrangerLog } from './stranger-log.ts'
import { UNTRACED } from '../tracing/index.ts'
import {
  fallbackAnswer,
  SILENCE,
  unsignedFault,
  wireAnswerOf,
  type WireAnswer,
  type WireAnswerContext,
} from './wire-answers.ts'

export interface CheckPathContext extends CheckContext, WireAnswerContext, FireblocksAnswerContext {
  readonly admission: BodyAdmission
  readonly metrics: HttpMetrics
  readonly warnOfStranger: StrangerLog
}

/** A request id comes from outside; a log line holds this much of it. */
const LOGGED_ID_LENGTH_MAX = 64

/** Serves one path of one dialect. Whatever goes wrong in here ends without an action. */
export function createCheckPath(route: CallbackRoute, o: CheckPathContext): Koa.Middleware {
  return async (ctx) => {
    try {
      await serve(ctx, route, o)
    } catch (err) {
      o.log.fatal({ err, dialect: route.dialect }, 'check path failed')
      sendAnswer(ctx, route.platform === 'cobo' ? unsignedFault(o.onFault) : COSIGNER_FALLBACK)
    }
  }
}

async function serve(ctx: Koa.Context, route: CallbackRoute, o: CheckPathContext): Promise<void> {
  const startedMs = performance.now()
  const receivedAtMs = o.clock.nowMs()
  const { admission, release } = await o.admission.admit(ctx, route.platform === 'cobo' ? 'form' : 'bytes')
  try {
    const traced = { traceparent: ctx.get('traceparent'), trace: UNTRACED, readMs: performance.now() }
    const received = { receivedAtMs, startedMs, admission, release, ...traced }
    const exchange: Exchange = route.platform === 'cobo' ? { route, ...received } : { route, ...received }
    const outcome = await runCheckStages(exchange, o)
    await exchange.trace.run(() => conclude(ctx, outcome, exchange, o)).finally(() => exchange.trace.end({}))
  } finally {
    release()
  }
}

async function conclude(ctx: Koa.Context, outcome: Outcome, exchange: Exchange, o: CheckPathContext): Promise<void> {
  const answer = await answerOf(ctx, outcome, exchange, o)
  sendAnswer(ctx, answer)
  report(exchange, outcome, answer, performance.now() - exchange.startedMs, o)
}

async function answerOf(
  ctx: Koa.Context,
  outcome: Outcome,
  { route, caller }: Exchange,
  o: CheckPathContext,
): Promise<WireAnswer> {
  // Decided all the same, since the record matters; only the signature would be for nobody.
  if (ctx.req.socket.destroyed) return SILENCE
  try {
    return route.platform === 'cobo'
      ? await wireAnswerOf(outcome, route.dialect, o)
      : await fireblocksAnswerOf(outcome, route.dialect, o)
  } catch (err) {
    o.log.error({ err, dialect: route.dialect, caller: caller?.name }, 'answer could not be signed')
    return route.platform === 'cobo' ? fallbackAnswer(outcome) : COSIGNER_FALLBACK
  }
}

function report(exchange: Exchange, outcome: Outcome, answer: WireAnswer, ms: number, o: CheckPathContext): void {
  const { route, caller, callback } = exchange
  // Of a wrap: that in which it was asked, not that in which it came.
  const dialect = callback?.dialect ?? route.dialect
  const line = { dialect, caller: caller?.name, answer: wordOf(outcome), wire: answer.form, ms: Math.round(ms) }
  switch (outcome.result) {
    case 'gone':
    case 'turned_away':
      o.log.debug(line, 'answered')
      return
    case 'unverifiable':
      o.metrics.tokenFailures.inc({ dialect, reason: outcome.cause, caller: outcome.owner ?? 'unknown' })
      // Cobo's shared answer has warned when it was signed.
      if (route.platform === 'fireblocks') o.warnOfStranger(dialect, outcome.cause)
      o.log.debug({ ...line, cause: outcome.cause, owner: outcome.owner }, 'answered')
      return
    case 'unidentified':
      o.metrics.unidentified.inc({ dialect })
      o.log.warn(line, 'answered')
      return
    case 'ping':
      o.metrics.pings.inc({ dialect, ready: String(outcome.ready), caller: caller?.name ?? 'unknown' })
      o.log.debug({ ...line, kind: 'ping', ready: outcome.ready }, 'answered')
      return
    case 'decided':
    case 'faulted': {
      const kind = callback?.kind ?? 'unknown'
      const labels = { dialect, kind, outcome: labelOf(outcome, answer) }
      o.metrics.requests.inc({ ...labels, caller: caller?.name ?? 'unknown' })
      o.metrics.requestSeconds.observe(labels, ms / 1_000)
      o.log.info({ ...line, kind, requestId: callback?.requestId.slice(0, LOGGED_ID_LENGTH_MAX) }, 'answered')
      exchange.trace.end({ outcome: labels.outcome, ...(answer.form === 'text' && { http_status: answer.status }) })
      return
    }
    default:
      outcome satisfies never
  }
}

/** What was decided but never left the server is no decision to the caller. */
function labelOf(outcome: Outcome, answer: WireAnswer): 'approved' | 'rejected' | 'failed' {
  if (outcome.result !== 'decided' || answer.form === 'silence' || answer.status !== 200) return 'failed'
  if (outcome.answer.answer === 'approve') return 'approved'
  return outcome.answer.answer === 'reject' ? 'rejected' : 'failed'
}

function wordOf(outcome: Outcome): string {
  if (outcome.result !== 'decided') return outcome.result
  const { answer, callback } = outcome
  if (answer.answer !== 'defer') return answer.answer
  return isFireblocks(callback) ? 'defer' : `defer ${answer.form}`
}
