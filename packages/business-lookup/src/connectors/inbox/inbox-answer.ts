import type { Logger } from '@callback-quorum/service'
import { ServiceFault } from '@callback-quorum/service'
import type Koa from 'koa'
import { RETRY_AFTER_SECONDS } from './inbox-limits.ts'
import type { InboxMetrics } from './inbox-metrics.ts'
import { InboxRefusal, type RefusalStatus } from './inbox-refusal.ts'

/** What a route answers: JSON that was made already, so that a record inside it keeps its bytes. */
export interface InboxAnswer {
  readonly status: 200 | 201
  readonly json: string
}

/** The label of a refusal; conflicts are counted by what they are, where they are found. */
const LABELS: Readonly<Record<Exclude<RefusalStatus, 409>, string>> = {
  400: 'malformed',
  401: 'unauthorised',
  403: 'forbidden',
  404: 'not_found',
  413: 'too_large',
  415: 'unsupported',
  422: 'unreadable',
}

export function sendInboxAnswer(ctx: Koa.Context, { status, json }: InboxAnswer): void {
  ctx.status = status
  ctx.type = 'application/json'
  ctx.set('Cache-Control', 'no-store')
  ctx.body = json
}

/** Turns whatever was thrown into `{ error, field? }`. Nothing that is not an InboxRefusal shows more than that it failed. */
export function sendInboxFailure(ctx: Koa.Context, error: unknown, metrics: InboxMetrics, log: Logger): void {
  ctx.set('Cache-Control', 'no-store')
  if (error instanceof InboxRefusal) {
    const { status, message, field } = error
    if (status !== 409) metrics.events.inc({ result: LABELS[status] })
    ctx.status = status
    if (status === 401) ctx.set('WWW-Authenticate', 'Bearer')
    ctx.body = { error: message, ...(field === undefined ? {} : { field }) }
    return
  }
  const isAway = error instanceof ServiceFault && error.retryable
  metrics.events.inc({ result: isAway ? 'unavailable' : 'failed' })
  log.error({ err: error, method: ctx.method }, 'a push could not be taken')
  ctx.status = isAway ? 503 : 500
  if (isAway) ctx.set('Retry-After', RETRY_AFTER_SECONDS.toString())
  ctx.body = {
    error: isAway
      ? 'the database does not answer; expected the same push again later'
      : 'it failed; the log of the service says why',
  }
}
