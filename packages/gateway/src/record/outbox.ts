import type { KeyObject } from 'node:crypto'
import { signOutcome } from '@callback-quorum/protocol'
import { startPeriodic, type Clock, type Database, type Logger, type Stoppable } from '@callback-quorum/service'
import type { CheckerClient } from '../ask/checker-client.ts'
import type { GatewayMetrics } from '../metrics.ts'
import { markDelivered, markFailed, takeDue, type OwedNotice } from './outbox-rows.ts'

const POLL_EVERY_MS = 500
/** Taken at once; small enough that a lease of 30 s covers them all at a slow checker. */
const BATCH_MAX = 32
const DELIVERY_TIMEOUT_MS = 5_000

export interface OutboxOptions {
  readonly clients: ReadonlyMap<string, CheckerClient>
  readonly database: Database
  readonly internalKey: KeyObject
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: GatewayMetrics
}

/** Delivers outcome notices until each is acknowledged, at least once, across restarts and replicas. */
export function startOutbox(options: OutboxOptions): Stoppable & { wake(): void } {
  const { database, log } = options
  return startPeriodic({
    name: 'outbox',
    everyMs: POLL_EVERY_MS,
    log,
    work: async () => {
      const due = await takeDue(database, BATCH_MAX)
      await Promise.all(due.map((notice) => deliver(options, notice)))
      return due.length === BATCH_MAX
    },
  })
}

async function deliver(options: OutboxOptions, owed: OwedNotice): Promise<void> {
  const { database, metrics, log } = options
  const problem = await post(options, owed)
  metrics.notices.inc({ checker: owed.checker, result: problem === undefined ? 'acknowledged' : 'failed' })
  if (problem === undefined) {
    await markDelivered(database, owed.outbox_id)
    return
  }
  log.warn(
    { checker: owed.checker, attempts: owed.attempts, problem, requestId: owed.notice.request_id },
    'an outcome was not acknowledged',
  )
  await markFailed(database, owed, problem)
}

/** What stands in the way, or nothing when the checker acknowledged. */
async function post(
  { clients, clock, internalKey, metrics }: OutboxOptions,
  { checker, notice }: OwedNotice,
): Promise<string | undefined> {
  const client = clients.get(checker)
  if (client === undefined) return 'this checker is no longer configured'
  try {
    const response = await client.pool.request({
      method: 'POST',
      path: client.outcomePath,
      headers: { 'content-type': 'application/jwt' },
      body: await signOutcome({ ...notice, aud: checker }, internalKey, clock.nowMs()),
      signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MS),
    })
    await response.body.dump()
    if (response.statusCode === 200) return undefined
    if (response.statusCode === 400 || response.statusCode === 401) metrics.alarms.inc({ alarm: 'notice_refused' })
    return `HTTP ${response.statusCode}`
  } catch (error) {
    return error instanceof Error ? error.message : 'could not be reached'
  }
}
