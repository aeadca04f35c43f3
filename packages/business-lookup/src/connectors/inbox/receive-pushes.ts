import type { Database, Logger } from '@callback-quorum/service'
import { acceptPushes, type AcceptedPush } from './accept-pushes.ts'
import type { InboxConfig } from './inbox-config.ts'
import type { InboxAlarm, InboxMetrics } from './inbox-metrics.ts'
import type { Producer } from './inbox-producers.ts'
import { InboxRefusal } from './inbox-refusal.ts'
import { recordPush } from './inbox-rows.ts'
import type { Conflict, Push } from './push.ts'
import type { PushRules } from './read-push.ts'

export interface Receiver {
  readonly config: InboxConfig
  readonly rules: PushRules
  readonly database: Database
  readonly metrics: InboxMetrics
  readonly log: Logger
}

const CONFLICTS: Readonly<Record<Conflict, readonly [field: string, text: string]>> = {
  version_conflict: ['version', 'is known with other data; expected a greater one'],
  changed_after_approval: [
    'data',
    'changes asset, amount, destination or tag of what was approved; expected a new reference for a change',
  ],
  event_id_reused: ['id', 'was used for another event of this source; expected an id of its own'],
}

/**
 * Takes what one request brought, all of it or nothing, and counts it after the commit. Throws InboxRefusal 409 and 422, ServiceFault when the database
 * does not answer.
 */
export async function receivePushes(
  pushes: readonly Push[],
  producer: Producer,
  { config, rules, database, metrics, log }: Receiver,
): Promise<readonly AcceptedPush[]> {
  const { approved_status, ahead_max } = config
  const outcome = await acceptPushes(database, producer.name, pushes, {
    map: rules.map,
    approved_status,
    ahead_max,
    ...(rules.whitelisting && { whitelisting: rules.whitelisting }),
  })
  if (outcome.outcome === 'refused') {
    const { conflict, index } = outcome
    metrics.events.inc({ result: conflict })
    if (conflict !== 'version_conflict') alarm(conflict, pushes[index])
    const [name, text] = CONFLICTS[conflict]
    const field = pushes.length === 1 ? name : `[${index}].${name}`
    throw new InboxRefusal(409, `${field}: ${text}`, { field })
  }
  outcome.pushes.forEach(({ result, disputes }, index) => {
    metrics.events.inc({ result })
    if (disputes) alarm('changed_after_approval', pushes[index])
    const event = pushes[index]?.event
    if (event !== undefined && result !== 'repeated')
      metrics.lagSeconds.observe(Math.max(0, outcome.receivedAt.getTime() - event.time.getTime()) / 1_000)
  })
  return outcome.pushes

  function alarm(kind: InboxAlarm, push: Push | undefined): void {
    metrics.alarms.inc({ kind })
    log.error(
      { kind, producer: producer.name, reference: push?.reference, version: push?.version.toString() },
      'a push of the business system contradicts an earlier one',
    )
  }
}

/** Reads pushes; one whose record cannot be read goes on record before the refusal goes on. */
export async function readOnRecord<T>(
  read: () => T,
  producer: Producer,
  { database }: Pick<Receiver, 'database'>,
): Promise<T> {
  try {
    return read()
  } catch (error) {
    const unreadable = error instanceof InboxRefusal ? error.unreadable : undefined
    if (unreadable === undefined) throw error
    await database.transaction(async (tx) => {
      const receivedAt = await tx.clockNow()
      await recordPush(tx, unreadable, { producer: producer.name, result: 'unreadable', receivedAt })
    })
    throw error
  }
}
